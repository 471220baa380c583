"""Virtual time: `sleep`, `after`, `Timer` and `Ticker`, with the semantics of Go 1.23 and later.

A timer's channel holds at most one value, shows length 0, and never delivers a value from before a stop or
reset. A timer fires in a transition of its own, `(timer,)`, decided by the clock of the runtime; `sleep` is an
operation that can complete once its deadline has come. Equal deadlines come in any order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from typing import Any

from harness.model import dependence as touch
from harness.model.dependence import Footprint
from harness.model.errors import BadInput, Panic
from harness.model.operation import Kind, Operation
from harness.primitives.awaiting import coroutine
from harness.primitives.channel import NIL, RECEIVE, Channel
from harness.primitives.world import NOTHING, Primitive, running, world


def number_of_seconds(value: Any, what: str) -> float:
    """`value`, if it is a number of seconds; raises `BadInput` naming `what` takes it otherwise."""
    if not isinstance(value, int | float) or math.isnan(value):
        raise BadInput(f"{what} takes a number of seconds; found {value!r}")
    return value


def instant(seconds: Any, what: str, since: float = 0) -> float:
    """A point in time, in whole nanoseconds as in Go: delays that add up to the same end at the same time."""
    return round(since + number_of_seconds(seconds, what), 9)


@coroutine
def sleep(seconds: float) -> Generator[Operation, Any, None]:
    """Pause this goroutine for `seconds` of virtual time."""
    current = world("sleep()")
    current.timed = True
    yield SLEEP, NOTHING, max(instant(seconds, "sleep", current.now), current.now)


def _has_come(operation: Operation) -> bool:
    current = running.world
    assert current is not None
    deadline: float = operation[2]
    return deadline <= current.now


def _wake(operation: Operation) -> None:
    return None


SLEEP = Kind("sleep", ready=_has_come, perform=_wake)


class TimerChannel(Channel):
    """The channel of a timer: one slot inside, unbuffered to `len` (Go 1.23 release notes)."""

    __slots__ = ()

    def __init__(self, capacity: int, *, name: str | None = None) -> None:
        super().__init__(capacity, name=name)
        self.receiving = TIMER_RECEIVE

    @coroutine
    def length(self) -> Generator[Operation, Any, int]:
        """Always 0."""
        yield TIMER_LENGTH, self
        return 0


class Alarm(Primitive):
    """Something that the clock will fire at `deadline` and, with a `period`, again and again.

    Firing puts the time into `channel`, or starts `function`, or calls `action`; `touches` tells what that would touch.
    """

    __slots__ = (
        "action",
        "active",
        "channel",
        "deadline",
        "fired",
        "function",
        "period",
        "place",
        "starter",
        "touches",
    )

    def __init__(
        self,
        deadline: float,
        *,
        period: float = 0,
        action: Callable[[], None] | None = None,
        touches: Callable[[], Footprint] | None = None,
        name: str | None = None,
    ) -> None:
        self.enrol(name)
        self.channel = None if action else TimerChannel(1, name=name)
        self.action = action
        self.function: Callable[[], Any] | None = None
        self.touches = touches
        self.fired = 0
        self.period = period
        self.deadline = deadline
        self.active = False
        self.arm(deadline)

    @property
    def key(self) -> tuple[int, ...]:
        """Tells it from the other timers of the same execution, in numbers."""
        serial: int = self.creator.serial  # type: ignore[attr-defined]
        return -1, serial, self.number

    @property
    def footprint(self) -> Footprint:
        """What firing now would touch."""
        return self.touches() if self.touches is not None else ((self.channel or self, touch.ORDERED),)

    def arm(self, deadline: float) -> None:
        """Fire at `deadline`, and only then."""
        current = world("a timer")
        self.deadline = deadline
        current.timed = True
        if deadline <= current.now:
            current.due = True
        if not self.active:
            self.active = True
            current.timers.append(self)

    def disarm(self) -> bool:
        """Do not fire; drop an undelivered value. Tells whether there was something to call off."""
        pending = self.active
        if self.active:
            self.active = False
            world("a timer").timers.remove(self)
        if self.channel is not None and self.channel.buffer:
            self.channel.buffer.clear()
            pending = True
        return pending

    def fire(self, now: float) -> None:
        """The deadline has come."""
        self.fired += 1
        if self.function is not None:
            world("a timer").spawn(self.function, (), self)
        elif self.action is not None:
            self.action()
        elif self.channel is not None and not self.channel.buffer:
            self.channel.buffer.append(now)
        if self.period:
            self.deadline = instant(self.period, "a ticker", self.deadline)
        else:
            self.disarm_after_firing()

    def disarm_after_firing(self) -> None:
        """A timer that fires once leaves the clock, keeping the value it delivered."""
        if self.active:
            self.active = False
            world("a timer").timers.remove(self)


def after(seconds: float) -> Channel:
    """A channel that delivers the time once, after `seconds` (`time.After`)."""
    now = world("after()").now
    channel = Alarm(max(instant(seconds, "after", now), now)).channel
    assert channel is not None
    return channel


class _Handle:
    """What `Timer` and `Ticker` share: the channel `c` and `stop`."""

    __slots__ = ("_alarm",)

    _alarm: Alarm

    @property
    def c(self) -> Channel:
        """The channel on which the time is delivered; nil for a timer that starts a function."""
        return self._alarm.channel if self._alarm.channel is not None else NIL

    @coroutine
    def stop(self) -> Generator[Operation, Any, bool]:
        """Stop it; tells whether that prevented a delivery."""
        stopped: bool = yield STOP, self._alarm
        return stopped

    @coroutine
    def reset(self, seconds: float) -> Generator[Operation, Any, bool]:
        """Start it anew; tells whether it had been active."""
        alarm = self._alarm
        active: bool = yield RESET, alarm, number_of_seconds(seconds, "reset")
        if alarm.function is not None:
            alarm.arrange(alarm.function)
        return active


class Timer(_Handle):
    """Fires once, after `seconds`."""

    __slots__ = ()

    def __init__(self, seconds: float, *, name: str | None = None) -> None:
        now = world("Timer()").now
        self._alarm = Alarm(max(instant(seconds, "Timer", now), now), name=name)


def after_func(seconds: float, function: Callable[[], Any], *, name: str | None = None) -> Timer:
    """Start `function` in a goroutine of its own after `seconds` (`time.AfterFunc`).

    Returns the timer, which may be stopped and reset, and whose channel is nil. The goroutine is a child, by name, of
    whoever made or reset the timer.
    """
    current = world("after_func()")
    now, current.functions = current.now, True
    timer = Timer.__new__(Timer)
    alarm = timer._alarm = Alarm(
        max(instant(seconds, "after_func", now), now),
        action=function,
        name=name,
    )
    alarm.function = function
    alarm.arrange(function)
    return timer


class Ticker(_Handle):
    """Fires every `seconds`; a tick that nobody has taken yet swallows the next. Panics unless positive."""

    __slots__ = ()

    def __init__(self, seconds: float, *, name: str | None = None) -> None:
        if number_of_seconds(seconds, "Ticker") <= 0:
            raise Panic("non-positive interval for NewTicker")
        self._alarm = Alarm(instant(seconds, "Ticker", world("Ticker()").now), period=seconds, name=name)


def _stop(operation: Operation) -> bool:
    stopped: bool = operation[1].disarm()
    return stopped


def _reset(operation: Operation) -> bool:
    _, alarm, seconds = operation
    if alarm.period and seconds <= 0:
        raise Panic("non-positive interval for Ticker.Reset")
    active: bool = alarm.disarm()
    if alarm.period:
        alarm.period = seconds
    now = world("reset").now
    alarm.arm(max(instant(seconds, "reset", now), now))
    return active


def _timer_length(operation: Operation) -> int:
    return 0


def _touching_timer(operation: Operation, way: int) -> Footprint:
    return ((operation[1].channel or operation[1], touch.ORDERED),)


TIMER_RECEIVE = Kind(
    "receive", ready=RECEIVE.ready, perform=RECEIVE.perform, footprint=touch.ORDERED, polled=touch.ORDERED
)
STOP = Kind("stop", perform=_stop, wide=True, footprint=_touching_timer)
RESET = Kind("reset", perform=_reset, wide=True, footprint=_touching_timer)
TIMER_LENGTH = Kind("length", perform=_timer_length)
