"""What is to be said of a goroutine that is stuck: who holds what it waits for, or who could have served it.

Whoever could complete the operation is told from the references that they hold and from their code (`Awaited.helpers`),
or else from what they have done before; to hold a reference to the same object is not enough.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.detect.holding import ASKED, HELD, READ, Hold, Holdings
from harness.model.ending import Awaited, Left
from harness.model.execution import Execution
from harness.model.listing import joined
from harness.model.wording import pending

DEEDS = {
    "receive": ("send", "close"),
    "send": ("receive",),
    "wait": ("call done",),
    "cond_wake": ("signal",),
    "done": ("cancel",),
    "timer": ("reset",),
    "once_enter": ("end the function of",),
}
"""What would complete an operation, by its kind. Others are at locks."""
OF_LOCKS = ("unlock",)
PREPOSITIONS = {"send": "send on", "receive": "receive from", "call done": "call done on", "broadcast": "broadcast on"}
SEEN = {
    "receive": ("send", "has sent on", "send more or close"),
    "send": ("receive", "has received from", "receive more"),
}
"""Who has done that before could do it again, whatever their code says: the kind of step, and two ways to say so."""
ENDED = {"receive": ("send",), "send": ("receive",), "wait": ("add",), "cond_wake": ("signal", "broadcast")}
RELEASES = {HELD: "unlock it", READ: "unlock it", ASKED: "lock and unlock it first"}


class Plights:
    """Tells about the stuck goroutines of one execution."""

    def __init__(self, execution: Execution) -> None:
        self.stuck = execution.ending.stuck
        self.here = {left.goroutine for left in (*self.stuck, *execution.ending.running)}
        self.holdings = Holdings(execution.trace)

    def plight(self, left: Left) -> str:
        """One goroutine: its operation, where, and what about the objects that it waits for."""
        started = f", started at {left.started}" if left.started else ""
        objects = "".join(f"; {self.fate(left, awaited)}" for awaited in left.awaited)
        operation = pending(left.operation)
        for context in (awaited for awaited in left.awaited if awaited.wanted == "done"):
            operation = operation.replace(f"Channel@{context.identity}", context.name)
        return f"{left.goroutine} ({operation} at {left.location}{started}{objects or '; that never completes'})"

    def fate(self, left: Left, awaited: Awaited) -> str:
        """An object: where it was made, and who holds it or could have served it."""
        made = f"{_subject(awaited)}, made at {awaited.created}" if awaited.created else _subject(awaited)
        if holders := self.holders(left, awaited):
            return f"{made}{',' if awaited.created else ''} is {self.held(left, holders)}"
        if awaited.helpers:
            names = joined([helper.goroutine for helper in awaited.helpers])
            are = "is" if len(awaited.helpers) == 1 else "are"
            deeds = dict.fromkeys(deed for helper in awaited.helpers for deed in helper.deeds)
            return f"only {names} {are} left to {_on(deeds)} {made}, and {are} blocked for good as well"
        if known := self.known(left, awaited):
            deed, are = SEEN[awaited.wanted][1], "is" if len(known) == 1 else "are"
            return f"only {joined(known)} {deed} {made}, and {are} blocked for good as well"
        ended = f", {joined(gone)} having ended" if (gone := self.ended(awaited)) else ""
        return f"nobody is left to {_on(DEEDS.get(awaited.wanted, OF_LOCKS))} {made}{ended}"

    # -- whom somebody waits for ---------------------------------------------------------------------------------

    def holders(self, left: Left, awaited: Awaited) -> list[Hold]:
        """Who holds an object that somebody waits for, or has asked for it and goes first."""
        return self.holdings.keeping_out(awaited.identity, awaited.wanted, left.goroutine)

    def known(self, left: Left, awaited: Awaited) -> list[str]:
        """Who is left, too, and has done what would serve the operation, although their code shows no more of it."""
        kind, _, _ = SEEN.get(awaited.wanted, ("", "", ""))
        done = self.holdings.done[awaited.identity, kind]
        return [other.goroutine for other in self.stuck if other.goroutine in done and other != left]

    def ended(self, awaited: Awaited) -> list[str]:
        """Who has done what would serve the operation, and has ended."""
        kinds = ENDED.get(awaited.wanted, ())
        return sorted({who for kind in kinds for who in self.holdings.done[awaited.identity, kind]} - self.here)

    def waits_for(self, left: Left) -> dict[str, tuple[str, str]]:
        """For whom a goroutine waits: the object, and what they would have to do."""
        found: dict[str, tuple[str, str]] = {}
        for awaited in left.awaited:
            helpers = [(hold.goroutine, RELEASES[hold.how]) for hold in self.holders(left, awaited)]
            if not helpers:
                helpers = [(helper.goroutine, joined(helper.deeds, word="or")) for helper in awaited.helpers]
            for name, deed in helpers or [(name, SEEN[awaited.wanted][2]) for name in self.known(left, awaited)]:
                found.setdefault(name, (awaited.name, deed))
        return found

    # -- in words ------------------------------------------------------------------------------------------------

    def held(self, left: Left, holds: list[Hold]) -> str:
        """Everybody who holds it, and who has asked for it; who holds it and has ended will never give it back."""
        inside = [self.hold(left, hold) for hold in holds if hold.how != ASKED]
        asked = [
            f"kept for {hold.goroutine}, which asked for it at {hold.location}" for hold in holds if hold.how == ASKED
        ]
        return joined([*([f"held by {joined(inside)}"] if inside else []), *asked])

    def hold(self, left: Left, hold: Hold) -> str:
        """One holder."""
        if hold.goroutine == left.goroutine:
            return f"this goroutine itself, since {hold.location}"
        ended = "" if hold.goroutine in self.here else ", which has ended"
        return f"{hold.goroutine} since {hold.location}{ended}"

    def circle(self) -> str:
        """A circle of goroutines each of which waits for what the next one holds, if there is one of two or more."""
        waits = {left.goroutine: self.waits_at_locks(left) for left in self.stuck}
        for start in waits:
            path = [start]
            while (step := waits.get(path[-1])) is not None and step[1] not in path:
                path.append(step[1])
            if step is not None and step[1] == start and len(path) > 1:
                steps = [waits[name] for name in path]
                told = ", who waits for ".join(f"{each[0]} by {each[1]}" for each in steps if each is not None)
                return f"; in a circle, {start} waits for {told}"
        return ""

    def waits_at_locks(self, left: Left) -> tuple[str, str] | None:
        """An object with whether it is held or asked for, and by whom else who is stuck."""
        for awaited in left.awaited:
            for hold in self.holders(left, awaited):
                if hold.goroutine != left.goroutine:
                    return f"{awaited.name}, {'asked for' if hold.how == ASKED else 'held'}", hold.goroutine
        return None


def _subject(awaited: Awaited) -> str:
    """What is to be acted upon: a context rather than its done channel."""
    return awaited.name.removesuffix(".done") if awaited.wanted == "done" else awaited.name


def _on(deeds: Iterable[str]) -> str:
    """What is done to an object, before its name."""
    return joined([PREPOSITIONS.get(deed, deed) for deed in deeds], word="or")
