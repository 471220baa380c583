"""Noticing user code that would hang the process: a loop without operations, or a call that blocks.

A timer signal looks in from time to time. If the same goroutine is still on the way from the same operation to its
next one, it is interrupted with `StuckProgram`. A few calls that are known to block are refused at once: `time.sleep`
by standing in for it, others by means of Python's audit events. Where no timer signal is to be had (another thread,
another platform) a thread looks in instead; it can interrupt Python code, but not a blocking call.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Any, SupportsIndex

from harness.model.errors import BadInput, BlockingCall, StuckProgram
from harness.primitives.world import running
from harness.runtime.escape import raise_outside
from harness.runtime.location import location

PATIENCE = 10.0
LOOKS = 4
"""How often somebody looks in before patience is over: it is over by a quarter too late, at most."""

BLOCKING = frozenset({"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"})


class Interruption(BaseException):
    """Ends a goroutine that has caught `StuckProgram` and gone on all the same; the scheduler reports the fault."""


class Watch:
    """Remembers where the program was when it was last looked at, and what it has complained about."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.seen: tuple[Any, Any, Any] = (None, None, None)
        self.unchanged = 0
        self.complaint: StuckProgram | None = None

    @property
    def pause(self) -> float:
        """How many seconds there are between two looks."""
        return self.patience / LOOKS

    def stuck(self) -> BaseException | None:
        """What to raise, if nothing has happened for so many looks."""
        world: Any = running.world
        goroutine = getattr(world, "goroutine", None)
        now = (world, goroutine, getattr(goroutine, "operation", None))
        before, self.seen = self.seen, now
        if goroutine is None or any(a is not b for a, b in zip(before, now, strict=True)):
            self.unchanged = 0
            return None
        self.unchanged += 1
        if self.unchanged < LOOKS:
            return None
        self.unchanged = 0
        if self.complaint is not None and world.fault is self.complaint:
            return Interruption()
        world.fault = self.complaint = StuckProgram(
            f"{goroutine.name} has run for more than {self.patience:g} s without reaching an operation, "
            f"{_where(goroutine)}: a loop or call there does not come back; "
            f"a goroutine must await one of the harness's operations"
        )
        return self.complaint


def _where(goroutine: Any) -> str:
    return f"at {location(goroutine.coroutine)}"


@contextmanager
def guarded(patience: float) -> Iterator[None]:
    """Watch over the executions in this block.

    Raises:
        BadInput: `patience` is not a positive number of seconds.
    """
    if not isinstance(patience, int | float) or not 0 < patience <= threading.TIMEOUT_MAX:
        raise BadInput(f"patience is a positive number of seconds; found {patience!r}")
    _refuse_blocking_calls()
    watch = Watch(patience)
    with _no_real_sleep(), _by_signal(watch) if _may_use_signals() else _by_thread(watch):
        yield


def _may_use_signals() -> bool:
    return (
        hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGALRM) in (signal.SIG_DFL, None)
        and signal.getitimer(signal.ITIMER_REAL)[0] == 0
    )


@contextmanager
def _by_signal(watch: Watch) -> Iterator[None]:
    def look(_number: int, frame: FrameType | None) -> None:
        error = watch.stuck()
        if isinstance(error, Interruption):  # may be caught as well
            world: Any = running.world
            coroutine = world.goroutine.coroutine
            if frame is not None and getattr(coroutine, "cr_running", False):
                raise_outside(Interruption, frame, coroutine.cr_frame)
        if error is not None:
            raise error

    tracer, profiler = sys.gettrace(), sys.getprofile()
    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, watch.pause, watch.pause)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if watch.complaint is not None:
            sys.setprofile(profiler)
            sys.settrace(tracer)


@contextmanager
def _by_thread(watch: Watch) -> Iterator[None]:
    stop = threading.Event()
    target = ctypes.c_ulong(threading.get_ident())

    def look() -> None:
        while not stop.wait(watch.pause):
            error = watch.stuck()
            if error is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(target, ctypes.py_object(type(error)))

    watcher = threading.Thread(target=look, daemon=True, name="harness-watchdog")
    watcher.start()
    try:
        yield
    except StuckProgram as bare:  # only a type can be raised in another thread
        raise watch.complaint or bare from None
    finally:
        stop.set()
        watcher.join()


@cache
def _refuse_blocking_calls() -> None:
    """Install the audit hook, once; it can never be removed, so outside an execution it does nothing."""
    sys.addaudithook(_audit)


@contextmanager
def _no_real_sleep() -> Iterator[None]:
    """Refuse `time.sleep` to goroutines; it has an audit event from Python 3.13 on only."""
    original = time.sleep

    def sleep(seconds: float | SupportsIndex) -> None:
        _refuse("time.sleep")
        original(seconds)

    time.sleep = sleep
    try:
        yield
    finally:
        time.sleep = original


def _audit(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in BLOCKING:
        _refuse(event)


def _refuse(event: str) -> None:
    """Raise `BlockingCall` if it is a goroutine that calls."""
    world: Any = running.world
    if world is not None and hasattr(world, "fault") and world.goroutine is not None:
        error = BlockingCall(
            f"{world.goroutine.name} called {event}, {_where(world.goroutine)}: it blocks the whole process; "
            f"use the harness's own operations (harness.sleep has virtual time)"
        )
        world.fault = error
        raise error
