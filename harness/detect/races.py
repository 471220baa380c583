"""Data races in a finished trace: two accesses, at least one of them a write, that nothing orders.

Accesses are the loads and stores of a `Shared`, and, as in Go's race detector (`chansend` and `closechan` in
`runtime/chan.go`), sends and closes of a channel: a send reads the channel object and a close writes it. A send
counts when it panics because the channel is closed, and when it fails as the only case of a select with default.
A send that was chosen by a select counts too, which Go's detector misses (`selectgo` does not tell it). A write to a
kit's client writes it: an `http.ResponseWriter` is not safe for concurrent use.

A race is found in whichever order the two accesses came, as long as that order was the schedule's doing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from harness.detect.happens_before import with_pasts
from harness.model.trace import Action, Trace

WRITES = frozenset({"store", "close", "write"})
READS = frozenset({"load", "send", "send_on_closed", "rendezvous"})


@dataclass(frozen=True, slots=True)
class Access:
    """One side of a race: who, doing what ("store on total"), at which line (`file:line`), in which step."""

    step: int
    goroutine: str
    operation: str
    location: str

    def __str__(self) -> str:
        return f"{self.operation} by {self.goroutine} ({self.location})"


@dataclass(frozen=True, slots=True)
class Race:
    """Two unordered accesses to one variable or channel; `first` came first in this execution."""

    variable: str
    first: Access
    second: Access

    def __str__(self) -> str:
        return f"data race on {self.variable}: nothing orders {self.first} and {self.second}"


Site: TypeAlias = tuple[str, str]


class History:
    """The last access from each goroutine and line to one variable.

    The last is enough: whatever is not ordered after an earlier access is not ordered after a later one either.
    """

    __slots__ = ("reads", "writes")

    def __init__(self) -> None:
        self.reads: dict[Site, Access] = {}
        self.writes: dict[Site, Access] = {}

    def conflicting(self, write: bool) -> Iterable[Access]:
        """What the next access, a read or a `write`, may race with; oldest first."""
        accesses = [*self.writes.values(), *self.reads.values()] if write else self.writes.values()
        return sorted(accesses, key=lambda access: access.step)

    def add(self, access: Access, write: bool) -> None:
        """Remember an access."""
        (self.writes if write else self.reads)[access.goroutine, access.location] = access


def races(trace: Trace) -> tuple[Race, ...]:
    """The first race of each variable and pair of locations, in the order in which they came about.

    Nothing after an unrecovered panic is judged.
    """
    found: dict[tuple[str, frozenset[str]], Race] = {}
    histories: defaultdict[str, History] = defaultdict(History)
    for action, past in with_pasts(trace):
        if not is_access(action):
            continue
        access, write = _access(action), action.kind in WRITES
        history = histories[action.objects[0]]
        for earlier in history.conflicting(write):
            if not past >> earlier.step & 1:
                race = Race(_variable(earlier, access), earlier, access)
                found.setdefault((race.variable, frozenset((earlier.location, access.location))), race)
        history.add(access, write)
    return tuple(found.values())


def is_access(action: Action) -> bool:
    """Does the action read or write a variable or a channel object?"""
    return action.kind in WRITES or action.kind in READS or (action.kind == "default" and action.detail == "send")


def _access(action: Action) -> Access:
    who = action.participants[0]
    return Access(action.step, who.goroutine, who.operation, who.location)


def _variable(one: Access, other: Access) -> str:
    """The name in "store on NAME"; a select says several, but one side of each race is a store, a close or a write."""
    plain = one if not one.operation.startswith("select") else other
    return plain.operation.partition(" on ")[2]
