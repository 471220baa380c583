"""Mutex (package sync): exclusion, ownership, fatal errors, deadlock. The Go Memory Model: Locks."""

from typing import Any

import pytest

from harness import Atomic, Channel, Deadlocked, Mutex, Panic, Panicked, Shared, go, outcomes, prove, run, sleep
from harness.oracles import no_panic

UNLOCK = "fatal error: sync: unlock of unlocked mutex"


async def counted(lock: bool) -> Any:
    """Two goroutines increment a counter, with or without a mutex."""
    mutex, counter, joined = Mutex(), Shared(0), Channel(2)

    async def increment() -> None:
        if lock:
            await mutex.lock()
        value = await counter.load()
        await counter.store(value + 1)
        if lock:
            await mutex.unlock()
        await joined.send(None)

    go(increment)
    go(increment)
    await joined.recv()
    await joined.recv()
    return await counter.load()


def test_without_a_lock_an_update_can_be_lost() -> None:
    assert outcomes(counted, False) == {1, 2}


def test_a_lock_keeps_every_update() -> None:
    assert outcomes(counted, True) == {2}
    assert prove(counted, True).executions > 1


def test_async_with_locks_and_unlocks() -> None:
    async def main() -> bool:
        mutex = Mutex()
        async with mutex:
            inside = await mutex.try_lock()
        return inside is False and await mutex.try_lock()

    assert outcomes(main) == {True}


def test_a_panic_inside_async_with_unlocks() -> None:
    async def main() -> bool:
        mutex = Mutex()
        try:
            async with mutex:
                raise Panic("inside")
        except Panic:
            pass
        return await mutex.try_lock()

    assert outcomes(main) == {True}


def test_a_mutex_is_not_reentrant() -> None:
    async def main() -> None:
        mutex = Mutex()
        await mutex.lock()
        await mutex.lock()

    assert outcomes(main) == {Deadlocked(("main",))}


def test_another_goroutine_may_unlock() -> None:
    """ "A locked Mutex is not associated with a particular goroutine" (sync.Mutex.Unlock)."""

    async def main() -> str:
        mutex = Mutex()
        await mutex.lock()
        go(mutex.unlock)
        await mutex.lock()
        return "locked again"

    assert outcomes(main) == {"locked again"}


def test_any_waiter_may_get_the_lock_next() -> None:
    async def main() -> tuple[Any, ...]:
        mutex, order = Mutex(), Channel(3)
        await mutex.lock()

        async def waiter(number: int) -> None:
            async with mutex:
                await order.send(number)

        for number in range(3):
            go(waiter, number)
        await mutex.unlock()
        return tuple([(await order.recv())[0] for _ in range(3)])

    assert outcomes(main) == {(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)}


def test_unlocking_an_unlocked_mutex_is_fatal() -> None:
    async def main() -> None:
        await Mutex().unlock()

    assert outcomes(main) == {Panicked("main", UNLOCK)}


def test_no_recover_and_no_deferred_call_survives_a_fatal_error() -> None:
    deferred = []

    async def main() -> str:
        mutex = Mutex()
        try:
            await mutex.unlock()
        except BaseException:
            return "recovered"
        finally:
            deferred.append("ran")
        return "unlocked"

    assert outcomes(main) == {Panicked("main", UNLOCK)}
    assert deferred == []


def test_unlocking_twice_is_fatal_unless_somebody_locks_in_between() -> None:
    async def main() -> None:
        mutex = Mutex()
        await mutex.lock()
        go(mutex.lock)
        await mutex.unlock()
        await mutex.unlock()

    assert outcomes(main) == {None, Panicked("main", UNLOCK)}


def test_try_lock_fails_while_the_mutex_is_held() -> None:
    async def main() -> bool:
        mutex = Mutex()

        async def holder() -> None:
            async with mutex:
                pass

        go(holder)
        return await mutex.try_lock()

    assert outcomes(main) == {True, False}


def test_of_several_try_locks_one_succeeds() -> None:
    async def main() -> int:
        mutex, successes, joined = Mutex(), Atomic(0), Channel(2)

        async def attempt() -> None:
            if await mutex.try_lock():
                await successes.add(1)
            await joined.send(None)

        go(attempt)
        go(attempt)
        await joined.recv()
        await joined.recv()
        return int(await successes.load())

    assert outcomes(main) == {1}


async def two_locks(ordered: bool) -> str:
    left, right, joined = Mutex(), Mutex(), Channel(2)

    async def worker(first: Mutex, second: Mutex) -> None:
        async with first, second:
            pass
        await joined.send(None)

    go(worker, left, right)
    go(worker, *((left, right) if ordered else (right, left)))
    await joined.recv()
    await joined.recv()
    return "done"


def test_two_locks_in_opposite_order_can_deadlock() -> None:
    assert outcomes(two_locks, False) == {"done", Deadlocked(("main", "main/worker#1", "main/worker#2"))}


def test_two_locks_in_the_same_order_cannot() -> None:
    assert outcomes(two_locks, True) == {"done"}
    assert prove(two_locks, True).executions > 1


def test_what_happened_under_the_lock_is_seen_under_the_lock() -> None:
    async def main() -> tuple[Any, ...]:
        mutex, x, y = Mutex(), Shared(0), Shared(0)

        async def writer() -> None:
            async with mutex:
                await x.store(1)
                await y.store(1)

        go(writer)
        async with mutex:
            return await x.load(), await y.load()

    assert outcomes(main) == {(0, 0), (1, 1)}


def test_a_goroutine_that_ends_with_the_lock_held_leaves_the_others_waiting() -> None:
    async def main() -> str:
        mutex = Mutex()

        async def forgetful() -> None:
            await mutex.lock()

        go(forgetful)
        await sleep(1)
        await mutex.lock()
        return "locked"

    assert outcomes(main) == {Deadlocked(("main",))}


@pytest.mark.parametrize("recover", [True, False])
def test_a_lock_held_by_a_panicking_goroutine_stays_locked_unless_deferred(recover: bool) -> None:
    async def main() -> bool:
        mutex = Mutex()
        try:
            await mutex.lock()
            try:
                raise Panic("while locked")
            finally:
                if recover:
                    await mutex.unlock()
        except Panic:
            pass
        return await mutex.try_lock()

    assert outcomes(main) == {recover}


def test_a_fatal_error_is_told_with_its_place_as_a_panic_is() -> None:
    async def main() -> None:
        mutex = Mutex()

        async def unlock() -> None:
            await mutex.unlock()

        await unlock()

    line = main.__code__.co_firstlineno + 4
    found = no_panic(run(main))
    assert found == f"main panicked at tests/litmus/test_mutex.py:{line}: {UNLOCK}"
