"""Which locks a goroutine holds at one of its accesses."""

from __future__ import annotations

from dataclasses import dataclass

from harness.detect.access import Access
from harness.model.trace import Action, Trace

READING = frozenset({"read_lock", "try_read_lock"})
TAKING = READING | {"lock", "try_lock", "write_lock", "try_write_lock"}
GIVING = frozenset({"unlock", "write_unlock", "read_unlock"})


@dataclass(frozen=True, slots=True)
class Hold:
    """A lock that is held: its id, its name, and whether only for reading."""

    lock: str
    name: str
    reading: bool


def held_at(trace: Trace, access: Access) -> tuple[Hold, ...]:
    """The locks that the accessing goroutine has taken before the access and nobody has given back since."""
    held: list[tuple[str, Hold]] = []
    for action in trace[: access.step]:
        if action.kind in TAKING and action.detail != "failed":
            hold = Hold(action.objects[0], action.name, action.kind in READING)
            held.append((action.participants[0].goroutine, hold))
        elif action.kind in GIVING or action.kind == "cond_enqueue":
            _give_back(held, action)
    return tuple(hold for goroutine, hold in held if goroutine == access.goroutine)


def _give_back(held: list[tuple[str, Hold]], action: Action) -> None:
    """The goroutine's own hold, if it has one: others may unlock a lock, too."""
    lock = action.detail if action.kind == "cond_enqueue" else action.objects[0]
    who = action.participants[0].goroutine
    mine = [entry for entry in held if entry[1].lock == lock]
    mine.sort(key=lambda entry: entry[0] != who)
    if mine:
        held.remove(mine[0])
