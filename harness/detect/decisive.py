"""The two operations at which a finished execution that an oracle objects to should be looked at first.

Of a data race, the two accesses. Of a panic on something closed, the close and the operation that panics. Of goroutines
that are stuck, where one is, and where who could have helped is stuck as well, or else who last touched what it waits
for. Of everything else, the last two conflicting operations: in a minimal schedule whatever comes after them only shows
the damage.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.detect.access import Access, access_of
from harness.detect.ending import STUCK
from harness.detect.plights import Plights
from harness.detect.races import races
from harness.model.ending import Left
from harness.model.execution import Execution
from harness.model.outcome import Panicked
from harness.model.trace import Action, Trace, judged

RACE = "no_data_race"
CLOSE, CLOSED = "close", "closed channel"
HARMLESS = frozenset({"load", "length", "receive_closed"})  # two of these on one object never conflict


def decisive(execution: Execution, violated: str) -> tuple[Access, ...]:
    """One or two operations, the more telling one first; none of an execution without steps.

    Args:
        execution: one that violates a property.
        violated: the name of the property.
    """
    trace = judged(execution.trace)
    found: tuple[Access, ...] = ()
    if violated == RACE:
        found = _racing(execution)
    elif violated in STUCK:
        found = _stuck(execution, trace)
    return found or _panicking(execution, trace) or _last_pair(trace) or tuple(map(access_of, trace[-1:]))


def _racing(execution: Execution) -> tuple[Access, ...]:
    found = races(execution.trace, execution.waiting)
    return (found[0].second, found[0].first) if found else ()


def _stuck(execution: Execution, trace: Trace) -> tuple[Access, ...]:
    """The first goroutine that is stuck (or, if none is, still there), and whom it waits for in vain."""
    ending, plights = execution.ending, Plights(execution)
    for left in (*ending.stuck, *ending.running):
        awaited = plights.waits_for(left)
        helpers = [_place(other, trace) for other in ending.stuck if other.goroutine in awaited and other != left]
        return _place(left, trace), *(helpers[:1] or _last_at(left, trace))
    return ()


def _place(left: Left, trace: Trace) -> Access:
    return Access(len(trace), left.goroutine, left.operation, left.location)


def _last_at(left: Left, trace: Trace) -> list[Access]:
    """Who else last touched what it waits for; empty if nobody has."""
    awaited = {each.identity for each in left.awaited}
    others = [
        action
        for action in trace
        if awaited & set(action.objects) and left.goroutine not in _goroutines(action) and action.participants
    ]
    return list(map(access_of, others[-1:]))


def _panicking(execution: Execution, trace: Trace) -> tuple[Access, ...]:
    """Where it panicked; and if that was for something closed, the close."""
    if not isinstance(execution.outcome, Panicked):
        return ()
    theirs = [action for action in trace if execution.outcome.goroutine in _goroutines(action)]
    if not theirs:
        return ()
    refused = [action for action in theirs if action.kind.endswith("_closed") and action.kind not in HARMLESS]
    if not refused or CLOSED not in execution.outcome.message:
        return (access_of(theirs[-1], _goroutines(theirs[-1]).index(execution.outcome.goroutine)),)
    closes = [action for action in trace if action.kind == CLOSE and set(action.objects) & set(refused[-1].objects)]
    return access_of(refused[-1]), *map(access_of, closes[:1])


def _last_pair(trace: Trace) -> tuple[Access, ...]:
    for second in reversed(trace):
        for first in _partners(second, trace):
            return access_of(second), access_of(first)
    return ()


def _partners(second: Action, trace: Trace) -> Iterator[Action]:
    """Earlier actions of other goroutines on the same object that may conflict, the latest first."""
    for first in reversed(trace[: trace.index(second)]):
        apart = first.participants and not set(_goroutines(first)) & set(_goroutines(second))
        both_harmless = {first.kind, second.kind} <= HARMLESS
        if apart and second.participants and set(first.objects) & set(second.objects) and not both_harmless:
            yield first


def _goroutines(action: Action) -> list[str]:
    return [participant.goroutine for participant in action.participants]
