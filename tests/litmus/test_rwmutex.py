"""RWMutex (package sync): many readers or one writer, and a waiting writer goes first.

"If any goroutine calls Lock while the lock is already held by one or more readers, concurrent calls to RLock will
block until the writer has acquired (and released) the lock" (sync.RWMutex).
"""

from typing import Any

from harness import (
    Atomic,
    Channel,
    Deadlocked,
    Panicked,
    Returned,
    RWMutex,
    Shared,
    go,
    outcomes,
    prove,
    run,
    sleep,
)


def test_readers_share() -> None:
    async def main() -> str:
        lock, both = RWMutex(), Channel()

        async def reader(send: bool) -> None:
            await lock.rlock()
            await (both.send(None) if send else both.recv())  # meets the other reader inside
            await lock.runlock()

        go(reader, True)
        await reader(False)
        return "met"

    assert outcomes(main) == {"met"}


def test_a_writer_excludes_readers_and_writers() -> None:
    async def main() -> tuple[bool, ...]:
        lock = RWMutex()
        async with lock:
            return await lock.try_rlock(), await lock.try_lock()

    assert outcomes(main) == {(False, False)}


def test_a_reader_excludes_writers_only() -> None:
    async def main() -> tuple[bool, ...]:
        lock = RWMutex()
        await lock.rlock()
        return await lock.try_rlock(), await lock.try_lock()

    assert outcomes(main) == {(True, False)}


def test_two_writers_keep_every_update() -> None:
    async def main() -> Any:
        lock, counter, joined = RWMutex(), Shared(0), Channel(2)

        async def increment() -> None:
            async with lock:
                await counter.store(await counter.load() + 1)
            await joined.send(None)

        go(increment)
        go(increment)
        await joined.recv()
        await joined.recv()
        return await counter.load()

    assert outcomes(main) == {2}
    assert prove(main).executions > 1


def test_readers_see_all_of_a_write_or_nothing() -> None:
    async def main() -> tuple[Any, ...]:
        lock, x, y = RWMutex(), Shared(0), Shared(0)

        async def writer() -> None:
            async with lock:
                await x.store(1)
                await y.store(1)

        go(writer)
        await lock.rlock()
        seen = await x.load(), await y.load()
        await lock.runlock()
        return seen

    assert outcomes(main) == {(0, 0), (1, 1)}


def test_a_second_read_lock_behind_a_waiting_writer_deadlocks() -> None:
    """ "This prohibits recursive read-locking" (sync.RWMutex)."""

    async def main() -> str:
        lock = RWMutex()

        async def writer() -> None:
            async with lock:
                pass

        go(writer)
        await lock.rlock()
        await lock.rlock()
        await lock.runlock()
        await lock.runlock()
        return "done"

    assert outcomes(main) == {"done", Deadlocked(("main", "main/writer#1"))}


def test_a_waiting_writer_keeps_new_readers_out() -> None:
    async def main() -> bool:
        lock = RWMutex()
        await lock.rlock()
        go(lock.lock)
        await sleep(1)
        return await lock.try_rlock()

    assert outcomes(main) == {False}


def test_a_writer_that_has_not_called_lock_yet_keeps_nobody_out() -> None:
    async def main() -> bool:
        lock = RWMutex()
        await lock.rlock()
        go(lock.lock)
        return await lock.try_rlock()

    assert outcomes(main) == {True, False}


def test_a_waiting_writer_gets_in_when_the_readers_inside_have_left() -> None:
    async def main() -> tuple[Any, ...]:
        lock, x = RWMutex(), Atomic(0)
        await lock.rlock()

        async def writer() -> None:
            async with lock:
                await x.store(1)

        go(writer)
        before = await x.load()
        await lock.runlock()
        await sleep(1)
        return before, await x.load()

    assert outcomes(main) == {(0, 1)}


def test_a_read_lock_cannot_be_upgraded() -> None:
    async def main() -> None:
        lock = RWMutex()
        await lock.rlock()
        await lock.lock()

    assert outcomes(main) == {Deadlocked(("main",))}


def test_try_lock_takes_a_free_lock_only() -> None:
    async def main() -> tuple[bool, ...]:
        lock = RWMutex()
        return await lock.try_lock(), await lock.try_lock(), await lock.try_rlock()

    assert outcomes(main) == {(True, False, False)}


def test_unlocking_what_no_writer_holds_is_fatal() -> None:
    async def main(reading: bool) -> None:
        lock = RWMutex()
        if reading:
            await lock.rlock()
        await lock.unlock()

    fatal = Panicked("main", "fatal error: sync: Unlock of unlocked RWMutex")
    assert outcomes(main, False) == outcomes(main, True) == {fatal}


def test_unlocking_under_a_waiting_writer_takes_back_its_announcement_and_nobody_wakes_it() -> None:
    """`sync/rwmutex.go`: Unlock is fatal unless a writer is announced; RUnlock wakes a writer only while one is."""

    async def main() -> bool:
        lock = RWMutex()

        async def writer() -> None:
            await lock.lock()

        await lock.rlock()
        go(writer)
        await sleep(1)  # the writer waits for this reader
        await lock.unlock()
        await lock.runlock()
        return await lock.try_rlock()

    execution = run(main)
    assert execution.outcome == Returned(True)
    assert execution.leaked == ("main/writer#1",)


def test_a_reader_gets_past_a_writer_after_an_unlock_under_a_waiting_writer() -> None:
    """`sync/rwmutex.go`: Unlock takes the readers that are counted for waiting ones, and wakes one more for each."""

    async def main() -> str:
        lock = RWMutex()

        async def writer() -> None:
            await lock.lock()

        await lock.rlock()
        go(writer)
        await sleep(1)  # the writer waits for this reader
        await lock.unlock()
        go(writer)
        await sleep(1)
        await lock.rlock()
        return "inside, behind a waiting writer"

    assert run(main).outcome == Returned("inside, behind a waiting writer")


def test_unlocking_what_no_reader_holds_is_fatal() -> None:
    async def main(writing: bool) -> None:
        lock = RWMutex()
        if writing:
            await lock.lock()
        await lock.runlock()

    fatal = Panicked("main", "fatal error: sync: RUnlock of unlocked RWMutex")
    assert outcomes(main, False) == outcomes(main, True) == {fatal}


def test_another_goroutine_may_unlock_for_reader_and_writer() -> None:
    async def main() -> str:
        lock = RWMutex()
        await lock.rlock()
        go(lock.runlock)
        await lock.lock()
        go(lock.unlock)
        await lock.rlock()
        return "in"

    assert outcomes(main) == {"in"}
