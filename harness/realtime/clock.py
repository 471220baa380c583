"""Program time on a real event loop: `time_scale` real seconds are one second of the program.

The loop is asked for one wake-up call only, at the earliest deadline; whoever else is due is asked after that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from harness.model.operation import Operation
from harness.primitives.select import cases
from harness.primitives.time import SLEEP, Alarm


class RealClock:
    """Reads the time, and calls `ring(deadline)` when the deadline it was last set to has come."""

    __slots__ = ("_began", "_deadline", "_handle", "_loop", "_ring", "_time_scale")

    def __init__(self, loop: asyncio.AbstractEventLoop, time_scale: float, ring: Callable[[float], None]) -> None:
        self._loop = loop
        self._time_scale = time_scale
        self._ring = ring
        self._began = loop.time()
        self._deadline: float | None = None
        self._handle: asyncio.TimerHandle | None = None

    def read(self) -> float:
        """Program time: seconds since the run began."""
        return (self._loop.time() - self._began) / self._time_scale

    def set(self, deadline: float | None) -> None:
        """Ring at `deadline` and at no other time; None: not at all."""
        if deadline == self._deadline:
            return
        if self._handle is not None:
            self._handle.cancel()
        self._deadline, self._handle = deadline, None
        if deadline is not None:
            self._handle = self._loop.call_at(self._began + deadline * self._time_scale, self._strike, deadline)

    def _strike(self, deadline: float) -> None:
        self._deadline = self._handle = None
        self._ring(deadline)


def next_deadline(timers: Sequence[Alarm], pending: Sequence[Operation], now: float) -> float | None:
    """The earliest deadline of a timer, or of a sleeper that is not due yet."""
    deadlines = [timer.deadline for timer in timers]
    deadlines += [operation[2] for operation in pending if operation[0] is SLEEP and operation[2] > now]
    return min(deadlines, default=None)


def matters(timers: Sequence[Alarm], pending: Sequence[Operation]) -> bool:
    """Can the passing of time alone let anybody move? Not if nobody sleeps or waits for a timer."""
    if any(operation[0] is SLEEP for operation in pending):
        return True
    watched = [case[1] for operation in pending for case in cases(operation)]
    return any(timer.action is not None or timer.channel in watched for timer in timers)
