"""Once (package sync): "If f panics, Do considers it to have returned" (sync.Once.Do)."""

from typing import Any

from harness import Atomic, Channel, Deadlocked, Once, Panic, Panicked, Shared, go, outcomes, prove


def test_the_function_runs_once() -> None:
    async def main() -> Any:
        once, calls, joined = Once(), Atomic(0), Channel(2)

        async def count() -> None:
            await calls.add(1)

        async def caller() -> None:
            await once.do(count)
            await joined.send(None)

        go(caller)
        go(caller)
        await joined.recv()
        await joined.recv()
        return await calls.load()

    assert outcomes(main) == {1}
    assert prove(main).executions > 1


def test_nobody_returns_before_the_first_call_has_ended() -> None:
    async def main() -> Any:
        once, ready = Once(), Shared(0)

        async def prepare() -> None:
            await ready.store(1)

        async def caller() -> None:
            await once.do(prepare)

        go(caller)
        await once.do(prepare)
        return await ready.load()

    assert outcomes(main) == {1}


def test_either_caller_may_be_the_one_that_runs_its_function() -> None:
    async def main() -> Any:
        once, winner = Once(), Atomic(None)

        async def caller() -> None:
            await once.do(lambda: winner.store("child"))

        go(caller)
        await once.do(lambda: winner.store("main"))
        return await winner.load()

    assert outcomes(main) == {"child", "main"}


def test_a_function_that_panicked_has_run() -> None:
    async def main() -> str:
        once = Once()

        async def fail() -> None:
            raise Panic("first")

        try:
            await once.do(fail)
        except Panic as panic:
            first = str(panic)
        await once.do(fail)
        return first

    assert outcomes(main) == {"first"}


def test_a_panic_in_the_function_releases_those_who_wait() -> None:
    async def main() -> str:
        once = Once()

        async def fail() -> None:
            raise Panic("inside")

        async def caller() -> None:
            try:
                await once.do(fail)
            except Panic:
                pass

        go(caller)
        try:
            await once.do(fail)
        except Panic:
            return "main's panicked"
        return "child's panicked"

    assert outcomes(main) == {"main's panicked", "child's panicked"}


def test_a_function_that_calls_do_again_deadlocks() -> None:
    """ "if f causes Do to be called, it will deadlock" (sync.Once.Do)."""

    async def main() -> None:
        once = Once()

        async def again() -> None:
            await once.do(again)

        await once.do(again)

    assert outcomes(main) == {Deadlocked(("main",))}


def test_an_unrecovered_panic_in_the_function_is_the_callers() -> None:
    async def main() -> None:
        async def fail() -> None:
            raise Panic("inside")

        await Once().do(fail)

    assert outcomes(main) == {Panicked("main", "inside")}


def test_a_function_that_blocks_for_ever_blocks_every_caller() -> None:
    async def main() -> None:
        once, never = Once(), Channel()

        async def caller() -> None:
            await once.do(never.recv)

        go(caller)
        await once.do(never.recv)

    assert outcomes(main) == {Deadlocked(("main", "main/caller#1"))}
