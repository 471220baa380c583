"""Cond (package sync): "Wait atomically unlocks c.L and suspends execution of the calling goroutine"."""

from typing import Any

from harness import Channel, Cond, Deadlocked, Mutex, Panicked, Shared, go, outcomes, prove, sleep


def test_waiting_in_a_loop_misses_no_signal() -> None:
    async def main() -> str:
        mutex, ready = Mutex(), Shared(False)
        cond = Cond(mutex)

        async def setter() -> None:
            async with mutex:
                await ready.store(True)
                await cond.signal()

        go(setter)
        async with mutex:
            while not await ready.load():
                await cond.wait()
        return "ready"

    assert outcomes(main) == {"ready"}
    assert prove(main).executions > 1


def test_a_signal_before_wait_is_lost() -> None:
    async def main() -> str:
        mutex = Mutex()
        cond = Cond(mutex)
        go(cond.signal)
        async with mutex:
            await cond.wait()
        return "woken"

    assert outcomes(main) == {"woken", Deadlocked(("main",))}


def test_checking_the_condition_without_the_lock_loses_a_wake_up() -> None:
    async def main() -> str:
        mutex, ready = Mutex(), Shared(False)
        cond = Cond(mutex)

        async def setter() -> None:
            await ready.store(True)
            await cond.signal()

        go(setter)
        async with mutex:
            while not await ready.load():
                await cond.wait()
        return "ready"

    assert outcomes(main) == {"ready", Deadlocked(("main",))}


async def woken_by(broadcast: bool) -> int:
    """How many of two goroutines that wait already are woken."""
    mutex, woken = Mutex(), Channel(2)
    cond = Cond(mutex)

    async def waiter() -> None:
        async with mutex:
            await cond.wait()
        await woken.send(None)

    go(waiter)
    go(waiter)
    await sleep(1)
    await (cond.broadcast() if broadcast else cond.signal())
    await sleep(1)
    return await woken.length()


def test_signal_wakes_one() -> None:
    assert outcomes(woken_by, False) == {1}


def test_broadcast_wakes_all() -> None:
    assert outcomes(woken_by, True) == {2}


def test_signal_wakes_whoever_has_waited_longest() -> None:
    """`notifyListNotifyOne` follows the tickets that `Wait` drew under the lock (Go's `runtime/sema.go`)."""

    async def main() -> Any:
        mutex, woken = Mutex(), Channel(2)
        cond = Cond(mutex)

        async def waiter(name: str) -> None:
            async with mutex:
                await cond.wait()
            await woken.send(name)

        go(waiter, "first")
        await sleep(1)
        go(waiter, "second")
        await sleep(1)
        await cond.signal()
        return (await woken.recv())[0]

    assert outcomes(main) == {"first"}


def test_wait_releases_the_lock_while_it_sleeps_and_holds_it_afterwards() -> None:
    async def main() -> tuple[bool, ...]:
        mutex = Mutex()
        cond = Cond(mutex)
        free_meanwhile = Channel(1)

        async def signaller() -> None:
            await sleep(1)
            await free_meanwhile.send(await mutex.try_lock())
            await mutex.unlock()
            await cond.signal()

        go(signaller)
        await mutex.lock()
        await cond.wait()
        return (await free_meanwhile.recv())[0], await mutex.try_lock()

    assert outcomes(main) == {(True, False)}


def test_a_woken_goroutine_still_has_to_get_the_lock() -> None:
    async def main() -> str:
        mutex = Mutex()
        cond = Cond(mutex)

        async def waiter() -> None:
            async with mutex:
                await cond.wait()

        go(waiter)
        await sleep(1)
        await mutex.lock()
        await cond.signal()
        await waiter()  # needs the lock that main holds
        return "never"

    assert outcomes(main) == {Deadlocked(("main", "main/waiter#1"))}


def test_waiting_without_the_lock_is_fatal() -> None:
    async def main() -> None:
        await Cond(Mutex()).wait()

    assert outcomes(main) == {Panicked("main", "fatal error: sync: unlock of unlocked mutex")}


def test_signal_and_broadcast_need_neither_lock_nor_waiter() -> None:
    async def main() -> str:
        cond = Cond(Mutex())
        await cond.signal()
        await cond.broadcast()
        return "done"

    assert outcomes(main) == {"done"}


def test_if_instead_of_while_acts_on_a_condition_that_is_false_again() -> None:
    async def main(loop: bool) -> int:
        mutex, items, taken = Mutex(), Shared(0), Channel(2)
        cond = Cond(mutex)

        async def taker() -> None:
            async with mutex:
                if loop:
                    while not await items.load():
                        await cond.wait()
                elif not await items.load():
                    await cond.wait()
                await items.store(await items.load() - 1)
                await taken.send(await items.load())

        go(taker)
        go(taker)
        async with mutex:
            await items.store(1)
            await cond.broadcast()
        await taken.recv()
        await sleep(1)
        return int(await items.load())

    assert outcomes(main, True) == {0}
    assert outcomes(main, False) == {0, -1}
