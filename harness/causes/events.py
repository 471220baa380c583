"""A finished execution as events that can be looked for in other executions of the program.

An operation is known by its goroutine and how many operations that goroutine had completed before; what the clock does,
by the timer. So an operation is the same one in two executions even if it completes otherwise, or at another time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.primitives.channel import NIL
from harness.primitives.select import SELECT
from harness.runtime.clock import Tick
from harness.runtime.execute import Subject
from harness.runtime.goroutine import Goroutine
from harness.runtime.scheduler import Scheduler
from harness.search.again import taken_again

Op: TypeAlias = tuple[str, int]
"""A goroutine, and which of its operations."""


@dataclass(frozen=True, slots=True)
class Event:
    """One step: the operations that it completes, and by which of their alternatives (none, if it is the clock's).

    `others` are the other alternatives by which the first of them could have been completed at that moment, and
    `channels` those that the cases of a select concern, the ones not chosen included.
    """

    ops: tuple[Op, ...]
    ways: tuple[int, ...]
    others: tuple[int, ...] = ()
    channels: frozenset[str] = frozenset()


class Counts:
    """How many operations everybody has completed so far."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def ops(self, transition: Transition) -> tuple[Op, ...]:
        """What an enabled transition would complete."""
        names = [part.name for part in transition if isinstance(part, Goroutine)] or [_timer(transition[0])]
        return tuple([(name, self.taken[name]) for name in names])

    def take(self, transition: Transition) -> tuple[Op, ...]:
        """It is taken: what it completes."""
        ops = self.ops(transition)
        self.taken.update(name for name, _ in ops)
        return ops


def ways_of(transition: Transition) -> tuple[int, ...]:
    """By which of their alternatives the operations complete."""
    return tuple(transition[1::2])


def events_of(subject: Subject, execution: Execution) -> tuple[Event, ...]:
    """Every step of an execution, by running it once more.

    Raises:
        NondeterministicProgram: the program does not offer what it offered before.
    """
    return tuple(taken_again(subject, execution, _Notes).events)


class _Notes:
    """Takes the steps of an execution, and notes them."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.counts = Counts()
        self.events: list[Event] = []

    def take(self, transition: Transition) -> None:
        """The scheduler takes it."""
        others = dict.fromkeys(self.others(transition)) if len(transition) > 1 else ()
        ops, ways = self.counts.take(transition), ways_of(transition)
        self.events.append(Event(ops, ways, tuple(others), frozenset(_channels(transition))))
        self.scheduler.take(transition)

    def others(self, taken: Transition) -> Iterator[int]:
        """By which other alternatives the first goroutine's operation could be completed now."""
        goroutine, way = taken[:2]
        for transition in self.scheduler.enabled():
            for who, its_way in zip(transition[::2], ways_of(transition), strict=False):
                if who is goroutine and its_way != way:
                    yield its_way


def _channels(transition: Transition) -> Iterator[str]:
    """What the selects that it completes concern."""
    for goroutine in transition[::2] if len(transition) > 1 else ():
        operation = goroutine.operation
        if operation is not None and operation[0] is SELECT:
            yield from (channel.identity for _, channel, *_ in operation[1] if channel is not NIL)


def _timer(timer: Any) -> str:
    """A name for a timer, or for a moment at which time stops, which no goroutine has."""
    return f"clock {timer.deadline}" if isinstance(timer, Tick) else f"clock {timer.creator.name}.{timer.number}"
