"""A program and a chooser in, an `Execution` out.

One step = one choice = one transition. Equal choices give equal traces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from harness.model.ending import Ending, Waiting
from harness.model.errors import BadInput, NondeterministicProgram
from harness.model.execution import Execution, Settings
from harness.model.operation import Transition
from harness.model.outcome import CutOff
from harness.model.trace import Trace
from harness.primitives.naming import describe
from harness.primitives.sync import WAIT
from harness.runtime.explain import ending_of, noting
from harness.runtime.fast import Decision, FastWalk, decision
from harness.runtime.goroutine import Goroutine
from harness.runtime.location import location
from harness.runtime.reachability import stuck
from harness.runtime.recorder import Recorder
from harness.runtime.recurrence import LAST, loop_at_end
from harness.runtime.scheduler import Choose, Scheduler


@dataclass(frozen=True, slots=True)
class Subject:
    """What is executed again and again: a program with its arguments, under fixed settings."""

    program: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    settings: Settings = field(default_factory=Settings)

    @contextmanager
    def begun(self) -> Iterator[Scheduler]:
        """A scheduler that has started main; ended whatever happens."""
        scheduler = Scheduler(self.settings.early, self.settings.fair_bound)
        try:
            scheduler.begin(self.program, self.arguments)
            yield scheduler
        finally:
            scheduler.close()

    def execute(self, choose: Choose, always_ask: bool = False) -> Execution:
        """One execution, every choice made by `choose`: among two or more transitions, or also where there is one."""
        schedule: list[int] = []
        scheduler = Scheduler(self.settings.early, self.settings.fair_bound)
        try:
            scheduler.begin(self.program, self.arguments)
            exhausted = drive(scheduler, choose, schedule.append, self.settings.max_steps, always_ask)
            return self.finished(scheduler, exhausted, tuple(schedule))
        finally:
            scheduler.close()

    def walk(self, random: Callable[[], float]) -> Execution:
        """One execution under a uniform random walk, drawn from `random` (numbers in [0, 1))."""
        if self.settings.early is not None:
            return self.execute(lambda enabled: int(random() * len(enabled)))
        scheduler = Scheduler(None, self.settings.fair_bound)
        try:
            scheduler.begin(self.program, self.arguments)
            walk = FastWalk(scheduler, random)
            try:
                exhausted = walk.run(self.settings.max_steps)
            except (AttributeError, IndexError, KeyError, TypeError):  # the fast loop takes everything for an operation
                scheduler.reject_foreign()
                raise
            decisions = walk.decisions
            scheduler.stepped = len(decisions)
            return self.finished(scheduler, exhausted, lambda: self.schedule_of(decisions), decisions)
        finally:
            scheduler.close()

    def schedule_of(self, decisions: list[Decision]) -> tuple[int, ...]:
        """The schedule that takes the given decisions."""
        script = iter(decisions)
        schedule: list[int] = []

        def follow(enabled: list[Transition]) -> int:
            wanted = next(script)
            found = [decision(transition) for transition in enabled]
            if wanted not in found:
                raise differs_at(len(schedule))
            return found.index(wanted)

        with self.begun() as scheduler:
            goes_on = drive(scheduler, follow, schedule.append, len(decisions), always_ask=True)
        if len(schedule) < len(decisions) or (goes_on and len(schedule) < self.settings.max_steps):
            raise differs_at(len(schedule))
        return tuple(schedule)

    def retrace(self, schedule: tuple[int, ...], readable: bool = True) -> Trace:
        """The record of the execution with this schedule: the trace, or its skeleton only."""
        with noting() if readable else nullcontext() as origins, self.begun() as scheduler:
            recorder = Recorder(scheduler, readable, origins)
            goes_on = drive(recorder, following(schedule), None, len(schedule), always_ask=True)
            trace = recorder.trace()
        if len(trace) < len(schedule) or (goes_on and len(trace) < self.settings.max_steps):
            raise differs_at(len(trace))
        return trace

    def finished(
        self,
        scheduler: Scheduler,
        exhausted: bool,
        schedule: tuple[int, ...] | Callable[[], tuple[int, ...]],
        decisions: list[Decision] | None = None,
    ) -> Execution:
        """The execution that `scheduler` has come to the end of."""
        outcome = scheduler.outcome(exhausted)
        if not scheduler.live or scheduler.panic is not None:
            settings, steps = self.settings, scheduler.stepped
            return Execution(
                outcome, (), steps, scheduler.shared, settings, schedule, self.retrace, decisions=decisions
            )
        left = scheduler.left()
        blocked = stuck(scheduler) if isinstance(outcome, CutOff) else left
        going = [goroutine for goroutine in left if goroutine not in blocked]
        return Execution(
            outcome,
            _told(blocked),
            scheduler.stepped,
            scheduler.shared,
            self.settings,
            schedule,
            self.retrace,
            running=_told(going),
            returned=scheduler.finished,
            explain=lambda schedule: self.explain(schedule, isinstance(outcome, CutOff)),
            decisions=decisions,
        )

    def explain(self, schedule: tuple[int, ...], cut_off: bool) -> Ending:
        """Who is left at the end of the execution with this schedule, and why."""
        with noting() as origins, self.begun() as scheduler:
            drive(scheduler, following(schedule), None, len(schedule), always_ask=True)
            ending = ending_of(scheduler, origins, cut_off)
        if not ending.running:
            return ending
        with self.begun() as scheduler:
            before = max(0, len(schedule) - LAST)
            drive(scheduler, following(schedule[:before]), None, before, always_ask=True)
            return replace(ending, loop=loop_at_end(scheduler, schedule[before:]))


def following(schedule: tuple[int, ...]) -> Choose:
    """A chooser that follows a schedule.

    Raises (when it is asked):
        NondeterministicProgram: the program no longer offers what was taken before.
    """
    steps = enumerate(schedule)

    def follow(enabled: list[Transition]) -> int:
        step, index = next(steps)
        if index >= len(enabled):
            raise differs_at(step)
        return index

    return follow


def _told(goroutines: list[Goroutine]) -> tuple[Waiting, ...]:
    return tuple(map(waiting_at, goroutines))


def waiting_at(goroutine: Goroutine) -> Waiting:
    """What a goroutine that cannot move any more is pending at."""
    operation = goroutine.operation
    assert operation is not None
    if operation[0] is WAIT and operation[1].contested:
        place = location(goroutine.coroutine)
        return Waiting(goroutine.name, describe(operation), operation[1].identity, place)
    return Waiting(goroutine.name, describe(operation))


class Steps(Protocol):
    """What can be driven: a scheduler, or somebody who looks on."""

    @property
    def enabled(self) -> Callable[[], list[Transition]]:
        """See `Scheduler.enabled`."""

    def take(self, transition: Transition) -> None:
        """See `Scheduler.take`."""


def drive(
    scheduler: Steps,
    choose: Choose,
    record: Callable[[int], Any] | None,
    max_steps: int,
    always_ask: bool = False,
) -> bool:
    """Step until nothing can move; True if `max_steps` came first."""
    for _ in range(max_steps):
        enabled = scheduler.enabled()
        if not enabled:
            return False
        index = 0
        count = len(enabled)
        if count > 1 or always_ask:
            index = choose(enabled)
            if type(index) is not int or not 0 <= index < count:
                raise BadInput(f"a strategy answers with the index of one of the {count} transitions; found {index!r}")
        if record is not None:
            record(index)
        scheduler.take(enabled[index])
    return bool(scheduler.enabled())


def differs_at(step: int) -> NondeterministicProgram:
    """The complaint about a program that does not offer on re-execution what was taken before."""
    return NondeterministicProgram(
        f"on running the same choices again, step {step} no longer offers what was taken before"
    )
