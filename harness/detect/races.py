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

from harness.detect.access import READS, WRITES, Access, access_of, is_access
from harness.detect.happens_before import with_pasts
from harness.detect.missing import Missing, what_is_missing
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
        access, write = access_of(action), action.kind in WRITES
        history = histories[action.objects[0]]
        for earlier in history.conflicting(write):
            if not past >> earlier.step & 1:
                key = _variable(earlier, access), frozenset((earlier.location, access.location))
                if key not in found:
                    found[key] = Race(key[0], earlier, access, what_is_missing(trace, earlier, access))
        history.add(access, write)
    return tuple(found.values())


def _variable(one: Access, other: Access) -> str:
    """The name in "store on NAME"; a select says several, but one side of each race is a store, a close or a write."""
    plain = one if not one.operation.startswith("select") else other
    return plain.operation.partition(" on ")[2]
