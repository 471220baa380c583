"""Optimal dynamic partial-order reduction.

Abdulla, Aronis, Jonsson, Sagonas: Source Sets: A Foundation for Optimal Dynamic Partial Order Reduction (JACM 64(4),
2017), carried over from steps of processes to operations with alternatives, which may be blocked, and which two
goroutines may complete together.

The state is a stack: the steps of the current execution, and for each of them what sleeps there (explored already, and
nothing that depends on it has happened since) and the wakeup tree of what is still to come. After every execution the
races in it are reversed into the wakeup trees; then the stack is taken back to the last step with a branch left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.runtime.execute import Subject
from harness.runtime.fast import decision
from harness.runtime.scheduler import Scheduler
from harness.search.dpor.configuration import Rerun
from harness.search.dpor.counting import Counting
from harness.search.dpor.early_time import EarlyTime
from harness.search.dpor.history import Bits, History
from harness.search.dpor.names import Names
from harness.search.dpor.options import Options
from harness.search.dpor.panics_last import panics_last
from harness.search.dpor.races import Pending, Races
from harness.search.dpor.repeat import check_once_more, repeated
from harness.search.dpor.run import SUSPECT, Run
from harness.search.dpor.step import Key, Step, dependent
from harness.search.dpor.wakeup import Node
from harness.search.dpor.wakeup import Sequence as Steps
from harness.search.estimate import fraction_seen

Sleep = dict[Key, Step]


class DPOR:
    """One execution of every class.

    Attributes:
        executions: how many classes have been executed.
        blocked: how many executions turned out to be of a class that had been seen before; there are none.
        start: how many steps at the beginning are not its own to go back on: this is a part of a larger search,
            and `forward` is told of what is to be explored instead of them.
    """

    def __init__(self, *, counting: bool = True) -> None:
        self.counting = counting
        self.executions = 0
        self.blocked = 0
        self.names = Names()
        self.history = History()
        self.sleeps: list[Sleep] = [{}]
        self.trees: list[list[Node]] = [[]]
        self.finished: list[int] = [0]
        self.begun = False
        self.misused: set[int] = set()
        self.surprised = False
        self.start = 0
        self.forward: Callable[[int, Steps], None] | None = None
        self.postponed: Callable[[], None] | None = None

    # -- the three methods of a strategy, and the one that makes it an engine ---------------------------------

    def begin(self) -> bool:
        """Go back to the last step with a branch left."""
        if not self.begun:
            self.begun = True
            return True
        postponed, self.postponed = self.postponed, None
        if self.misused or self.surprised:
            self.start_again()
            return True
        if postponed is not None:
            postponed()
        trees = self.trees
        depth = len(trees) - 1
        while depth > self.start and len(trees[depth - 1]) == 1:
            depth -= 1
        step = self.history.steps[depth - 1] if depth > self.start else None
        self.history.cut(depth if step is None else depth - 1)
        del trees[depth:], self.sleeps[depth:], self.finished[depth:]
        if step is None:
            return False
        del trees[-1][0]
        self.finished[-1] += 1
        self.sleeps[-1][step.key] = step
        return True

    def seen(self) -> float:
        """An estimate of how much has been explored, between 0 and 1; to be asked after an execution."""
        return fraction_seen((done, done + len(tree)) for done, tree in zip(self.finished, self.trees, strict=True))

    def start_again(self) -> None:
        """Forget everything but in what the program is not as simple as it was taken for."""
        self.names.totally_ordered |= self.misused
        self.names.consequences |= self.surprised
        self.misused, self.surprised = set(), False
        self.history = History()
        self.sleeps, self.trees, self.finished = [{}], [[]], [0]
        self.executions = self.blocked = 0

    def choose(self, enabled: Sequence[Transition]) -> int:
        """Not asked: `execute` takes the steps itself."""
        raise NotImplementedError("DPOR runs its executions itself")

    def end(self) -> None:
        """Nothing to do: `execute` has done it."""

    def execute(self, subject: Subject) -> Execution:
        """The next execution."""
        new = len(self.history)
        scheduler = Scheduler(subject.settings.early, subject.settings.fair_bound)
        try:
            scheduler.begin(subject.program, subject.arguments)
            run = Run(self.names, self.history, scheduler)
            taken: list[Transition] = []
            self.replay(run, taken)
            exhausted = self.explore(run, taken, subject.settings.max_steps)
            blocked = [
                Pending(
                    run.number(g),
                    run.counts[g.serial],
                    g.operation,
                    run.pasts[g.serial],
                    None,
                    Options(g.operation, run.object),
                )
                for g in scheduler.live
                if g.operation is not None
            ]
            execution = subject.finished(scheduler, exhausted, lambda: subject.schedule_of(list(map(decision, taken))))
        finally:
            scheduler.close()
        self.executions += 1
        if self.executions == 1:
            with subject.begun() as again:
                check_once_more(Run(self.names, self.history, again), self.history.steps, len(blocked))
        if exhausted:  # it takes long, and perhaps nobody will want to go on
            self.postponed = lambda: self.analyse(subject, run, blocked, new)
        else:
            self.analyse(subject, run, blocked, new)
        return panics_last(subject, self.names, self.history, execution)

    def __repr__(self) -> str:
        return "DPOR()"

    # -- one execution -------------------------------------------------------------------------------------------

    def replay(self, run: Run, taken: list[Transition]) -> None:
        """Take the steps that are on the stack."""
        pasts, scheduler = self.history.pasts, run.scheduler
        for position, step in enumerate(self.history.steps):
            transition = repeated(run, step, position)
            if len(transition) == 2:
                step.operations = (transition[0].operation,)
            elif len(transition) == 4:
                step.operations = transition[0].operation, transition[2].operation
            if step.barrier:
                scheduler.enabled()  # tells the scheduler whether it is idle
            taken.append(transition)
            run.take(transition, step)
            run.passed(transition, pasts[position])

    def explore(self, run: Run, taken: list[Transition], max_steps: int) -> bool:
        """Go on, as the wakeup tree says and then freely, to the end; True if `max_steps` came first."""
        trees, sleeps, finished, history = self.trees, self.sleeps, self.finished, self.history
        while len(taken) < max_steps:
            tree, sleep = trees[-1], sleeps[-1]
            if tree:
                node = tree[0]
                transition = self.planned(run, node.step, len(taken))
                step = run.step(transition, node.step.key)
            else:
                awake = self.first_awake(run, tree, sleep)
                if awake is None:
                    return False
                transition = awake
                node = tree[0]
                step = node.step
            bases = run.bases(transition)
            if step.labels & SUSPECT:
                self.misused |= run.misused(transition, step)
            taken.append(transition)
            node.step = step = run.take(transition, step)
            if step.consequences and not self.names.consequences:
                self.surprised = True
            run.passed(transition, history.push(step, bases))
            trees.append(node.branches)
            finished.append(0)
            sleeps.append({key: q for key, q in sleep.items() if not dependent(q, step)} if sleep else {})
        return bool(run.scheduler.enabled())

    def planned(self, run: Run, step: Step, position: int) -> Transition:
        """The transition that the wakeup tree asks for."""
        if step.barrier:
            run.scheduler.enabled()
        return repeated(run, step, position)

    def first_awake(self, run: Run, tree: list[Node], sleep: Sleep) -> Transition | None:
        """The first enabled transition that does not sleep, which grows the tree; None if there is none."""
        if not sleep and not run.scheduler.timed:
            transition = run.first_enabled()
            if transition is not None:
                tree.append(Node(run.step(transition, run.key(transition))))
            return transition
        enabled = run.scheduler.enabled()
        for transition in enabled:
            key = run.key(transition)
            if key not in sleep:
                tree.append(Node(run.step(transition, key)))
                if tree[0].step.barrier:
                    self.add_other_moves(run, tree, enabled, sleep)
                return transition
        self.blocked += bool(enabled)
        return None

    def add_other_moves(self, run: Run, tree: list[Node], enabled: list[Transition], sleep: Sleep) -> None:
        """When time moves, every other way in which it could is a branch of its own."""
        for transition in enabled:
            key = run.key(transition)
            step = run.step(transition, key)
            if step.barrier and key not in sleep and key != tree[0].step.key:
                tree.append(Node(step))

    # -- after it ------------------------------------------------------------------------------------------------

    def analyse(self, subject: Subject, run: Run, blocked: list[Pending], new: int) -> None:
        """Plan what is to be explored instead of parts of the execution."""
        history, sleeps, trees = self.history, self.sleeps, self.trees
        rerun = Rerun(subject, self.names, history)
        known: dict[Step, Bits] = {}

        def plan(position: int, steps: Bits, last: Step) -> None:
            if position == len(history):
                return
            if self.names.consequences:
                last = rerun.completed(last, steps)
            sequence = Steps(history, steps >> position << position, last, known)
            if self.forward is not None and position < self.start:
                self.forward(position, sequence)
            elif not sleeps[position] or not sequence.covered_by(sleeps[position].values()):
                sequence.insert(trees[position])

        offer = Counting(history, run.object, rerun).offer if self.counting else rerun.offer
        races = Races(history, blocked, new, run.object, offer, plan)
        races.search(run.missed)
        if run.scheduler.timed and subject.settings.early:
            EarlyTime(races, rerun.movers, subject.settings.early).search()
