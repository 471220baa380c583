"""What the end of an execution is a case of, and in words: deadlock, leak, livelock, or merely not yet over.

Judging takes what every execution has. The words take more, which is found out by running it once more: where things
were made (`Execution.ending`), and from the trace who holds them.
"""

from __future__ import annotations

from harness.detect.holding import Hold, Holdings
from harness.model.ending import (
    Awaited,
    Finding,
    GlobalDeadlock,
    LeakAfterMain,
    Left,
    Livelock,
    Loop,
    PartialDeadlock,
    StillRunning,
    Waiting,
)
from harness.model.execution import Execution
from harness.model.outcome import Deadlocked, Panicked

STUCK = frozenset({"no_deadlock", "no_goroutine_leak", "terminates"})
"""The properties that are violated by those who are left: blocked for good, or going on for ever."""


def blocked_for_good(execution: Execution) -> GlobalDeadlock | PartialDeadlock | LeakAfterMain | None:
    """The finding about the goroutines that nobody can wake any more, if there are any."""
    if isinstance(execution.outcome, Deadlocked):
        return GlobalDeadlock(execution.waiting)
    if isinstance(execution.outcome, Panicked) or not execution.waiting:
        return None
    if execution.returned:
        return LeakAfterMain(execution.waiting)
    return PartialDeadlock(execution.waiting, execution.running)


def going_on(execution: Execution) -> StillRunning | Livelock | None:
    """The finding about the goroutines that could have gone on, if the execution was cut off."""
    if not execution.running:
        return None
    loop = execution.ending.loop
    return Livelock(loop) if loop is not None else StillRunning(execution.running)


def findings(execution: Execution) -> tuple[Finding, ...]:
    """Everything that is to be said of who is left."""
    found = (blocked_for_good(execution), going_on(execution))
    return tuple([finding for finding in found if finding is not None])


# -- in words ------------------------------------------------------------------------------------------------


def who_waits(execution: Execution) -> str:
    """Everybody who is blocked for good: at what, where, who made it, and who could have served it."""
    told = {left.goroutine: left for left in execution.ending.stuck}
    if not told:
        return ", ".join(map(str, execution.waiting))
    story = Plights(execution)
    people = [story.plight(told[waiting.goroutine]) for waiting in execution.waiting]
    return ", ".join(people) + story.circle()


def who_runs(execution: Execution) -> str:
    """Everybody who could have gone on, and where they are."""
    told = {left.goroutine: left for left in execution.ending.running}
    return ", ".join(_at(told.get(waiting.goroutine), waiting) for waiting in execution.running)


def who_goes_round(loop: Loop) -> str:
    """Everybody who takes part in a livelock, with the operations of a round."""
    return " and ".join(map(str, loop.goroutines))


def _at(left: Left | None, waiting: Waiting) -> str:
    return f"{left.goroutine} ({left.operation} at {left.location})" if left is not None else str(waiting)


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
        return f"{left.goroutine} ({left.operation} at {left.location}{started}{objects or '; that never completes'})"

    def fate(self, left: Left, awaited: Awaited) -> str:
        """An object: where it was made, and who holds it or could have served it."""
        made = f"{awaited.name}, made at {awaited.created}," if awaited.created else awaited.name
        if holders := self.holders(left, awaited):
            return f"{made} is held by {' and '.join(self.hold(left, hold) for hold in holders)}"
        if awaited.users:
            return f"{made} is left to {' and '.join(awaited.users)} only, blocked for good as well"
        if ended := sorted(self.holdings.users[awaited.identity] - self.here):
            return f"{made} is left to nobody else, {' and '.join(ended)} having ended"
        return f"{made} is left to nobody else"

    def holders(self, left: Left, awaited: Awaited) -> list[Hold]:
        """Who holds an object that somebody waits for. A writer who has announced itself holds nothing by that yet."""
        holds = list(self.holdings.holds[awaited.identity])
        if left.operation.startswith("write_lock "):
            own = [hold for hold in holds if hold.goroutine == left.goroutine]
            for announced in own[-1:]:
                holds.remove(announced)
        return holds

    def hold(self, left: Left, hold: Hold) -> str:
        """One holder; who holds it and has ended will never give it back."""
        if hold.goroutine == left.goroutine:
            return f"this goroutine itself, since {hold.location}"
        ended = "" if hold.goroutine in self.here else ", which has ended"
        return f"{hold.goroutine} since {hold.location}{ended}"

    def circle(self) -> str:
        """A circle of goroutines each of which waits for what the next one holds, if there is one of two or more."""
        waits = {left.goroutine: self.waits_for(left) for left in self.stuck}
        for start in waits:
            path = [start]
            while (step := waits.get(path[-1])) is not None and step[1] not in path:
                path.append(step[1])
            if step is not None and step[1] == start and len(path) > 1:
                steps = [waits[name] for name in path]
                told = ", who waits for ".join(f"{each[0]}, held by {each[1]}" for each in steps if each is not None)
                return f"; in a circle, {start} waits for {told}"
        return ""

    def waits_for(self, left: Left) -> tuple[str, str] | None:
        """An object, and somebody else who holds it and is stuck."""
        for awaited in left.awaited:
            for hold in self.holders(left, awaited):
                if hold.goroutine != left.goroutine:
                    return awaited.name, hold.goroutine
        return None
