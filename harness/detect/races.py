"""Data races in a finished trace: two accesses, at least one of them a write, that nothing orders.

Accesses are the loads and stores of a `Shared`, and, as in Go's race detector (`chansend` and `closechan` in
`runtime/chan.go`), sends and closes of a channel: a send reads the channel object and a close writes it. A send
counts when it panics because the channel is closed, and when it fails as the only case of a select with default.
A send that was chosen by a select counts too, which Go's detector misses (`selectgo` does not tell it). A write to a
kit's client writes it: an `http.ResponseWriter` is not safe for concurrent use.

An Add of a WaitGroup from zero and a Wait race as `harness.detect.wait_groups` says.

A race is found in whichever order the two accesses came, as long as that order was the schedule's doing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from harness.detect.access import READS, WRITES, Access, access_of, is_access
from harness.detect.happens_before import Order
from harness.detect.missing import ADD_BEFORE_WAIT, WAIT_BEFORE_ADD, Missing, what_is_missing
from harness.detect.wait_groups import KINDS, WaitGroups
from harness.model.ending import Waiting
from harness.model.trace import Trace

__all__ = ["READS", "WRITES", "Access", "Missing", "Race", "is_access", "races"]


@dataclass(frozen=True, slots=True)
class Race:
    """Two unordered accesses to one variable or channel; `first` came first in this execution.

    `missing` is the synchronisation that would have ordered them, or what comes nearest to it.
    """

    variable: str
    first: Access
    second: Access
    missing: Missing

    def __str__(self) -> str:
        return f"data race on {self.variable}: nothing orders {self.first} and {self.second}; {self.missing}"


Site: TypeAlias = tuple[str, str]


class History:
    """The last access from each goroutine and line to one variable.

    The last is enough: whatever is not ordered after an earlier access is not ordered after a later one either. Most
    accesses are ordered after all that went before, and one test of the set of their steps says so; FastTrack's epochs
    (Flanagan, Freund: PLDI 2009) do the same for vector clocks.
    """

    __slots__ = ("accesses", "last", "reads", "writes")

    def __init__(self) -> None:
        self.accesses: dict[int, Access] = {}
        self.last: dict[tuple[Site, bool], int] = {}
        self.reads = self.writes = 0

    def racing(self, write: bool, past: int) -> Iterator[Access]:
        """What an access with this past, a read or a `write`, races with; oldest first."""
        earlier = self.reads | self.writes if write else self.writes
        unordered = earlier ^ (earlier & past)
        while unordered:
            step = unordered & -unordered
            unordered ^= step
            yield self.accesses[step.bit_length() - 1]

    def add(self, access: Access, write: bool) -> None:
        """Remember an access."""
        key = (access.goroutine, access.location), write
        before, self.last[key] = self.last.get(key, -1), access.step
        changed = 1 << access.step
        if before >= 0:
            del self.accesses[before]
            changed |= 1 << before
        self.accesses[access.step] = access
        if write:
            self.writes ^= changed
        else:
            self.reads ^= changed


def races(trace: Trace, waiting: Sequence[Waiting] = ()) -> tuple[Race, ...]:
    """The first race of each variable and pair of locations, in the order in which they came about.

    `waiting` are those who could not move any more at the end. Nothing after an unrecovered panic is judged.
    """
    found = Found(trace)
    histories: defaultdict[str, History] = defaultdict(History)
    order, groups = Order(), WaitGroups(trace)
    for action in trace:
        if action.after_panic:
            break
        past = order.advance(action)
        if is_access(action):
            access, write = access_of(action), action.kind in WRITES
            history = histories[action.objects[0]]
            for earlier in history.racing(write, past):
                found.accesses(earlier, access)
            history.add(access, write)
        elif action.kind in KINDS:
            groups.observe(action, past)
    for who in waiting:
        if who.group:
            groups.pending(who, order.past_of(who.goroutine))
    for first, second in groups.races():
        found.misuse(first, second)
    return found.in_order()


class Found:
    """The races of a trace, one for each variable and pair of locations."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.races: dict[tuple[str, frozenset[str]], Race] = {}

    def accesses(self, first: Access, second: Access) -> None:
        """Two accesses race."""
        key = _variable(first, second), frozenset((first.location, second.location))
        if key not in self.races:
            self.races[key] = Race(key[0], first, second, what_is_missing(self.trace, first, second))

    def misuse(self, first: Access, second: Access) -> None:
        """The Add and the Wait of a group race."""
        key = _variable(first, second), frozenset((first.location, second.location))
        if key not in self.races:
            flaw = WAIT_BEFORE_ADD if first.noun == "wait" else ADD_BEFORE_WAIT
            self.races[key] = Race(key[0], first, second, Missing(flaw, first, second))

    def in_order(self) -> tuple[Race, ...]:
        """As they came about."""
        return tuple(sorted(self.races.values(), key=lambda race: (race.second.step, race.first.step)))


def _variable(one: Access, other: Access) -> str:
    """The name in "store on NAME"; a select says several, but one side of each race is a store, a close or a write."""
    plain = one if not one.operation.startswith("select") else other
    return plain.operation.partition(" on ")[2]
