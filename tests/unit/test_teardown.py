"""Leaked goroutines vanish: none of their cleanup runs, at no time, and what can be released is released."""

import gc
import subprocess
import sys
import textwrap
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from harness import Channel, Mutex, check, go, run
from harness.model.outcome import Deadlocked
from harness.runtime import teardown

ROOT = Path(__file__).parents[2]
ran: list[str] = []
Blocked = Callable[[], Awaitable[Any]]


async def in_finally() -> None:
    try:
        await Channel().recv()
    finally:
        ran.append("finally")


async def in_awaiting_finally() -> None:
    try:
        await Channel().recv()
    finally:
        await Channel(1).send(1)
        ran.append("awaiting finally")


async def in_except_base_exception() -> None:
    try:
        await Channel().recv()
    except BaseException:
        ran.append("except")
        raise


async def in_nested_try() -> None:
    try:
        try:
            await Channel().recv()
        except ValueError:
            pass
    finally:
        ran.append("outer finally")


async def in_except_block() -> None:
    try:
        raise ValueError
    except ValueError:
        await Channel().recv()
    finally:
        ran.append("finally after except")


async def in_finally_block() -> None:
    try:
        try:
            pass
        finally:
            await Channel().recv()
    finally:
        ran.append("outer finally of finally")


@contextmanager
def noisy() -> Iterator[None]:
    try:
        yield
    finally:
        ran.append("with")


@asynccontextmanager
async def noisy_async() -> AsyncIterator[None]:
    try:
        yield
    finally:
        ran.append("async with")


async def in_with() -> None:
    with noisy():
        await Channel().recv()


async def in_async_with() -> None:
    async with noisy_async():
        await Channel().recv()


async def in_mutex() -> None:
    async with Mutex():
        await Channel().recv()
    ran.append("after the lock")


async def in_caller() -> None:
    async def inner() -> None:
        await Channel().recv()

    try:
        await inner()
    finally:
        ran.append("caller's finally")


async def in_async_for() -> None:
    try:
        async for _ in Channel():
            pass
    finally:
        ran.append("after async for")


async def generated() -> AsyncIterator[int]:
    try:
        yield 1
        await Channel().recv()
    finally:
        ran.append("generator's finally")


async def in_async_generator() -> None:
    async for _ in generated():
        pass


class Reception:
    def __await__(self) -> Any:
        try:
            return (yield from Channel().recv().__await__())
        finally:
            ran.append("awaitable's finally")


async def in_awaitable() -> None:
    await Reception()


CLEANUPS: list[Blocked] = [
    in_finally,
    in_awaiting_finally,
    in_except_base_exception,
    in_nested_try,
    in_except_block,
    in_finally_block,
    in_with,
    in_async_with,
    in_mutex,
    in_caller,
    in_async_for,
    in_async_generator,
    in_awaitable,
]


@pytest.mark.parametrize("blocked", CLEANUPS)
def test_the_cleanup_of_a_leaked_goroutine_never_runs(blocked: Blocked) -> None:
    async def main() -> None:
        go(blocked)

    ran.clear()
    assert run(main).leaked == (f"main/{blocked.__name__}#1",)
    gc.collect()
    assert ran == []


@pytest.mark.parametrize("blocked", CLEANUPS)
def test_the_cleanup_of_a_deadlocked_main_never_runs(blocked: Blocked) -> None:
    ran.clear()
    assert run(blocked).outcome == Deadlocked(("main",))
    gc.collect()
    assert ran == []


@pytest.mark.parametrize("blocked", CLEANUPS)
def test_nor_when_an_execution_is_cut_off_or_ends_in_an_error(blocked: Blocked) -> None:
    async def endless() -> None:
        go(blocked)
        while True:
            await Channel(1).send(1)

    async def failing() -> None:
        go(blocked)
        await Channel(1).send(1)
        raise KeyboardInterrupt

    ran.clear()
    run(endless, max_steps=5)
    with pytest.raises(KeyboardInterrupt):
        run(failing)
    gc.collect()
    assert ran == []


def test_cleanup_runs_where_the_goroutine_can_go_on() -> None:
    async def main() -> None:
        channel = Channel()

        async def worker() -> None:
            try:
                await channel.recv()
            finally:
                ran.append("ran")

        go(worker)
        await channel.close()

    ran.clear()
    for _ in range(5):
        run(main)
    assert ran == ["ran"] * 5


def test_no_cleanup_runs_when_the_interpreter_exits_either() -> None:
    script = """
        import atexit, gc
        from harness import Channel, go, run
        from tests.unit import test_teardown

        class Loud(list):
            def append(self, word):
                print("CLEANUP", word, flush=True)

        test_teardown.ran = Loud()
        for blocked in test_teardown.CLEANUPS:
            async def main():
                go(blocked)
            run(main)
            run(blocked)
        gc.collect()
        print("end", flush=True)
    """
    answer = subprocess.run(
        [sys.executable, "-X", "dev", "-c", textwrap.dedent(script)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "end\n", "")


class Payload:
    """Something whose release can be observed."""


def payloads_alive_after(program: Callable[[list[Any]], Awaitable[Any]], executions: int = 5) -> int:
    references: list[Any] = []
    for _ in range(executions):
        run(program, references)
    gc.collect()
    assert len(references) >= executions
    return sum(reference() is not None for reference in references)


async def plain_leak(references: list[Any]) -> None:
    async def leaked() -> None:
        payload = Payload()
        references.append(weakref.ref(payload))
        await Channel().recv()

    go(leaked)
    await leaked()


async def leak_behind_a_finished_try(references: list[Any]) -> None:
    async def leaked() -> None:
        payload = Payload()
        references.append(weakref.ref(payload))
        with nullcontext():
            await Channel(1).send(payload)
        try:
            await Channel(1).send(payload)
        finally:
            pass
        await Channel().recv()

    go(leaked)


async def leak_in_async_for(references: list[Any]) -> None:
    async def leaked() -> None:
        payload = Payload()
        references.append(weakref.ref(payload))
        async for _ in Channel():
            pass

    go(leaked)


@pytest.mark.parametrize("program", [plain_leak, leak_behind_a_finished_try, leak_in_async_for])
def test_a_goroutine_without_active_cleanup_is_released(program: Any) -> None:
    assert payloads_alive_after(program) == 0
    references: list[Any] = []
    check(program, references, executions=5, oracles=())  # runs it again, also under a trace function
    gc.collect()
    assert not any(reference() for reference in references) and len(references) > 5


def test_a_goroutine_with_active_cleanup_is_kept_for_ever() -> None:
    async def main(references: list[Any]) -> None:
        payload = Payload()
        references.append(weakref.ref(payload))
        try:
            await Channel().recv()
        finally:
            ran.append("never")

    ran.clear()
    assert payloads_alive_after(main, executions=3) == 3
    assert ran == []


def test_finished_goroutines_leave_nothing_behind() -> None:
    async def main(references: list[Any]) -> None:
        async def worker() -> None:
            payload = Payload()
            references.append(weakref.ref(payload))
            try:
                await Channel(1).send(payload)
            finally:
                pass

        go(worker)

    buried = len(teardown._graveyard)
    assert payloads_alive_after(main) == 0
    assert len(teardown._graveyard) == buried
