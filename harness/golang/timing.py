"""When, to the nanosecond, Go is to do what a schedule of ours does at one instant.

Two timers of ours that are due at the same time fire in any order. In a bubble of testing/synctest two that are set for
the same instant fire at once; so each gets a shift of a few nanoseconds, in the order in which the schedule wants
them, and every step gets the time at which its timer really fires.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

from harness.model.operation import Operation, Transition
from harness.primitives.time import RESET, SLEEP
from harness.runtime.clock import Tick
from harness.runtime.scheduler import Scheduler

NANOSECONDS = 1e9
APART = 8
"""Each shift is so many times the one before, because those of several timers, one set after the other, add up."""
AT_ONCE = "at once"
"""What comes before every timer that is due when it is set, so that the schedule says when it fires."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a step has to do with time, in nanoseconds: how much passes, whose deadline it is, and which it sets."""

    passed: int
    due: str | None
    armed: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Timing:
    """Watches the deadlines of an execution, by the names of the timers, step by step."""

    moments: list[Moment] = field(default_factory=list)
    orders: dict[float, list[str]] = field(default_factory=dict)
    pending: dict[str, float] = field(default_factory=dict)
    at_once: dict[str, bool] = field(default_factory=dict)
    now: float = 0.0

    def note(self, scheduler: Scheduler, due: str | None, again: str | None = None) -> None:
        """A step has been taken, to which the deadline `due` had to come, or which set the timer `again`."""
        now = dict(_deadlines(scheduler))
        if due is not None:
            self.orders.setdefault(self.pending.get(due, scheduler.now), []).append(due)
        for name, deadline in self.pending.items():
            if name != due and now.get(name) != deadline and deadline <= scheduler.now:
                self.orders.setdefault(deadline, []).append(name)  # called off when it was due
        armed = [
            (name, round((deadline - scheduler.now) * NANOSECONDS))
            for name, deadline in now.items()
            if self.pending.get(name) != deadline or name in (due, again)
        ]
        self.at_once.update({name: True for name, delay in armed if delay <= 0})
        passed = round((scheduler.now - self.now) * NANOSECONDS)
        self.moments.append(Moment(passed, due, tuple(armed)))
        self.pending, self.now = now, scheduler.now

    def shifts(self) -> dict[str, int] | None:
        """How much later than set each timer is to fire, in nanoseconds; None where no such numbers exist.

        Each name has one. A timer that is set again, or a goroutine that sleeps again, may need two.
        """
        graph = {name: {AT_ONCE: True} for name in self.at_once}  # ordered, as sets are not
        for order in self.orders.values():
            for earlier, later in pairwise(order):
                graph.setdefault(later, {})[earlier] = True
        try:
            ranked = list(TopologicalSorter(graph).static_order())
        except CycleError:
            return None
        return {name: APART**rank if rank else 0 for rank, name in enumerate(ranked)}

    def times(self, shifts: dict[str, int]) -> Iterable[int]:
        """The time of every step in Go, in nanoseconds since the beginning."""
        deadlines: dict[str, int] = {}
        now = 0
        for moment in self.moments:
            now = max(now, deadlines.get(moment.due or "", now + moment.passed))
            yield now
            for name, delay in moment.armed:
                deadlines[name] = now + delay + shifts.get(name, 0)


def due_at(transition: Transition) -> str | None:
    """Whose deadline must have come for a transition that is about to be taken."""
    if len(transition) == 1:
        return None if isinstance(transition[0], Tick) else _name(transition[0])
    first = transition[0]
    return f"sleep {first.name}" if first.operation[0] is SLEEP else None


def reset_by(transition: Transition) -> str | None:
    """Which timer a transition that is about to be taken sets again, perhaps for the same time."""
    operation = transition[0].operation if len(transition) == 2 else None
    return _name(operation[1]) if operation is not None and operation[0] is RESET else None


def _deadlines(scheduler: Scheduler) -> Iterable[tuple[str, float]]:
    for timer in scheduler.timers:
        yield _name(timer), timer.deadline
    for goroutine in scheduler.live:
        operation: Operation | None = goroutine.operation
        if operation is not None and operation[0] is SLEEP:
            yield f"sleep {goroutine.name}", operation[2]


def _name(timer: Any) -> str:
    return str(timer.label or timer.identity)
