"""What the end of an execution is a case of, and in words: deadlock, leak, livelock, or merely not yet over.

Judging takes what every execution has. The words take more, which is found out by running it once more: where things
were made (`Execution.ending`), and from the trace who holds them.
"""

from __future__ import annotations

from harness.detect.plights import Plights
from harness.model.ending import (
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
from harness.model.listing import others_of
from harness.model.outcome import Deadlocked, Panicked

STUCK = frozenset({"no_deadlock", "no_goroutine_leak", "terminates"})
"""The properties that are violated by those who are left: blocked for good, or going on for ever."""

MOST = 6
"""Of more goroutines that are left, only so many are told of."""


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
    people = [story.plight(told[waiting.goroutine]) for waiting in execution.waiting[:MOST]]
    more = len(execution.waiting) - len(people)
    others = f", and {others_of(more)}" if more else ""
    return ", ".join(people) + others + story.circle()


def who_runs(execution: Execution) -> str:
    """Everybody who could have gone on, and where they are."""
    told = {left.goroutine: left for left in execution.ending.running}
    return ", ".join(_at(told.get(waiting.goroutine), waiting) for waiting in execution.running)


def who_goes_round(loop: Loop) -> str:
    """Everybody who takes part in a livelock, with the operations of a round."""
    return " and ".join(map(str, loop.goroutines))


def _at(left: Left | None, waiting: Waiting) -> str:
    return f"{left.goroutine} ({left.operation} at {left.location})" if left is not None else str(waiting)
