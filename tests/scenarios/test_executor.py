"""The scripted executor sends what its plan says, no less and no more: exact sets of stories.

A story tells which events were accepted, in which order, and how `ExecuteStream` ended.
"""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from harness import CANCELED, Atomic, Channel, Panic, background, go, outcomes, with_cancel
from harness.stream import Event, FakeClient, FakeExecutor, Session, StreamPlan
from tests.scenarios.judging import stories


async def execution(plan: StreamPlan, read: bool = True, leave: bool = False) -> list[Event]:
    """`read`: somebody receives everything; `leave`: the context is cancelled at some moment."""
    ctx, cancel = with_cancel(background())
    executor, stream = FakeExecutor(plan), Channel(plan.capacity)

    async def run() -> None:
        try:
            result = f"returns {await executor(ctx, stream)}"
        except Panic as panic:
            result = f"panics {panic}"
        await stream.length()  # a step whose order with every send on the stream matters
        executor.accepted.append(Event(f"{result}, {'finished' if executor.finished else 'unfinished'}"))

    async def reader() -> None:
        async for _ in stream:
            pass

    async def canceller() -> None:
        await cancel()

    go(run)
    if read:
        go(reader)
    if leave:
        go(canceller)
    return executor.accepted


END = "returns None, finished"
CANCELLED_END = f"returns {CANCELED}, finished"
ONE, TWO = "worker1:1", "worker1:2"


def orders(*told: str, before: tuple[tuple[str, str], ...]) -> set[str]:
    """Every order of these in which, of each pair in `before`, the first comes before the second."""
    return {
        ", ".join(order)
        for order in permutations(told)
        if all(order.index(first) < order.index(second) for first, second in before)
    }


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (StreamPlan(events=0), {END}),
        (StreamPlan(events=2), {f"{ONE}, {TWO}, {END}"}),
        (StreamPlan(events=2, capacity=0), {f"{ONE}, {TWO}, {END}"}),
        (StreamPlan(events=1, nils=2, capacity=1), {f"{ONE}, {END}"}),
        (StreamPlan(events=2, delay=5), {f"{ONE}, {TWO}, {END}"}),
        (
            StreamPlan(events=2, workers=2, capacity=1),
            orders(ONE, TWO, "worker2:1", "worker2:2", before=((ONE, TWO), ("worker2:1", "worker2:2"))),
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, StreamPlan) else "",
)
def test_workers_send_their_events_in_order_and_then_the_executor_returns(plan: StreamPlan, expected: set[str]) -> None:
    ending = "" if plan.workers == 1 else f", {END}"
    assert stories(execution, plan) == {story + ending for story in expected}


def test_a_joined_child_sends_before_the_executor_returns() -> None:
    assert stories(execution, StreamPlan(events=1, children=1)) == orders(
        ONE, "child1.1:1", END, before=((ONE, END), ("child1.1:1", END))
    )


def test_a_late_child_sends_before_or_after_the_executor_has_returned() -> None:
    assert stories(execution, StreamPlan(events=1, children=1, late=1)) == orders(
        ONE, "child1.1:1", END, before=((ONE, END),)
    )


def test_the_first_children_are_the_late_ones() -> None:
    assert stories(execution, StreamPlan(events=1, children=2, late=1)) == orders(
        ONE, "child1.1:1", "child1.2:1", END, before=((ONE, END), ("child1.2:1", END))
    )


@pytest.mark.parametrize(
    ("ending", "last"),
    [
        ("success", f", {END}"),
        ("error", ", returns crew failed, finished"),
        ("panic", ", panics crew failed, finished"),
        ("stall", ""),
    ],
)
def test_the_executor_ends_as_planned_after_its_events(ending: str, last: str) -> None:
    assert stories(execution, StreamPlan(events=2, ending=ending)) == {f"{ONE}, {TWO}{last}"}


@pytest.mark.parametrize("watches", [True, False])
def test_an_endless_executor_goes_on_until_its_context_is_cancelled(watches: bool) -> None:
    plan = StreamPlan(events=1, ending="endless", watches_context=watches)
    given_up = {CANCELLED_END} if watches else set()
    assert stories(execution, plan) == {ONE}
    assert stories(execution, plan, False, True) == {f"{ONE}, {CANCELLED_END}", *given_up}


