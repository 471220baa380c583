"""The scripted executor sends what its plan says, no less and no more: exact sets of stories.

A story tells which events were accepted, in which order, and how `ExecuteStream` ended.
"""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from harness import CANCELED, Channel, Panic, background, go, gosched, with_cancel
from harness.stream import Event, FakeExecutor, StreamPlan
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
    plan = StreamPlan(events=1, children=1, late=1)  # the return follows the last send: nothing happens in between
    assert stories(execution, plan) == {f"child1.1:1, {ONE}, {END}", f"{ONE}, {END}, child1.1:1"}


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

    async def send(self, event: Event | None) -> bool:
        await gosched()
        self.accepts = not self.accepts
        self.told.append((repr(event), self.accepts))
        return self.accepts

    async def go(self, function: Callable[..., Any]) -> None:
        self.told.append("starts a child")
        go(function)


async def supervised_execution(plan: StreamPlan) -> list[Any]:
    told: list[Any] = []
    executor = FakeExecutor(plan)
    told.append(await executor(background(), Outlet(told)))
    told.append(executor.accepted)
    return told


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (StreamPlan(events=3), f"('{ONE}', True), ('{TWO}', False), None, [{ONE}]"),
        (
            StreamPlan(events=3, watches_context=False),
            f"('{ONE}', True), ('{TWO}', False), ('worker1:3', True), None, [{ONE}, worker1:3]",
        ),
        (StreamPlan(events=0, nils=1), "('None', True), None, []"),
        (StreamPlan(events=0, children=1, late=1), "'starts a child', None, [child1.1:1], ('child1.1:1', True)"),
        (StreamPlan(events=0, children=1, late=1, rogue=True), "None, [child1.1:1], ('child1.1:1', True)"),
        (StreamPlan(events=0, children=1), "('child1.1:1', True), None, [child1.1:1]"),
    ],
    ids=lambda value: str(value) if isinstance(value, StreamPlan) else "",
)
def test_an_outlet_may_refuse_and_starts_the_late_children_unless_they_are_rogue(
    plan: StreamPlan, expected: str
) -> None:
    assert stories(supervised_execution, plan) == {expected}
