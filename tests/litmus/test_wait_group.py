"""WaitGroup (package sync): waiting for a collection of goroutines, and what Go calls misuse."""

from typing import Any

from harness import Atomic, Channel, Deadlocked, Panic, Panicked, Shared, WaitGroup, go, outcomes, prove, sleep

NEGATIVE = "sync: negative WaitGroup counter"
REUSED = "sync: WaitGroup is reused before previous Wait has returned"


def test_waiting_for_nobody_does_not_block() -> None:
    async def main() -> str:
        await WaitGroup().wait()
        return "through"

    assert outcomes(main) == {"through"}


def test_wait_returns_when_everybody_is_done() -> None:
    async def main() -> Any:
        group, finished = WaitGroup(), Atomic(0)

        async def worker() -> None:
            await finished.add(1)
            await group.done()

        await group.add(2)
        go(worker)
        go(worker)
        await group.wait()
        return await finished.load()

    assert outcomes(main) == {2}
    assert prove(main).executions > 1


def test_adding_inside_the_goroutine_is_too_late() -> None:
    async def main() -> Any:
        group, finished = WaitGroup(), Atomic(0)

        async def worker() -> None:
            await group.add(1)
            await finished.add(1)
            await group.done()

        go(worker)
        await group.wait()
        return await finished.load()

    assert outcomes(main) == {0, 1}


def test_what_happened_before_done_is_seen_after_wait() -> None:
    async def main() -> Any:
        group, data = WaitGroup(), Shared(0)

        async def worker() -> None:
            await data.store(1)
            await group.done()

        await group.add(1)
        go(worker)
        await group.wait()
        return await data.load()

    assert outcomes(main) == {1}


def test_everybody_who_waits_is_released() -> None:
    async def main() -> str:
        group, released = WaitGroup(), Channel(2)

        async def waiter() -> None:
            await group.wait()
            await released.send(None)

        await group.add(1)
        go(waiter)
        go(waiter)
        await group.done()
        await released.recv()
        await released.recv()
        return "both"

    assert outcomes(main) == {"both"}


def test_a_missing_done_blocks_wait_for_ever() -> None:
    async def main() -> None:
        group = WaitGroup()
        await group.add(2)
        go(group.done)
        await group.wait()

    assert outcomes(main) == {Deadlocked(("main",))}


def test_a_counter_below_zero_panics() -> None:
    async def main() -> None:
        group = WaitGroup()
        await group.add(1)
        await group.add(-2)

    assert outcomes(main) == {Panicked("main", NEGATIVE)}


def test_one_done_too_many_panics_whoever_is_last() -> None:
    async def main() -> None:
        group = WaitGroup()
        await group.add(1)
        go(group.done)
        go(group.done)

    assert outcomes(main) == {Panicked("main/done#1", NEGATIVE), Panicked("main/done#2", NEGATIVE)}


def test_a_recovered_negative_counter_stays_negative() -> None:
    """`Add` changes the counter before it looks at it (Go's `waitgroup.go`)."""

    async def main() -> None:
        group = WaitGroup()
        try:
            await group.done()
        except Panic:
            pass
        await group.wait()

    assert outcomes(main) == {Deadlocked(("main",))}


def test_a_negative_counter_can_be_brought_back_to_zero() -> None:
    async def main() -> str:
        group = WaitGroup()
        try:
            await group.done()
        except Panic:
            pass
        await group.add(1)
        await group.wait()
        return "through"

    assert outcomes(main) == {"through"}


def test_a_group_can_be_used_again_after_wait_has_returned() -> None:
    async def main() -> str:
        group = WaitGroup()
        for _ in range(2):
            await group.add(1)
            go(group.done)
            await group.wait()
        return "twice"

    assert outcomes(main) == {"twice"}


def test_using_a_group_again_under_a_waiter_passes_panics_or_blocks() -> None:
    """Wait may come while the counter is zero; or have parked before and, when it wakes, find it in use; or be late."""

    async def main() -> str:
        group = WaitGroup()
        await group.add(1)

        async def worker() -> None:
            await group.done()
            await group.add(1)

        go(worker)
        await group.wait()
        return "through"

    assert outcomes(main) == {"through", Panicked("main", REUSED), Deadlocked(("main",))}


def test_a_waiter_that_has_parked_does_not_wait_for_the_next_round() -> None:
    async def main() -> str:
        group = WaitGroup()
        await group.add(1)

        async def worker() -> None:
            await sleep(1)
            await group.done()
            await group.add(1)

        go(worker)
        await group.wait()
        return "through"

    assert outcomes(main) == {"through", Panicked("main", REUSED)}


def test_a_second_round_that_ends_too_releases_every_waiter() -> None:
    async def main() -> str:
        group = WaitGroup()
        await group.add(1)

        async def worker() -> None:
            await group.done()
            await group.add(1)
            await group.done()

        go(worker)
        await group.wait()
        return "through"

    assert outcomes(main) == {"through", Panicked("main", REUSED)}


def test_adding_while_the_counter_is_positive_is_no_reuse() -> None:
    async def main() -> Any:
        group, finished = WaitGroup(), Atomic(0)

        async def child() -> None:
            await finished.add(1)
            await group.done()

        async def parent() -> None:
            await group.add(1)
            go(child)
            await group.done()

        await group.add(1)
        go(parent)
        await group.wait()
        return await finished.load()

    assert outcomes(main) == {1}
