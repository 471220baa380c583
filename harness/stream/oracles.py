"""The properties of a streaming handler: functions from an execution to None or the sentence that is wrong with it.

Only executions in which the handler returned are judged for what arrived; that it returns is a property of its own.
Nothing is judged after a panic but the panic: Go's process would have ended.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.detect.ending import who_waits
from harness.model.cause import told_by
from harness.model.execution import Execution
from harness.model.outcome import Deadlocked, FairBoundReached, Returned, StepLimitReached
from harness.oracles import no_data_race, no_deadlock, no_goroutine_leak, no_panic
from harness.search.campaign import Oracle
from harness.stream import event as events
from harness.stream import plan as plans
from harness.stream.event import MESSAGE, Event
from harness.stream.serve import Session

FIRST_HTTP_ERROR = 400


def session_of(execution: Execution) -> Session | None:
    """The session, if main returned one."""
    outcome = execution.outcome
    if isinstance(outcome, Returned) and isinstance(outcome.value, Session):
        return outcome.value
    return None


def lost_events(session: Session) -> list[Event]:
    """What the stream accepted and did not deliver before the final status, to a client that stayed connected."""
    if not session.complete:
        return []
    arrived: set[Event] = set()
    for event in session.client.arrived:
        if event.is_status:
            break
        arrived.add(event)
    return [event for event in session.accepted if event not in arrived]


def _losers(execution: Execution) -> set[str]:
    session = session_of(execution)
    if session is None:
        return set()
    if session.turned_away:
        return {f"refused: {sender}" for sender in _senders(session.turned_away)}
    return _senders(lost_events(session))


def _late_writes(execution: Execution) -> set[str]:
    session = session_of(execution)
    return {event.kind for event in session.client.written_late} if session is not None else set()


def _senders(found: list[Event]) -> set[str]:
    """Workers or children, whichever of them."""
    return {event.source.rstrip("0123456789.") for event in found}


@told_by(_losers)
def no_event_lost(execution: Execution) -> str | None:
    """Every event that the stream accepted reaches a client that stays connected, before the final status; and an
    outlet accepts all, while the execution goes on."""
    session = session_of(execution)
    if session is None or not session.complete:
        return None
    if session.turned_away:
        return f"{_listed(session.turned_away)} refused, although the client stayed connected; {session.summary()}"
    lost = lost_events(session)
    if not lost:
        return None
    return (
        f"{_listed(lost)} accepted by the stream but not delivered before the final status, "
        f"although the client stayed connected; {session.summary()}"
    )


def order_kept(execution: Execution) -> str | None:
    """Events of one sender arrive in the order in which it sent them."""
    session = session_of(execution)
    if session is None:
        return None
    last: dict[str, int] = {}
    for event in session.client.arrived:
        if event.kind == MESSAGE:
            if event.number < last.get(event.source, 0):
                return f"{event!r} arrived after {event.source}:{last[event.source]}; {session.summary()}"
            last[event.source] = event.number
    return None


def no_duplicate(execution: Execution) -> str | None:
    """No event arrives twice, and none that the executor did not send."""
    session = session_of(execution)
    if session is None:
        return None
    unseen = list(session.accepted)
    for event in session.client.arrived:
        if event.kind == MESSAGE:
            if event not in unseen:
                how = "twice" if event in session.accepted else "but was never sent"
                return f"{event!r} arrived {how}; {session.summary()}"
            unseen.remove(event)
    return None


def one_final_status(execution: Execution) -> str | None:
    """A client that stays connected gets exactly one final status, as the last event; any other at most one.
    A refusal is an HTTP error."""
    session = session_of(execution)
    if session is None:
        return None
    statuses = session.statuses
    if session.client.refused is not None and session.client.refused[0] < FIRST_HTTP_ERROR:
        return f"the handler refused the client, but not with an HTTP error; {session.summary()}"
    if session.client.refused is not None and not session.rightly_refused:
        return f"the handler refused a client that it could have served; {session.summary()}"
    answers = len(statuses) + session.rightly_refused
    if answers > 1:
        return f"{answers} final statuses; {session.summary()}"
    if not answers and session.client.connected:
        return f"the client stayed connected but got no final status; {session.summary()}"
    if statuses and session.client.arrived[-1] is not statuses[0]:
        return f"the final status {statuses[0]!r} is not the last event; {session.summary()}"
    return None


def status_correct(execution: Execution) -> str | None:
    """The final status tells how the execution ended, and comes after its end."""
    session = session_of(execution)
    if session is None or not session.statuses:
        return None
    status = session.statuses[0].kind
    if session.client.hasty:
        return f"the final status {status!r} was sent before the executor had finished; {session.summary()}"
    failed = session.plan.ending in (plans.ERROR, plans.PANIC)
    if failed and status != events.ERROR:
        return f"the executor ended with {session.plan.ending}, but the client was told {status!r}; {session.summary()}"
    if not failed and status != events.DONE and session.complete:
        return f"the executor succeeded, but the client was told {status!r}; {session.summary()}"
    return None


@told_by(_late_writes)
def no_write_after_return(execution: Execution) -> str | None:
    """Nothing is written to the client once the handler has returned."""
    session = session_of(execution)
    if session is None or not session.client.written_late:
        return None
    return f"{_listed(session.client.written_late)} written after the handler had returned; {session.summary()}"


def terminates(execution: Execution) -> str | None:
    """The handler returns under every schedule."""
    match execution.outcome:
        case Deadlocked():
            return f"the handler never returns: nothing can move any more; waiting for ever: {who_waits(execution)}"
        case FairBoundReached(goroutines):
            return f"the handler, or what it started, polls for what no longer changes: {', '.join(goroutines)}"
        case StepLimitReached(steps):
            return f"the handler had not returned, or what it started had not ended, after {steps} steps"
    return None


def _listed(found: list[Event]) -> str:
    verb = "was" if len(found) == 1 else "were"
    return f"{', '.join(map(repr, found))} {verb}"


PROPERTIES: Mapping[str, Oracle] = {
    oracle.__name__: oracle
    for oracle in (
        no_event_lost,
        order_kept,
        no_duplicate,
        one_final_status,
        status_correct,
        no_write_after_return,
        terminates,
        no_deadlock,
        no_goroutine_leak,
        no_panic,
        no_data_race,
    )
}
SAFE_STREAM: tuple[Oracle, ...] = tuple(PROPERTIES.values())
