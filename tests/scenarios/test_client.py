"""The client receives what its plan says, no less and no more: exact sets of stories."""

from typing import Any

import pytest

from harness import Panic, background, go, now, outcomes, with_cancel
from harness.stream import Event, FakeClient, FakeExecutor, StreamPlan
from scenarios.stream.events import DONE
from tests.scenarios.judging import DESIGNS, arrivals, stories


async def three_writes(plan: StreamPlan) -> list[Any]:
    """Whether each write succeeded, whether the context was cancelled by then, the time; what arrived; connected?"""
    ctx, hang_up = with_cancel(background())
    client = FakeClient(plan, hang_up, FakeExecutor(plan))
    if plan.disconnect:
        go(client.disconnect)
    told: list[Any] = []
    for number in (1, 2, 3):
        succeeded = await client.write(Event("message", "it", number))
        told.append((succeeded, await ctx.err() is not None))
    await client.handler_returned()
    return [told, client.arrived, client.connected, now()]


FINE = "(True, False)"
GONE = "(True, True)"


def story(told: list[str], arrived: int, connected: bool, time: float = 0.0) -> str:
    events = ", ".join(f"it:{number}" for number in range(1, arrived + 1))
    return f"[{', '.join(told)}], [{events}], {connected}, {time}"


def test_a_good_client_gets_everything_at_once() -> None:
    assert stories(three_writes, StreamPlan()) == {story([FINE] * 3, 3, True)}


def test_a_slow_client_gets_everything_in_its_own_time() -> None:
    assert stories(three_writes, StreamPlan(slow=2)) == {story([FINE] * 3, 3, True, 6.0)}


def test_a_client_that_disconnects_gets_a_beginning_of_any_length_and_the_context_is_cancelled_some_time_later() -> (
    None
):
    """It leaves after `arrived` writes, and the server notices after `fine` of them have returned, or never."""
    assert stories(three_writes, StreamPlan(disconnect=True)) == {
        story([FINE] * 3, 3, True),
        *(
            story([FINE] * fine + [GONE] * (3 - fine), arrived, False)
            for arrived in range(4)
            for fine in range(max(arrived - 1, 0), 4)
        ),
    }


def beginnings(plan: StreamPlan, **settings: Any) -> set[int]:
    """How many of three writes can have arrived."""
    return {outcome.count("it:") for outcome in outcomes(three_writes, plan, **settings)}


def test_a_slow_client_may_leave_during_any_write() -> None:
    assert beginnings(StreamPlan(slow=1, disconnect=True)) == {0, 1, 2, 3}


def test_from_a_failing_write_on_nothing_arrives_and_the_context_is_cancelled_some_time_later() -> None:
    failed, known = "(False, False)", "(False, True)"
    assert stories(three_writes, StreamPlan(failing_write=2)) == {
        story([FINE, failed, failed], 1, False),
        story([FINE, failed, known], 1, False),
        story([FINE, known, known], 1, False),
    }


def test_a_write_that_is_never_reached_does_not_fail() -> None:
    assert stories(three_writes, StreamPlan(failing_write=4)) == stories(three_writes, StreamPlan())


async def what_a_client_notes() -> list[Any]:
    plan = StreamPlan(keep_alive=7.5)
    client = FakeClient(plan, with_cancel(background())[1], FakeExecutor(plan))
    told: list[Any] = [client.can_flush, client.keep_alive, client.refused, client.connected]
    client.refuse(500, "no")
    await client.write(DONE)
    told += [client.refused, len(client.written_late)]
    await client.handler_returned()
    return [*told, await client.write(DONE), client.written_late, client.arrived]


def test_a_client_notes_refusals_and_late_writes() -> None:
    assert stories(what_a_client_notes) == {"True, 7.5, None, True, (500, 'no'), 0, False, [done], [done]"}


async def writes_without_a_flusher() -> str:
    plan = StreamPlan(flusher=False)
    client = FakeClient(plan, with_cancel(background())[1], FakeExecutor(plan))
    try:
        await client.write(DONE)
    except Panic as panic:
        return f"{panic}, {client.arrived}"
    return "written"


def test_writing_to_a_client_that_cannot_flush_is_a_nil_dereference() -> None:
    assert outcomes(writes_without_a_flusher) == {
        "runtime error: invalid memory address or nil pointer dereference, []"
    }


@pytest.mark.parametrize("design", ["done_channel", "close_channel", "combined", "supervised"])
def test_a_session_delivers_every_beginning_of_the_stream_when_the_client_leaves(design: str) -> None:
    whole = ["start", "worker1:1", "worker1:2", "done"]
    beginnings = {", ".join(whole[:length]) for length in range(5)}
    assert arrivals(DESIGNS[design].handler, StreamPlan(events=2, capacity=1, disconnect=True)) == beginnings
    assert arrivals(DESIGNS[design].handler, StreamPlan(events=2, capacity=1)) == {", ".join(whole)}
