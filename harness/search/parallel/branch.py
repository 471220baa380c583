"""A part of an exhaustive search, as a worker explores it: DPOR, started in the middle.

The part belongs to a point of the search, reached by `moves`. The worker rebuilds the history by taking them, and
goes on from the wakeup tree that it was given. What it finds that is to be explored instead of the first `start` moves
is not its own: it goes into the report, as does what is left when the limit is reached.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field

from harness.model.errors import NondeterministicProgram
from harness.model.execution import Execution
from harness.model.outcome import CutOff, Returned
from harness.runtime.execute import Subject
from harness.runtime.watchdog import guarded
from harness.search.campaign import decisions_of, objection
from harness.search.dpor.history import History
from harness.search.dpor.names import Names
from harness.search.dpor.run import Run
from harness.search.dpor.step import Key, Step
from harness.search.dpor.strategy import DPOR, Sleep
from harness.search.dpor.wakeup import Node, Sequence
from harness.search.parallel.packing import (
    Plan,
    Sleeping,
    Stack,
    Tables,
    flat,
    names_of,
    packed,
    plan_of,
    tables,
    tree_of,
    unpacked,
)
from harness.search.parallel.task import ONE_AT_A_TIME, Decisions, Task, Value


@dataclass(frozen=True, slots=True)
class Point:
    """What others explore: behind the steps that sleep, and behind all children; those at `leaves` completely."""

    sleep: Sleeping
    children: Sleeping
    leaves: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of a search. `places` has for each of the first `start` points which it is, and which child is our own."""

    stack: Stack
    start: int
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a worker does in one go: parts of a search, one after the other, until there were `limit` executions."""

    branches: tuple[Branch, ...]
    points: tuple[Point, ...]
    names: Tables
    limit: int


@dataclass(slots=True)
class Report:
    """What came of it.

    Attributes:
        outcomes: the values of the outcomes, pickled; or the decisions that lead to them, where that is not possible.
        plans: what is to be explored instead of moves that were not its own.
        rest: what is left, if the limit was reached.
        violation: the decisions of the first execution that an oracle objects to; it is the last one then.
        misused, surprised: what makes it necessary to start the whole search again.
    """

    executions: int = 0
    blocked: int = 0
    cut_off: int = 0
    outcomes: list[bytes | Decisions] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    rest: Stack | None = None
    violation: Decisions | None = None
    misused: frozenset[int] = frozenset()
    surprised: bool = False

    @property
    def last(self) -> bool:
        """Is there something that the others have to know before anything else is explored?"""
        return self.violation is not None or self.surprised or bool(self.misused)


def explored(task: Task, value: Value, batch: Batch) -> tuple[list[Report], Tables]:
    """Explore parts of the search: a report for each that was begun, and the names that they use."""
    reports: list[Report] = []
    names = names_of(batch.names)
    points = Points(batch.points)
    left = batch.limit
    with ONE_AT_A_TIME, guarded(task.patience):
        for branch in batch.branches:
            reports.append(Explorer(task, value, names, points, branch).run(left))
            left -= reports[-1].executions
            if not left or reports[-1].last:
                break
    return reports, tables(names)


class Points:
    """The points of a batch, unpacked when they are needed, and what has been planned for each of them."""

    def __init__(self, points: tuple[Point, ...]) -> None:
        self.points = points
        self.known: dict[int, tuple[list[Step], list[Step]]] = {}
        self.planned: set[tuple[tuple[int, int], tuple[Key, ...]]] = set()

    def covered(self, number: int, own: int) -> tuple[list[Step], list[Step]]:
        """The steps at a point whose branches others explore completely: before our own branch, and after it.

        What is before it is explored first by a single process, and so counts as explored.
        """
        point = self.points[number]
        if number not in self.known:
            self.known[number] = list(map(unpacked, point.sleep)), list(map(unpacked, point.children))
        sleep, children = self.known[number]
        return sleep + children[:own], [children[place] for place in point.leaves if place > own]


class Explorer:
    """DPOR on a part of the search."""

    def __init__(self, task: Task, value: Value, names: Names, points: Points, branch: Branch) -> None:
        self.task = task
        self.value = value
        self.start = branch.start
        self.points = points
        self.places = branch.places
        self.engine = started(task.subject, names, branch)
        self.engine.forward = self.forward
        self.report = Report()
        self.outcomes: set[object] = set()

    def run(self, limit: int) -> Report:
        """At most `limit` executions."""
        engine, report = self.engine, self.report
        while engine.begin():
            if report.executions == limit:
                report.rest = rest_of(engine)
                break
            self.look_at(engine.execute(self.task.subject))
            if report.violation is not None or engine.misused or engine.surprised:
                break
        report.blocked = engine.blocked
        report.misused, report.surprised = frozenset(engine.misused), engine.surprised
        return report

    def look_at(self, execution: Execution) -> None:
        """Judge an execution, and note its outcome."""
        report = self.report
        report.executions += 1
        report.cut_off += isinstance(execution.outcome, CutOff)
        if objection(execution, self.task.oracles) is not None:
            report.violation = decisions_of(execution)
        value = self.value(execution.outcome)
        if value not in self.outcomes:
            self.outcomes.add(value)
            report.outcomes.append(told(execution, value))

    def forward(self, position: int, sequence: Sequence) -> None:
        """Something is to be explored from a point that is not our own, unless others do so already.

        Where it can begin with our own move, go on behind that.
        """
        history, trees = self.engine.history, self.engine.trees
        while position < self.start:
            before, after = self.points.covered(*self.places[position])
            if sequence.covered_by(before):
                return
            if not sequence.without(history.steps[position]):
                if sequence.covered_by(after):
                    return
                break
            position += 1
        else:
            sequence.insert(trees[position])
            return
        plan = self.places[position], tuple([step.key for step in sequence.listed()])
        if plan not in self.points.planned:
            self.points.planned.add(plan)
            self.report.plans.append(plan_of(position, sequence))


def told(execution: Execution, value: object) -> bytes | Decisions:
    """An outcome's value for another process; by decisions, if it is not the same there."""
    outcome = execution.outcome
    if isinstance(outcome, Returned) and value is not outcome.value:  # a text, which may depend on the process
        return decisions_of(execution)
    try:
        text = pickle.dumps(value)
        if pickle.loads(text) in {value}:
            return text
    except Exception:  # whatever the user's classes do when they are pickled
        pass
    return decisions_of(execution)


