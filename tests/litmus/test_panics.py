"""Panics (Go specification: Handling panics, Defer statements): who recovers, what is deferred, who dies."""

import pytest

from harness import (
    Atomic,
    Channel,
    Deadlocked,
    Mutex,
    Panic,
    Panicked,
    Returned,
    go,
    outcomes,
    prove,
    run,
    sleep,
)


def test_a_panic_that_nobody_recovers_is_the_outcome() -> None:
    async def main() -> None:
        raise Panic("boom")

    assert outcomes(main) == {Panicked("main", "boom")}


def test_a_panic_in_any_goroutine_is_the_outcome() -> None:
    async def main() -> str:
        async def worker() -> None:
            raise Panic("boom")

        go(worker)
        return "main's value"

    assert outcomes(main) == {Panicked("main/worker#1", "boom")}


def test_except_panic_recovers() -> None:
    async def main() -> str:
        try:
            raise Panic("boom")
        except Panic as panic:
            return f"recovered {panic}"

    assert outcomes(main) == {"recovered boom"}


def test_a_panic_is_recovered_in_its_own_goroutine_only() -> None:
    async def main() -> str:
        async def worker() -> None:
            raise Panic("boom")

        try:
            go(worker)
            await Channel().recv()
        except Panic:
            return "recovered"
        return "never"

    assert outcomes(main) == {Panicked("main/worker#1", "boom")}


def test_deferred_calls_run_before_the_panic_is_the_outcome() -> None:
    async def main() -> int:
        log, joined = Atomic(0), Channel()

        async def worker() -> None:
            try:
                try:
                    raise Panic("boom")
                finally:
                    await log.store(1)
            except Panic:
                await joined.close()

        go(worker)
        await joined.recv()
        return int(await log.load())

    assert outcomes(main) == {1}


def test_a_deferred_call_that_blocks_keeps_the_panic_from_becoming_the_outcome() -> None:
    async def main() -> None:
        try:
            raise Panic("boom")
        finally:
            await Channel().recv()

    assert outcomes(main) == {Deadlocked(("main",))}


def test_a_panic_in_a_deferred_call_replaces_the_first() -> None:
    async def main() -> str:
        try:
            try:
                raise Panic("first")
            finally:
                raise Panic("second")
        except Panic as panic:
            return str(panic)

    assert outcomes(main) == {"second"}


def test_a_recovered_panic_can_be_raised_again() -> None:
    async def main() -> None:
        try:
            raise Panic("boom")
        except Panic as panic:
            raise Panic(f"again: {panic}") from panic

    assert outcomes(main) == {Panicked("main", "again: boom")}


def test_of_two_panics_the_one_that_comes_first_is_the_outcome() -> None:
    async def main() -> None:
        gate = Channel()

        async def worker(name: str) -> None:
            await gate.recv()
            raise Panic(name)

        go(worker, "a")
        go(worker, "b")
        await gate.close()

    assert outcomes(main) == {Panicked("main/worker#1", "a"), Panicked("main/worker#2", "b")}


def test_a_panic_after_main_has_returned_still_counts() -> None:
    async def main() -> str:
        async def worker() -> None:
            await sleep(1)
            raise Panic("late")

        go(worker)
        return "returned"

    assert outcomes(main) == {Panicked("main/worker#1", "late")}


def test_nothing_after_a_panic_is_judged() -> None:
    """Go would have ended the process: neither the deadlock nor the leak that follow are findings."""

    async def main() -> None:
        lock = Mutex()

        async def holder() -> None:
            await lock.lock()
            raise Panic("while holding the lock")

        go(holder)
        await sleep(1)
        await lock.lock()

    execution = run(main)
    assert execution.outcome == Panicked("main/holder#1", "while holding the lock")
    assert (execution.waiting, execution.leaked) == ((), ())


def test_the_others_go_on_after_a_panic_so_that_their_panics_are_found_too() -> None:
    async def main() -> None:
        channel = Channel(1)

        async def closer() -> None:
            await channel.close()

        go(closer)
        go(closer)
        await channel.send(None)

    late_send = Panicked("main", "send on closed channel")
    closers = {Panicked(f"main/closer#{n}", "close of closed channel") for n in (1, 2)}
    assert outcomes(main) == {late_send} | closers


def test_a_python_exception_is_a_panic_with_its_type() -> None:
    async def main() -> float:
        return 1 / 0

    assert outcomes(main) == {Panicked("main", "ZeroDivisionError: division by zero")}


def test_a_panic_during_an_operation_is_raised_where_the_operation_is_awaited() -> None:
    async def main() -> str:
        channel = Channel()
        await channel.close()
        try:
            await channel.close()
        except Panic as panic:
            return str(panic)
        return "closed twice"

    assert outcomes(main) == {"close of closed channel"}


def test_the_goroutine_goes_on_after_it_has_recovered() -> None:
    async def main() -> int:
        channel, recovered = Channel(), 0
        await channel.close()
        for _ in range(3):
            try:
                await channel.send(None)
            except Panic:
                recovered += 1
        return recovered

    assert outcomes(main) == {3}


def test_a_panic_keeps_the_error_as_evidence() -> None:
    async def main() -> None:
        raise Panic("boom")

    outcome = run(main).outcome
    assert isinstance(outcome, Panicked)
    assert type(outcome.error) is Panic and outcome == Panicked("main", "boom")


def test_a_panic_falsifies_a_proof() -> None:
    async def main() -> None:
        raise Panic("boom")

    with pytest.raises(AssertionError, match="boom"):
        prove(main)


def test_returning_nothing_is_returning_none() -> None:
    async def main() -> None: ...

    assert run(main).outcome == Returned(None)
