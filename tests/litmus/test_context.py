"""Cancellation (package context): who is cancelled, by whom, and with which cause."""

from typing import Any

import pytest

from harness import (
    CANCELED,
    Channel,
    Context,
    Deadlocked,
    Recv,
    Send,
    background,
    go,
    outcomes,
    prove,
    select,
    with_cancel,
)
from harness.errors import BadInput


def test_the_background_context_is_never_cancelled() -> None:
    async def main() -> Any:
        context = background()
        assert await context.err() is None
        await context.done().recv()

    assert outcomes(main) == {Deadlocked(("main",))}


def test_cancel_closes_done_and_sets_the_cause() -> None:
    async def main() -> tuple[Any, ...]:
        context, cancel = with_cancel(background())
        before = await context.err()
        await cancel()
        return before, await context.done().recv(), await context.err()

    assert outcomes(main) == {(None, (None, False), CANCELED)}


def test_cancelling_twice_is_harmless() -> None:
    async def main() -> Any:
        context, cancel = with_cancel(background())
        go(cancel)
        go(cancel)
        await context.done().recv()
        return await context.err()

    assert outcomes(main) == {CANCELED}
    assert prove(main).executions > 1


def test_cancel_reaches_every_descendant() -> None:
    async def main() -> tuple[Any, ...]:
        parent, cancel = with_cancel(background())
        child, _ = with_cancel(parent)
        grandchild, _ = with_cancel(child)
        await cancel()
        await grandchild.done().recv()
        return await parent.err(), await child.err(), await grandchild.err()

    assert outcomes(main) == {(CANCELED, CANCELED, CANCELED)}


def test_cancel_reaches_neither_parent_nor_sibling() -> None:
    async def main() -> tuple[Any, ...]:
        parent, _ = with_cancel(background())
        child, cancel = with_cancel(parent)
        sibling, _ = with_cancel(parent)
        await cancel()
        return await parent.err(), await child.err(), await sibling.err()

    assert outcomes(main) == {(None, CANCELED, None)}


def test_the_child_of_a_cancelled_context_is_born_cancelled() -> None:
    async def main() -> Any:
        parent, cancel = with_cancel(background())
        await cancel()
        child, _ = with_cancel(parent)
        await child.done().recv()
        return await child.err()

    assert outcomes(main) == {CANCELED}


def test_a_child_is_cancelled_whether_it_is_born_before_or_after_the_cancellation() -> None:
    async def main() -> Any:
        parent, cancel = with_cancel(background())
        go(cancel)
        await parent.err()
        child, _ = with_cancel(parent)
        await child.done().recv()
        return await child.err()

    assert outcomes(main) == {CANCELED}
    assert prove(main).executions > 1


def test_asking_for_the_cause_races_with_the_cancellation() -> None:
    async def main() -> Any:
        context, cancel = with_cancel(background())
        go(cancel)
        return await context.err()

    assert outcomes(main) == {None, CANCELED}


def test_the_cause_is_set_once_done_is_closed() -> None:
    async def main() -> Any:
        context, cancel = with_cancel(background())
        go(cancel)
        await context.done().recv()
        return await context.err()

    assert outcomes(main) == {CANCELED}


def test_cancelling_wakes_every_goroutine_that_watches() -> None:
    async def main() -> None:
        context, cancel = with_cancel(background())
        parted = Channel(2)

        async def watcher() -> None:
            await context.done().recv()
            await parted.send(None)

        go(watcher)
        go(watcher)
        await cancel()
        await parted.recv()
        await parted.recv()

    assert outcomes(main) == {None}
    prove(main)


async def events_until_disconnect(watching: bool) -> int:
    """A handler that goes away after a cancellation at any point, and an executor that sends two events."""
    context, cancel = with_cancel(background())
    events = Channel()

    async def executor() -> None:
        for event in range(2):
            if not watching:
                await events.send(event)
            elif (await select(Send(events, event), Recv(context.done())))[0] == 1:
                break
        await events.close()

    go(executor)
    go(cancel)
    received = 0
    while True:
        index, _, ok = await select(Recv(events), Recv(context.done()))
        if index == 1 or not ok:
            return received
        received += 1


def test_an_executor_that_watches_its_context_is_never_left_behind() -> None:
    assert outcomes(events_until_disconnect, True) == {0, 1, 2}
    assert prove(events_until_disconnect, True).executions > 1


def test_an_executor_that_ignores_its_context_is_left_behind() -> None:
    assert outcomes(events_until_disconnect, False) == {0, 1, 2}
    with pytest.raises(AssertionError, match="main/executor#1"):
        prove(events_until_disconnect, False)


def test_an_event_may_be_delivered_after_the_cancellation() -> None:
    """Both cases are ready, and select prefers neither."""

    async def main() -> int:
        context, cancel = with_cancel(background())
        events = Channel(1)
        await events.send("event")
        await cancel()
        index, _, _ = await select(Recv(context.done()), Recv(events))
        return index

    assert outcomes(main) == {0, 1}


@pytest.mark.parametrize("parent", [None, "background", 5])
def test_a_context_is_derived_from_a_context_only(parent: Any) -> None:
    async def main() -> None:
        with_cancel(parent)

    with pytest.raises(BadInput, match="derived from a context"):
        outcomes(main)


def test_contexts_and_their_channels_can_be_named() -> None:
    async def main() -> tuple[Any, ...]:
        context, _ = with_cancel(background(), name="request")
        assert isinstance(context, Context)
        return context.name, context.done().name

    assert outcomes(main) == {("request", "request.done")}
