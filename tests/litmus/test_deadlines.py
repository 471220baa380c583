"""Deadlines and timeouts of contexts (package context), on virtual time."""

from typing import Any

import pytest

from harness import (
    CANCELED,
    DEADLINE_EXCEEDED,
    Channel,
    Recv,
    background,
    go,
    now,
    outcomes,
    prove,
    select,
    sleep,
    with_cancel,
    with_deadline,
    with_timeout,
)


def test_a_context_expires_at_its_deadline() -> None:
    async def main() -> Any:
        await sleep(1)
        context, _ = with_timeout(background(), 5)
        assert context.deadline == 6
        await context.done().recv()
        return now(), await context.err()

    assert outcomes(main) == {(6, DEADLINE_EXCEEDED)}


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_deadline_that_is_not_in_the_future_has_expired_already(seconds: float) -> None:
    async def main() -> Any:
        context, _ = with_timeout(background(), seconds)
        return await context.err(), await context.done().recv()

    assert outcomes(main) == {(DEADLINE_EXCEEDED, (None, False))}


def test_cancelling_before_the_deadline_calls_it_off() -> None:
    async def main() -> Any:
        context, cancel = with_timeout(background(), 5)
        await cancel()
        await sleep(10)
        return await context.err()

    assert outcomes(main) == {CANCELED}


def test_cancelling_after_the_deadline_changes_nothing() -> None:
    async def main() -> Any:
        context, cancel = with_timeout(background(), 5)
        await sleep(10)
        await cancel()
        return await context.err()

    assert outcomes(main) == {DEADLINE_EXCEEDED}


def test_cancelling_at_the_deadline_races_with_it() -> None:
    async def main() -> Any:
        context, cancel = with_timeout(background(), 5)
        await sleep(5)
        await cancel()
        return await context.err()

    assert outcomes(main) == {CANCELED, DEADLINE_EXCEEDED}


def test_a_parent_with_an_earlier_deadline_expires_the_child() -> None:
    async def main() -> Any:
        parent, _ = with_timeout(background(), 1)
        child, _ = with_timeout(parent, 5)
        await child.done().recv()
        return now(), child.deadline, await child.err(), await parent.err()

    assert outcomes(main) == {(1, 1, DEADLINE_EXCEEDED, DEADLINE_EXCEEDED)}


def test_a_child_with_an_earlier_deadline_leaves_the_parent_alive() -> None:
    async def main() -> Any:
        parent, _ = with_timeout(background(), 5)
        child, _ = with_timeout(parent, 1)
        await child.done().recv()
        return now(), child.deadline, await child.err(), await parent.err()

    assert outcomes(main) == {(1, 1, DEADLINE_EXCEEDED, None)}


def test_of_two_equal_deadlines_either_may_come_first() -> None:
    """`WithDeadline` relies on the parent's timer only if that is strictly earlier (Go's `context.go`)."""

    async def main() -> Any:
        parent, _ = with_deadline(background(), 5)
        child, _ = with_deadline(parent, 5)
        await child.done().recv()
        return await child.err(), await parent.err()

    assert outcomes(main) == {(DEADLINE_EXCEEDED, None), (DEADLINE_EXCEEDED, DEADLINE_EXCEEDED)}


def test_a_cancelled_parent_gives_the_child_its_own_cause() -> None:
    async def main() -> Any:
        parent, cancel = with_cancel(background())
        child, _ = with_timeout(parent, 5)
        await cancel()
        await sleep(10)
        return await child.err()

    assert outcomes(main) == {CANCELED}


def test_a_child_born_of_a_cancelled_parent_keeps_the_parents_cause_though_its_deadline_has_passed() -> None:
    async def main() -> Any:
        parent, cancel = with_cancel(background())
        await cancel()
        child, _ = with_timeout(parent, -1)
        return await child.err()

    assert outcomes(main) == {CANCELED}


def test_an_expired_parent_expires_its_children_with_its_cause() -> None:
    async def main() -> Any:
        parent, _ = with_timeout(background(), 1)
        child, _ = with_cancel(parent)
        await child.done().recv()
        return await child.err()

    assert outcomes(main) == {DEADLINE_EXCEEDED}


def test_work_that_takes_as_long_as_the_timeout_may_or_may_not_make_it() -> None:
    async def main(seconds: float) -> Any:
        context, _ = with_timeout(background(), 5)
        result = Channel(1)

        async def worker() -> None:
            await sleep(seconds)
            await result.send("result")

        go(worker)
        index, value, _ = await select(Recv(result), Recv(context.done()))
        return value if index == 0 else await context.err()

    assert outcomes(main, 4.9) == {"result"}
    assert outcomes(main, 5) == {"result", DEADLINE_EXCEEDED}
    assert outcomes(main, 5.1) == {DEADLINE_EXCEEDED}


def test_a_pending_deadline_does_not_keep_an_execution_alive() -> None:
    async def main() -> float:
        with_timeout(background(), 30)
        return now()

    assert outcomes(main) == {0}
    assert prove(main).executions == 1
