"""User code that would hang the process gets one sentence that names the goroutine and the line."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import sleep as sleep_by_another_name
from typing import Any

import pytest

from harness import Channel, check, go, gosched, outcomes, prove, run
from harness.errors import BlockingCall, StuckProgram
from harness.runtime.watchdog import LOOKS, Interruption, Watch
from tests.unit.still_world import Somebody, still_world
from tests.unit.usable import assert_the_harness_is_usable

ROOT = Path(__file__).parents[2]
Program = Callable[[], Awaitable[Any]]


@pytest.mark.parametrize("verb", [run, check, prove, outcomes])
def test_an_endless_loop_is_interrupted(verb: Callable[..., Any]) -> None:
    async def main() -> None:
        await gosched()
        while True:
            pass

    with pytest.raises(StuckProgram, match=r"^main has run for more than 0.05 s .*test_watchdog.py:\d+"):
        verb(main, patience=0.05)
    assert_the_harness_is_usable()


def test_an_endless_loop_in_another_goroutine_is_named() -> None:
    async def main() -> None:
        async def spinner() -> None:
            while True:
                pass

        go(spinner)
        await Channel().recv()

    with pytest.raises(StuckProgram, match=r"^main/spinner#1 has run"):
        run(main, patience=0.05)
    assert_the_harness_is_usable()


def test_a_blocking_call_that_nobody_refuses_is_interrupted() -> None:
    async def main() -> None:
        sleep_by_another_name(3600)

    with pytest.raises(StuckProgram, match="main has run"):
        run(main, patience=0.05)


def test_an_endless_loop_is_interrupted_in_another_thread_too() -> None:
    caught: list[BaseException] = []

    async def main() -> None:
        while True:
            pass

    def attempt() -> None:
        try:
            run(main, patience=0.05)
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert [type(error) for error in caught] == [StuckProgram]
    assert "main has run for more than 0.05 s" in str(caught[0])
    assert_the_harness_is_usable()


def test_a_loop_that_swallows_every_exception_is_interrupted_too() -> None:
    script = """
        from harness import run

        async def main():
            while True:
                try:
                    while True:
                        pass
                except Exception:
                    pass

        run(main, patience=0.05)
    """
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert "StuckProgram: main has run" in answer.stderr


def connect() -> None:
    with socket.socket() as connection:
        connection.connect(("127.0.0.1", 9))


BLOCKING: dict[str, Callable[[], Any]] = {
    "time.sleep": lambda: time.sleep(3600),
    "socket.connect": connect,
    "socket.getaddrinfo": lambda: socket.create_connection(("localhost", 9)),
    "subprocess.Popen": lambda: subprocess.run(["true"], check=True),
    "os.system": lambda: os.system("true"),
}


@pytest.mark.parametrize("call", BLOCKING)
def test_a_call_that_blocks_the_process_is_refused_at_once(call: str) -> None:
    async def main() -> None:
        BLOCKING[call]()

    with pytest.raises(BlockingCall, match=rf"^main called {call}, at .*test_watchdog.py:\d+: "):
        run(main)
    assert_the_harness_is_usable()


def test_a_refused_call_is_reported_though_the_program_catches_it() -> None:
    async def main() -> str:
        try:
            time.sleep(3600)
        except Exception:
            await gosched()
        return "went on"

    with pytest.raises(BlockingCall, match=r"time.sleep"):
        run(main)


def test_a_refused_call_before_the_first_operation_buries_those_that_have_started() -> None:
    ran = []

    async def main() -> None:
        async def waiting() -> None:
            try:
                await Channel().recv()
            finally:
                ran.append("cleanup")
                await Channel().recv()

        async def blocking() -> None:
            time.sleep(3600)

        go(waiting)
        go(blocking)
        await Channel().recv()

    with pytest.raises(BlockingCall, match="main/blocking#1"):
        run(main)
    assert ran == []
    assert_the_harness_is_usable()


def test_outside_a_goroutine_blocking_calls_are_nobodys_business() -> None:
    async def main() -> None:
        await gosched()

    def slow_oracle(execution: object) -> None:
        time.sleep(0)
        subprocess.run([sys.executable, "-c", ""], check=True)

    check(main, oracles=[slow_oracle], executions=2)
    assert time.sleep is sleep_by_another_name


def test_signals_and_timers_are_as_they_were() -> None:
    async def main() -> None:
        while True:
            pass

    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(StuckProgram):
        run(main, patience=0.05)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_only_the_same_goroutine_between_the_same_operations_is_stuck() -> None:
    """Anything that has changed between two looks is progress."""
    with still_world() as world:
        watch = Watch(0.05)
        somebody, other = Somebody(operation=("first",)), Somebody(operation=("first",))
        for step in (somebody, other, somebody):
            world.goroutine = step
            assert watch.stuck() is None
        somebody.operation = ("second",)
        assert watch.stuck() is None
        world.goroutine = None
        assert (watch.stuck(), watch.stuck()) == (None, None)
    with still_world() as world:
        world.goroutine = somebody
        assert watch.stuck() is None


def test_patience_is_over_once_so_many_looks_have_found_nothing_new() -> None:
    with still_world() as world:
        watch = Watch(10.0)
        world.goroutine = somebody = Somebody(operation=("first",))
        somebody.coroutine = None  # type: ignore[attr-defined]
        assert [watch.stuck() for _ in range(LOOKS)] == [None] * LOOKS  # the first of them sees it for the first time
        complaint = watch.stuck()
        assert isinstance(complaint, StuckProgram) and "for more than 10 s" in str(complaint)
        assert [watch.stuck() for _ in range(LOOKS - 1)] == [None] * (LOOKS - 1)
        assert isinstance(watch.stuck(), Interruption)
        assert watch.pause * (LOOKS + 1) == 12.5
