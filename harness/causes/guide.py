"""Choosing as a known execution did, but for some changes: in the same order wherever it still applies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from harness.causes.events import Counts, Event, Op, ways_of
from harness.model.operation import Transition

NEVER = 1 << 30
Rank: TypeAlias = tuple[int, int, bool, int]


@dataclass(frozen=True, slots=True)
class Reversed:
    """The change: the operation `first` waits until the operation `then` is complete."""

    first: Op
    then: Op


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The change: the operation completes by this alternative, where it can."""

    op: Op
    way: int


Change: TypeAlias = Reversed | Otherwise


class Guide:
    """Takes the steps of an execution in their order, passing over those that are not possible; with changes.

    It follows whoever moved last where the execution has nothing to say. `kept` tells whether nobody who was to wait
    had to be let go because nothing else could move, and `waits` who still waits.
    """

    def __init__(self, events: Sequence[Event], changes: Sequence[Change]) -> None:
        self.places = {op: place for place, event in enumerate(events) for op in event.ops}
        self.ways = ways_by_op(events)
        self.wanted = {change.op: change.way for change in changes if isinstance(change, Otherwise)}
        self.ways.update(self.wanted)
        self.waits = [change for change in changes if isinstance(change, Reversed)]
        self.counts = Counts()
        self.last: frozenset[str] = frozenset()
        self.kept = True

    def __call__(self, enabled: list[Transition]) -> int:
        """The index of the transition to take."""
        offered = [self.counts.ops(transition) for transition in enabled]
        held = {change.first for change in self.waits}
        allowed = [index for index, ops in enumerate(offered) if not held.intersection(ops)]
        self.kept &= bool(allowed)
        index = min(allowed or range(len(enabled)), key=lambda index: self.rank(index, offered[index], enabled[index]))
        taken = self.counts.take(enabled[index])
        self.last = frozenset(name for name, _ in taken)
        self.waits = [change for change in self.waits if change.then not in taken]
        return index

    def rank(self, index: int, ops: tuple[Op, ...], transition: Transition) -> Rank:
        """Smaller is to be preferred: earlier in the execution, then in the same way, then by the same goroutine."""
        ways = tuple(zip(ops, ways_of(transition), strict=False))  # the clock has none
        changed = [op for op, way in ways if self.wanted.get(op) == way]  # a partner may have had to wait until later
        place = max(self.places.get(op, NEVER) for op in changed or ops)
        same = all(self.ways.get(op, way) == way for op, way in ways)
        return place, not same, not any(name in self.last for name, _ in ops), index


def ways_by_op(events: Sequence[Event]) -> dict[Op, int]:
    """By which alternative each operation completes."""
    return {op: way for event in events for op, way in zip(event.ops, event.ways, strict=False)}
