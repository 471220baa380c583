"""Plain Python state that goroutines share, and that nothing orders: accesses that the harness does not see as steps.

A trace in which they are actions of their own (see `harness.runtime.witness`) is judged as `harness.detect.races` does
with variables. Handing a value over, by a channel or under a lock, orders the accesses to it, and is honest: only what
is left unordered is told, because there the result may depend on an order that no schedule tries out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from harness.detect.access import Access, access_of
from harness.detect.happens_before import with_pasts
from harness.detect.races import History
from harness.model.trace import PLAIN_READ, PLAIN_WRITE, Trace


@dataclass(frozen=True, slots=True)
class Sharing:
    """Two unordered accesses to a variable; `write` is one that writes."""

    write: Access
    other: Access

    @property
    def variable(self) -> str:
        """What the writer calls it."""
        return self.write.operation.partition(" of ")[2]

    def __str__(self) -> str:
        verb = "read" if self.other.noun == "read" else "also written"
        return (
            f"goroutines share plain Python state, which the harness cannot see: {self.variable} is written by "
            f"{self.write.goroutine} ({self.write.location}) and {verb} by {self.other.goroutine} "
            f"({self.other.location}), and nothing orders the two; make it a Shared, guard it with a Mutex, "
            f"or send it on a channel"
        )


def unordered(trace: Trace) -> tuple[Sharing, ...]:
    """The first such pair of every variable, in the order in which they came about."""
    found: dict[str, Sharing] = {}
    histories: defaultdict[str, History] = defaultdict(History)
    for action, past in with_pasts(trace):
        if action.kind not in (PLAIN_READ, PLAIN_WRITE):
            continue
        variable, access, write = action.objects[0], access_of(action), action.kind == PLAIN_WRITE
        if variable not in found:
            for earlier in histories[variable].racing(write, past):
                found[variable] = Sharing(access, earlier) if write else Sharing(earlier, access)
                break
        histories[variable].add(access, write)
    return tuple(found.values())
