"""Who holds what at the end of a trace, and who has ever used it: locks, and the function of a `Once` that runs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from harness.model.trace import Action, Trace

TAKING = frozenset({"lock", "announce", "write_lock", "read_lock"})
TRYING = frozenset({"try_lock", "try_write_lock", "try_read_lock"})
GIVING_BACK = frozenset({"unlock", "write_unlock", "once_leave"})


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody holds an object, since a step at `location` (`file:line`)."""

    goroutine: str
    location: str


class Holdings:
    """By id of the object: who holds it, the longest first, and everybody who has used it."""

    def __init__(self, trace: Trace) -> None:
        self.holds: defaultdict[str, list[Hold]] = defaultdict(list)
        self.users: defaultdict[str, set[str]] = defaultdict(set)
        for action in trace:
            if action.participants:
                self.advance(action)

    def advance(self, action: Action) -> None:
        """Take one action."""
        who = action.participants[0]
        for touched in action.objects:
            self.users[touched].update(part.goroutine for part in action.participants)
        kind, touched = action.kind, action.objects[0] if action.objects else ""
        holds = self.holds[touched]
        if kind in TAKING or (kind in TRYING and action.detail == "locked"):
            if kind == "write_lock":  # it has announced itself before
                holds.clear()
            holds.append(Hold(who.goroutine, who.location))
        elif kind == "once_enter" and action.detail == "first":
            holds.append(Hold(who.goroutine, who.location))
        elif kind in GIVING_BACK:
            holds.clear()
        elif kind == "read_unlock":
            self.leave(holds, who.goroutine)
        elif kind == "cond_enqueue":
            self.holds[action.detail].clear()

    def leave(self, holds: list[Hold], goroutine: str) -> None:
        """A reader has left; anybody may do so in another's name."""
        own = [hold for hold in holds if hold.goroutine == goroutine]
        for hold in own[-1:] or holds[:1]:
            holds.remove(hold)