def test_an_executor_that_watches_its_context_gives_up_at_any_moment() -> None:
    plan = StreamPlan(events=2, capacity=2)
    given_up = {CANCELLED_END, f"{ONE}, {CANCELLED_END}"}
    assert stories(execution, plan, False, True) == {*given_up, f"{ONE}, {TWO}, {END}"}


def test_an_executor_that_watches_its_context_gives_up_a_send_that_cannot_complete() -> None:
    plan = StreamPlan(events=2, capacity=1)
    assert stories(execution, plan, False, True) == {CANCELLED_END, f"{ONE}, {CANCELLED_END}"}


def test_an_oblivious_executor_is_stuck_in_a_send_that_cannot_complete() -> None:
    assert stories(execution, StreamPlan(events=2, capacity=1, watches_context=False), False, True) == {ONE}
    assert stories(execution, StreamPlan(events=2, capacity=2, watches_context=False), False, True) == {
        f"{ONE}, {TWO}, {END}"
    }


class Outlet:
    """Accepts every other event, starting with the first, and counts the children that it is told of."""

    def __init__(self, told: list[Any]) -> None:
        self.told = told
        self.accepts = False
        self.turns = Atomic(0)

    async def send(self, event: Event | None) -> bool:
        await self.turns.add(1)
        self.accepts = not self.accepts
        self.told.append((repr(event), self.accepts))
        return self.accepts

    async def go(self, function: Callable[..., Any]) -> None:
        self.told.append("starts a child")
        go(function)


CHILD_BEFORE = "('child1.1:1', True), None, [child1.1:1]"
CHILD_AFTER = "None, [child1.1:1], ('child1.1:1', True)"


async def supervised_execution(plan: StreamPlan) -> list[Any]:
    told: list[Any] = []
    executor, outlet = FakeExecutor(plan), Outlet(told)
    error = await executor(background(), outlet)
    await outlet.turns.load()
    told.append(error)
    told.append(executor.accepted)
    return told


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (StreamPlan(events=3), {f"('{ONE}', True), ('{TWO}', False), None, [{ONE}]"}),
        (
            StreamPlan(events=3, watches_context=False),
            {f"('{ONE}', True), ('{TWO}', False), ('worker1:3', True), None, [{ONE}, worker1:3]"},
        ),
        (StreamPlan(events=0, nils=1), {"('None', True), None, []"}),
        (
            StreamPlan(events=0, children=1, late=1),
            {f"'starts a child', {CHILD_BEFORE}", f"'starts a child', {CHILD_AFTER}"},
        ),
        (StreamPlan(events=0, children=1, late=1, rogue=True), {CHILD_BEFORE, CHILD_AFTER}),
        (StreamPlan(events=0, children=1), {CHILD_BEFORE}),
    ],
    ids=lambda value: str(value) if isinstance(value, StreamPlan) else "",
)
def test_an_outlet_may_refuse_and_starts_the_late_children_unless_they_are_rogue(
    plan: StreamPlan, expected: set[str]
) -> None:
    assert stories(supervised_execution, plan) == expected


async def same_session(accepted: list[Event], others: list[Event]) -> bool:
    """Are two sessions equal that differ in nothing but in what the stream accepted?"""
    plan, sessions = StreamPlan(), []
    for events in (accepted, others):
        executor = FakeExecutor(plan)
        executor.accepted += events
        request, hang_up = with_cancel(background())
        sessions.append(Session(plan, executor, FakeClient(plan, hang_up, executor), request))
    assert (hash(sessions[0]) == hash(sessions[1])) == (sessions[0] == sessions[1])
    return sessions[0] == sessions[1]


def test_how_the_sends_of_several_senders_were_mixed_is_no_part_of_a_session_but_the_order_of_each_is() -> None:
    first, second, other = Event("message", "a", 1), Event("message", "a", 2), Event("message", "b", 1)
    assert outcomes(same_session, [first, other, second], [other, first, second]) == {True}
    assert outcomes(same_session, [first, other, second], [second, other, first]) == {False}
    assert outcomes(same_session, [first, other], [first, other, other]) == {False}