# -- beginning and stopping in the middle ------------------------------------------------------------------------


def sleep_of(sleeping: Sleeping) -> Sleep:
    """What sleeps at a point, by keys."""
    return {found[0]: unpacked(found) for found in sleeping}


def started(subject: Subject, names: Names, branch: Branch) -> DPOR:
    """An engine that is where `branch` begins."""
    engine, stack = DPOR(), branch.stack
    engine.names, engine.start = names, branch.start
    engine.history = rebuilt(subject, names, stack.moves)
    first = len(stack.moves) + 1 - len(stack.sleeps)
    trees = [tree_of(stack.tree)]
    while len(trees) < len(stack.sleeps):
        trees.append(trees[-1][0].branches)
    unowned: list[list[Node]] = [[] for _ in range(first)]
    engine.trees = unowned + trees
    engine.sleeps = [{} for _ in range(first)] + [sleep_of(sleeping) for sleeping in stack.sleeps]
    engine.finished = [0] * len(engine.trees)
    engine.executions = int(branch.start > 0)  # the first one of all, which is run twice, was somebody else's
    return engine


def rebuilt(subject: Subject, names: Names, moves: tuple[Key, ...]) -> History:
    """The history that the moves make.

    Raises:
        NondeterministicProgram: one of them is not possible.
    """
    history = History()
    with subject.begun() as scheduler:
        run = Run(names, history, scheduler)
        for key in moves:
            known = {run.key(transition): transition for transition in scheduler.enabled()}
            transition = known.get(key)
            if transition is None:
                raise NondeterministicProgram(
                    f"step {len(history)} of an execution of another process is not possible in this one"
                )
            step, bases = run.step(transition, key), run.bases(transition)
            step = run.take(transition, step)
            run.passed(transition, history.push(step, bases))
    return history


def rest_of(engine: DPOR) -> Stack:
    """What an engine, that has begun another execution, has yet to do."""
    start = engine.start
    moves = tuple([step.key for step in engine.history.steps])
    sleeps = tuple([tuple([packed(step) for step in sleep.values()]) for sleep in engine.sleeps[start:]])
    return Stack(moves, sleeps, flat(engine.trees[start]))
