"""Promises about how long things live: what a handler has started, the context it derived, the client's patience.

They are about order, not about moments: what is not ordered before the handler's return, by the Go memory model, comes
after it under some schedule. So one execution of each class of equivalent ones is enough for them, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise, takewhile

from harness.detect.happens_before import Order
from harness.model.cause import ANY, told_by
from harness.model.execution import IDLE, Execution
from harness.model.trace import MAIN, Action, Participant, Trace
from harness.search.campaign import Oracle
from harness.stream.oracles import session_of
from harness.stream.serve import Session

RETURN = "handler_return"


def before_return(trace: Trace) -> int | None:
    """The steps that happen before the handler returns, a bit for each; None if it does not."""
    order = Order()
    for action in trace:
        order.advance(action)
        if action.kind == RETURN:
            return order.past_of(MAIN)
    return None


def _at_work(session: Session, trace: Trace) -> Iterator[tuple[Action, Participant]]:
    """The steps of what the handler has started that nothing orders before its return."""
    before = before_return(trace)
    if before is None:
        return
    others = {MAIN, *(goroutine.name for goroutine in session.client.goroutines)}
    for action in trace:
        for participant in action.participants:
            if participant.goroutine not in others and not before >> action.step & 1:
                yield action, participant


def _workers(execution: Execution) -> set[str]:
    session = session_of(execution)
    if session is None:
        return set()
    last = {who.goroutine: who.location for _, who in _at_work(session, execution.trace)}
    return set(last.values())


@told_by(_workers, ANY)
def no_work_after_return(execution: Execution) -> str | None:
    """Whatever the handler has started has done its last step before it returns."""
    session = session_of(execution)
    if session is None or not any(_at_work(session, execution.skeleton)):
        return None
    *_, (action, who) = _at_work(session, execution.trace)
    return (
        f"{who.goroutine} may still be at work when the handler has returned: nothing orders its step "
        f"'{action.text}' at {who.location} before that; {session.summary()}"
    )


def no_lost_cancel(execution: Execution) -> str | None:
    """The context that the handler derived for the executor has been cancelled when it returns: what `go vet` asks for
    as lostcancel."""
    session = session_of(execution)
    context = session.executor.context if session is not None else None
    if session is None or context is None or context is session.request or context.born_cancelled:
        return None
    cancels = _cancels(context.identity, execution.skeleton)
    if any(who.goroutine == MAIN for action in cancels for who in action.participants):  # before it returns: no fold
        return None
    before = before_return(execution.skeleton)
    if before is None or any(before >> action.step & 1 for action in cancels):
        return None
    return f"the context {context.name} may still be live when the handler has returned; {session.summary()}"


def _cancels(context: str, trace: Trace) -> list[Action]:
    """The steps before the handler's return that cancel this context, or would if it were not cancelled."""
    earlier = takewhile(lambda action: action.kind != RETURN, trace)
    return [action for action in earlier if action.kind == "cancel" and action.objects[0] == context]


def kept_alive(execution: Execution) -> str | None:
    """A client that stays connected never waits longer than the keep-alive interval, and the time a write takes, for
    something to arrive. Asked under the idle clock only: goroutines that are slow keep nobody's time."""
    session = session_of(execution)
    if session is None or not session.complete or execution.settings.clock != IDLE:
        return None
    plan = session.plan
    written = [action.time for action in execution.skeleton if action.kind == "write"]
    for earlier, later in pairwise([0.0, *written]):
        if later - earlier > plan.keep_alive + plan.slow:
            return (
                f"from second {earlier:g} to second {later:g} nothing was sent to the client, although a ping is due "
                f"after {plan.keep_alive:g} seconds; {session.summary()}"
            )
    return None


LIFETIME: Mapping[str, Oracle] = {
    oracle.__name__: oracle for oracle in (no_work_after_return, no_lost_cancel, kept_alive)
}
"""By name."""
