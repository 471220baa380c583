"""The smallest execution of a kind: fewest context switches, then fewest preemptions, then shortest, then first.

A *context switch* is a step in which nobody takes part who took part in the step before (the clock counts as somebody);
it is a *preemption* if one of those could have gone on. Of an execution that ends in a panic only what comes up to it
counts, since Go would end the process there.

The search goes through prefixes in the order of that measure, from few switches upwards (Musuvathi, Qadeer: Iterative
Context Bounding for Systematic Testing of Multithreaded Programs, PLDI 2007), so the first execution that it completes
and that is wanted is the smallest one. Of the prefixes of one class that end with the same movers it goes on from one
only: they lead to the same state and the same verdicts (happens-before caching: Musuvathi, Qadeer: Partial-Order
Reduction for Context-Bounded State Exploration, 2007). And whoever stands at an operation that can always complete will
cost one more switch, if the execution is to go on until nothing can move (A*: Hart, Nilsson, Raphael, 1968).

Slow twin: `tests/meta/test_fewest_twin.py` looks at every schedule.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import TypeAlias

from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.runtime.execute import Subject, drive, following
from harness.runtime.goroutine import Goroutine
from harness.runtime.scheduler import Scheduler
from harness.search.dpor.history import Bits, History
from harness.search.dpor.names import Names
from harness.search.dpor.run import SUSPECT, Run
from harness.search.dpor.step import Step

Measure: TypeAlias = tuple[int, int, int, tuple[int, ...]]
"""Context switches, preemptions, steps, schedule: up to the panic, if there is one. Smaller is easier to read."""

Place: TypeAlias = tuple[int, int]
"""Which class of prefixes, and who moved last: all that matters for what is still to come."""

Entry: TypeAlias = tuple[int, Measure, Place]
"""At least so many switches in the end; what it took to get there; and where it is."""

CLOCK = 1
LARGE = 4_096
"""A prefix in the queue costs a step for every so many events that are known, because it is a set of these, as bits."""

START: Measure = (0, 0, 0, ())


class TakenForSimpler(Exception):
    """A class was told by less than what it depends on: all is to be done again, knowing that now."""


class Fewest:
    """One search for the smallest execution that `wanted` says yes to.

    Attributes:
        steps: how many steps it may still take, those of repeated prefixes included; large sets of events cost some.
        complete: whether it was not stopped by that.
        switches: there is no such execution with fewer context switches than this.
    """

    def __init__(self, subject: Subject, wanted: Callable[[Execution], bool], *, drained: bool, steps: int) -> None:
        self.subject = subject
        self.wanted = wanted
        self.drained = drained
        self.steps = steps
        self.complete = True
        self.switches = 0
        self.names = Names()
        self.known: dict[tuple[object, ...], int] = {}
        self.start_again()

    def start_again(self) -> None:
        """Forget all prefixes."""
        self.queue: list[Entry] = [(0, START, (0, 0))]
        self.cheapest: dict[Place, Measure] = {(0, 0): START}
        self.closed: set[Place] = set()
        self.judged: set[int] = set()

    def search(self) -> Execution | None:
        """The smallest wanted execution; None if there is none, or if the steps have been used up."""
        while self.queue:
            if self.steps <= 0:
                self.complete = False
                return None
            least, measure, place = heappop(self.queue)
            if self.cheapest[place] != measure:
                continue
            self.switches = max(self.switches, least)
            try:
                found = self.visit(least, measure, place)
            except TakenForSimpler:
                self.start_again()
                continue
            if found is not None and self.wanted(found):
                return found
        return None

    def visit(self, least: int, measure: Measure, place: Place) -> Execution | None:
        """Run a prefix again; plan what can follow it, or complete the execution if nothing that counts does.

        Raises:
            NondeterministicProgram: the program no longer offers what it offered before.
        """
        length, schedule = measure[2:]
        self.steps -= length + 1
        with self.subject.begun() as scheduler:
            prefix = Prefix(self, scheduler)
            follow = following(schedule)
            for _ in schedule:
                enabled = scheduler.enabled()
                prefix.take(enabled[follow(enabled)])
            here = prefix.events, place[1]
            if here in self.closed:
                return None
            enabled = scheduler.enabled()
            estimate = measure[0] + self.still_to_come(prefix.run, here[1])
            if estimate > least:
                heappush(self.queue, (estimate, measure, place))
                return None
            self.closed.add(here)
            if enabled and scheduler.panic is None and length < self.subject.settings.max_steps:
                self.plan(prefix, enabled, measure, here)
                return None
            if prefix.events in self.judged:
                return None
            self.judged.add(prefix.events)
            return self.completed(scheduler, schedule)

    def plan(self, prefix: Prefix, enabled: list[Transition], measure: Measure, here: Place) -> None:
        """Put every prefix that is one step longer into the queue."""
        switches, preemptions, length, schedule = measure
        run, last = prefix.run, here[1]
        offered = 0
        for transition in enabled:
            offered |= movers(run, transition) & ~CLOCK
        for index, transition in enumerate(enabled):
            who = movers(run, transition)
            switch = bool(schedule) and not who & last
            preemption = switch and who != CLOCK and bool(last & offered)
            longer = switches + switch, preemptions + preemption, length + 1, (*schedule, index)
            there = prefix.events | prefix.event_of(transition), who
            self.steps -= len(self.known) // LARGE
            if there not in self.closed and (there not in self.cheapest or longer < self.cheapest[there]):
                self.cheapest[there] = longer
                heappush(self.queue, (longer[0] + self.still_to_come(run, who), longer, there))

    def still_to_come(self, run: Run, last: int) -> int:
        """A number of switches that any completion has: those who have not moved last, and will."""
        if not self.drained:
            return 0
        count = 0 if last else -1  # the first step is no switch
        for goroutine in run.scheduler.live:
            assert goroutine.operation is not None
            kind = goroutine.operation[0]
            count += kind.plain and kind.ready is None and not bit(run, goroutine) & last
        return max(count, 0)

    def completed(self, scheduler: Scheduler, schedule: tuple[int, ...]) -> Execution:
        """The execution that begins with this schedule: it is over, or what follows a panic does not matter."""
        indices = list(schedule)
        remaining = self.subject.settings.max_steps - len(schedule)
        exhausted = drive(scheduler, lambda enabled: 0, indices.append, remaining)
        return self.subject.finished(scheduler, exhausted, tuple(indices))


class Prefix:
    """The beginning of an execution, with its steps told apart in a way that is the same in all of its class.

    An event is a step together with the events that happen before it, so a set of events is a class of prefixes. Events
    are numbered as they come up, and sets of them are integers with one bit for each: no two classes are confused.
    """

    def __init__(self, search: Fewest, scheduler: Scheduler) -> None:
        self.names = search.names
        self.known = search.known
        self.history = History()
        self.run = Run(search.names, self.history, scheduler)
        self.list: list[int] = []
        self.events = 0

    def take(self, transition: Transition) -> None:
        """One more step.

        Raises:
            TakenForSimpler: it does more than what all steps so far were taken to do.
        """
        run, names = self.run, self.names
        step, bases = run.step(transition, run.key(transition)), run.bases(transition)
        misused = run.misused(transition, step) if step.labels & SUSPECT else set()
        step = run.take(transition, step)
        past = self.history.push(step, bases)
        run.passed(transition, past)
        if misused - names.totally_ordered or (step.consequences and not names.consequences):
            names.totally_ordered |= misused
            names.consequences |= bool(step.consequences)
            raise TakenForSimpler
        event = self.identity(step, past)
        self.list.append(event)
        self.events |= event

    def event_of(self, transition: Transition) -> int:
        """What a step that is possible now would be."""
        run, history = self.run, self.history
        step = run.step(transition, run.key(transition))
        if self.names.consequences:  # which show only when it is taken
            return self.number((step.key, self.events))
        past = history.push(step, run.bases(transition))
        history.cut(len(history) - 1)
        return self.identity(step, past)

    def identity(self, step: Step, past: Bits) -> int:
        """The number, as a bit, of the event that a step with this past is."""
        before = sum(event for position, event in enumerate(self.list) if past >> position & 1)
        return self.number((step.key, step.touches, before))

    def number(self, event: tuple[object, ...]) -> int:
        """The bit of an event."""
        return 1 << self.known.setdefault(event, len(self.known))


def bit(run: Run, goroutine: Goroutine) -> int:
    """A goroutine as a member of a set of movers."""
    return CLOCK << 1 + run.number(goroutine)


def movers(run: Run, transition: Transition) -> int:
    """Who takes part in a step."""
    if len(transition) == 1:
        return CLOCK
    found = bit(run, transition[0])
    return found | bit(run, transition[2]) if len(transition) == 4 else found


def measure(subject: Subject, execution: Execution) -> Measure:
    """How large an execution is."""
    names, history = Names(), History()
    switches = preemptions = last = length = 0
    schedule = execution.schedule
    follow = following(schedule)
    with subject.begun() as scheduler:
        run = Run(names, history, scheduler)
        for _ in schedule:
            if scheduler.panic is not None:
                break
            enabled = scheduler.enabled()
            transition = enabled[follow(enabled)]
            who = movers(run, transition)
            if last and not who & last:
                switches += 1
                preemptions += who != CLOCK and any(movers(run, other) & last & ~CLOCK for other in enabled)
            scheduler.take(transition)
            run.admit()
            last, length = who, length + 1
    return switches, preemptions, length, schedule
