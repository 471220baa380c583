"""Who holds what at the end of a trace, and who has done what: locks, and the function of a `Once` that runs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from harness.model.trace import Action, Trace

HELD, READ, ASKED = "held", "read", "asked"
"""Held by one, held for reading, or asked for by a writer that waits for readers to leave, and goes before others."""
TAKING = {"lock": HELD, "write_lock": HELD, "read_lock": READ, "announce": ASKED}
TRYING = {"try_lock": HELD, "try_write_lock": HELD, "try_read_lock": READ}
GIVING_BACK = frozenset({"unlock", "write_unlock", "once_leave"})
KEPT_OUT_BY = {"read_lock": (HELD, ASKED), "announce": (HELD, ASKED), "write_lock": (HELD, READ)}
"""For whom has to wait for others, which kinds of holding those are; a mutex is only ever held by one."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody holds an object, since a step at `location` (`file:line`); `how` is one of the constants above."""

    goroutine: str
    location: str
    how: str = HELD


class Holdings:
    """By id of the object: who holds it, the longest first, and who has done what with it or looked for that."""

    def __init__(self, trace: Trace) -> None:
        self.holds: defaultdict[str, list[Hold]] = defaultdict(list)
        self.done: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for action in trace:
            if action.participants:
                self.use(action)
                self.advance(action)

    def use(self, action: Action) -> None:
        """Remember who has done what."""
        kinds = ("send", "receive") if action.kind == "rendezvous" else (action.kind,)
        for part, kind in zip(action.participants, kinds, strict=False):
            for place, touched in enumerate(action.objects):
                looked = action.detail.split()[place] if action.kind == "default" else kind
                self.done[touched, looked].add(part.goroutine)

    def keeping_out(self, identity: str, wanted: str, goroutine: str) -> list[Hold]:
        """The holds because of which a goroutine cannot complete the operation that it wants on a lock."""
        holds = self.holds[identity]
        if wanted == "write_lock":  # its own asking is no obstacle
            holds = [hold for hold in holds if hold.how != ASKED or hold.goroutine != goroutine]
        kinds = KEPT_OUT_BY.get(wanted, (HELD,))
        return [hold for hold in holds if hold.how in kinds] or list(holds)

    def advance(self, action: Action) -> None:
        """Take one action."""
        who = action.participants[0]
        kind, touched = action.kind, action.objects[0] if action.objects else ""
        holds = self.holds[touched]
        if kind in TAKING or (kind in TRYING and action.detail == "locked"):
            if kind == "write_lock":  # it has asked before
                holds.clear()
            how = TAKING.get(kind) or TRYING[kind]
            holds.append(Hold(who.goroutine, who.location, how))
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
        readers = [hold for hold in holds if hold.how == READ]
        own = [hold for hold in readers if hold.goroutine == goroutine]
        for hold in own[-1:] or readers[:1]:
            holds.remove(hold)
