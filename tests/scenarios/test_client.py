"""The client receives what its plan says, no less and no more: exact sets of stories."""

from typing import Any

import pytest

from harness import Panic, background, go, gosched, now, outcomes, with_cancel
from harness.stream import Event, FakeClient, StreamPlan
from scenarios.stream.events import DONE
from tests.scenarios.judging import DESIGNS, arrivals, stories


async def three_writes(plan: StreamPlan) -> list[Any]:
    """Whether each write succeeded, whether the context was cancelled by then, the time; what arrived; connected?"""
    ctx, hang_up = with_cancel(background())
    client = FakeClient(plan, hang_up, lambda: True)
    if plan.disconnect:
        go(client.disconnect)
    told: list[Any] = []
    for number in (1, 2, 3):
        await gosched()
        succeeded = await client.write(Event("message", "it", number))
        told.append((succeeded, await ctx.err() is not None))
    client.handler_returned()
    return [told, client.arrived, client.connected, now()]


FINE = "(True, False)"
GONE = "(True, True)"


def test_a_good_client_gets_everything_at_once() -> None:
    assert stories(three_writes, StreamPlan()) == {f"[{FINE}, {FINE}, {FINE}], [it:1, it:2, it:3], True, 0.0"}


def test_a_slow_client_gets_everything_in_its_own_time() -> None:
    assert stories(three_writes, StreamPlan(slow=2)) == {f"[{FINE}, {FINE}, {FINE}], [it:1, it:2, it:3], True, 6.0"}


def test_a_client_that_disconnects_gets_a_beginning_of_any_length_and_the_context_is_cancelled_from_then_on() -> None:
    assert stories(three_writes, StreamPlan(disconnect=True)) == {
        f"[{GONE}, {GONE}, {GONE}], [], False, 0.0",
        f"[{GONE}, {GONE}, {GONE}], [it:1], False, 0.0",
        f"[{FINE}, {GONE}, {GONE}], [it:1], False, 0.0",
        f"[{FINE}, {GONE}, {GONE}], [it:1, it:2], False, 0.0",
        f"[{FINE}, {FINE}, {GONE}], [it:1, it:2], False, 0.0",
        f"[{FINE}, {FINE}, {GONE}], [it:1, it:2, it:3], False, 0.0",
        f"[{FINE}, {FINE}, {FINE}], [it:1, it:2, it:3], True, 0.0",
    }


def beginnings(plan: StreamPlan, **settings: Any) -> set[int]:
    """How many of three writes can have arrived."""
    return {outcome.count("it:") for outcome in outcomes(three_writes, plan, **settings)}


def test_a_slow_client_may_leave_during_any_write() -> None:
    assert beginnings(StreamPlan(slow=1, disconnect=True)) == {0, 1, 2, 3}


def test_from_a_failing_write_on_nothing_arrives_and_the_context_is_cancelled_some_time_later() -> None:
    failed, known = "(False, False)", "(False, True)"
    assert stories(three_writes, StreamPlan(failing_write=2)) == {
        f"[{FINE}, {failed}, {failed}], [it:1], False, 0.0",
        f"[{FINE}, {failed}, {known}], [it:1], False, 0.0",
        f"[{FINE}, {known}, {known}], [it:1], False, 0.0",
    }


def test_a_write_that_is_never_reached_does_not_fail() -> None:
    assert stories(three_writes, StreamPlan(failing_write=4)) == stories(three_writes, StreamPlan())


async def what_a_client_notes() -> list[Any]:
    _, hang_up = with_cancel(background())
    finished: list[bool] = []
    client = FakeClient(StreamPlan(keep_alive=7.5), hang_up, lambda: bool(finished))
    told: list[Any] = [client.can_flush, client.keep_alive, client.refused, client.hasty]
    client.refuse(500, "no")
    await client.write(DONE)
    told += [client.refused, client.hasty, len(client.written_late)]
    finished.append(True)
    client.hasty = False
    client.handler_returned()
    await client.write(DONE)
    return [*told, client.hasty, client.written_late]


def test_a_client_notes_refusals_hasty_statuses_and_late_writes() -> None:
    assert stories(what_a_client_notes) == {"True, 7.5, None, False, (500, 'no'), True, 0, False, [done]"}


async def writes_without_a_flusher() -> str:
    client = FakeClient(StreamPlan(flusher=False), with_cancel(background())[1], lambda: True)
    try:
        await client.write(DONE)
    except Panic as panic:
        return f"{panic}, {client.arrived}"
    return "written"


def test_writing_to_a_client_that_cannot_flush_is_a_nil_dereference() -> None:
    assert outcomes(writes_without_a_flusher) == {
        "runtime error: invalid memory address or nil pointer dereference, []"
    }


@pytest.mark.parametrize(
    ("design", "shortest"), [("done_channel", 1), ("close_channel", 1), ("combined", 0), ("supervised", 1)]
)
def test_a_session_delivers_every_beginning_of_the_stream_when_the_client_leaves(design: str, shortest: int) -> None:
    """Where the first write comes before the first operation, nothing can come before the write."""
    whole = ["start", "worker1:1", "worker1:2", "done"]
    beginnings = {", ".join(whole[:length]) for length in range(shortest, 5)}
    assert arrivals(DESIGNS[design].handler, StreamPlan(events=2, capacity=1, disconnect=True)) == beginnings
    assert arrivals(DESIGNS[design].handler, StreamPlan(events=2, capacity=1)) == {", ".join(whole)}
