"""What the goroutines of a random program share, and the verbs of its statements: all operations of all primitives.

A verb is a function of the objects and of two small numbers (or, for those about time, of seconds); what it returns
goes into the log of the goroutine, and decides how the goroutine goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness import (
    NIL,
    Atomic,
    AtomicValue,
    Channel,
    Cond,
    Mutex,
    Once,
    Recv,
    RWMutex,
    Shared,
    Ticker,
    Timer,
    WaitGroup,
    after,
    after_func,
    background,
    cause,
    choose,
    context_after_func,
    go,
    gosched,
    now,
    select,
    sleep,
    with_cancel,
    with_cancel_cause,
    with_deadline,
    with_timeout,
    without_cancel,
)

DONE, TIMER, TICKER, AFTER = 3, 4, 5, 6
"""Channels of a select case besides 0, 1 (made by the program) and 2 (nil)."""


class Objects:
    """What the goroutines of one execution share."""

    def __init__(self, capacities: tuple[int, ...], timers: bool) -> None:
        self.channels = [Channel(capacity) for capacity in capacities] + [NIL]
        self.x, self.y, self.z = Shared(0, name="x"), Atomic(0, name="y"), AtomicValue(name="z")
        self.mutex, self.lock = Mutex(), RWMutex()
        self.cond, self.once, self.group = Cond(self.mutex), Once(), WaitGroup()
        self.context, self.cancel = with_cancel(background())
        self.timers = [Timer(0.2), Ticker(0.1)] if timers else []

    @property
    def timer(self) -> Any:
        """It fires once."""
        return self.timers[0]

    @property
    def ticker(self) -> Any:
        """It fires again and again."""
        return self.timers[1]

    def channel(self, number: int) -> Channel:
        """The channel of a select case."""
        match number:
            case 3:
                return self.context.done()
            case 4 | 5:
                channel: Channel = self.timers[number - TIMER].c
                return channel
            case 6:
                return after(0.1)
            case _:
                return self.channels[number]

    def check(self) -> None:
        """The invariants of all that have some."""
        for channel in self.channels:
            channel.check()
        self.lock.check()

    def values(self) -> Any:
        """The final state."""
        buffers = [(list(channel.buffer), channel.closed) for channel in self.channels]
        ticks = [(list(timer.c.buffer), timer._alarm.active, timer._alarm.deadline) for timer in self.timers]
        locks = self.mutex.locked, self.lock.readers, self.lock.writing, self.lock.announced
        cond = self.cond.parked, sorted(self.cond.signalled)
        rest = self.group.counter, self.once.finished, self.context.error
        return self.x.value, self.y.value, self.z.value, buffers, ticks, locks, cond, rest


async def _request(objects: Objects, channel: int, value: int) -> Any:
    """Send a channel, and receive from it."""
    reply = Channel(value % 2)
    await objects.channels[channel].send(reply)
    return await reply.recv()


async def _serve(objects: Objects, channel: int, value: int) -> Any:
    """Receive what may be a channel, and send on it if it is."""
    received, ok = await objects.channels[channel].recv()
    if isinstance(received, Channel):
        await received.send(value)
    return ok


async def _call(objects: Objects, channel: int, value: int) -> Any:
    """Start a goroutine that sends back what it read."""
    reply = Channel(value % 2)

    async def work() -> None:
        await reply.send(await objects.x.load())

    go(work)
    return await reply.recv()


async def _range(objects: Objects, channel: int, value: int) -> Any:
    return [item async for item in objects.channels[channel]]


async def _critical(objects: Objects, channel: int, value: int) -> Any:
    async with objects.mutex:
        seen = await objects.x.load()
        await objects.x.store(value)
        return seen


async def _read(objects: Objects, channel: int, value: int) -> Any:
    await objects.lock.rlock()
    seen = await objects.x.load()
    await objects.lock.runlock()
    return seen


async def _write(objects: Objects, channel: int, value: int) -> None:
    async with objects.lock:
        await objects.x.store(value)


async def _round(objects: Objects, channel: int, value: int) -> None:
    """One use of the group from beginning to end; two of them at once misuse it."""
    await objects.group.add(1)
    go(objects.group.done)
    await objects.group.wait()


async def _wait(objects: Objects, channel: int, value: int) -> None:
    async with objects.mutex:
        await objects.cond.wait()


async def _wait_for(objects: Objects, channel: int, value: int) -> Any:
    async with objects.mutex:
        while await objects.y.load() == 0:
            await objects.cond.wait()


async def _announce(objects: Objects, channel: int, value: int) -> None:
    async with objects.mutex:
        await objects.y.store(value)
    await (objects.cond.broadcast() if channel else objects.cond.signal())


async def _derive(objects: Objects, channel: int, value: int) -> Any:
    child, cancel = with_cancel(objects.context)
    if value:
        await cancel()
    return await child.err(), await objects.context.err()


async def _siblings(objects: Objects, channel: int, value: int) -> Any:
    """Two children; one watches, or is cancelled, while the tree may be."""
    one, cancel = with_cancel(objects.context)
    other, _ = with_cancel(objects.context)
    if value == 1:
        go(cancel)
    if value == 2:
        await one.done().recv()
    return await other.err(), await one.err()


async def _grandchild(objects: Objects, channel: int, value: int) -> Any:
    """A child with a child, which is cancelled by itself, too."""
    child, cancel = with_cancel_cause(objects.context)
    grandchild, stop = with_cancel(child)
    if value:
        go(cancel, "enough")
    if channel:
        await stop()
    return await cause(grandchild), await without_cancel(child).err()


async def _context_after(objects: Objects, channel: int, value: int) -> Any:
    stop = context_after_func(objects.context, lambda: objects.x.store(value))
    return await stop() if channel else await objects.x.load()


async def _after_func(objects: Objects, seconds: float) -> Any:
    timer = after_func(seconds, lambda: objects.channels[0].send("fired"))
    if seconds == 0.1:
        return await timer.stop()
    if seconds == 0.2:
        return await timer.reset(0)
    return await objects.channels[0].recv()


async def _timeout(objects: Objects, seconds: float) -> Any:
    child, _ = with_timeout(objects.context, seconds)
    index, _, _ = await select(Recv(child.done()), Recv(objects.channels[0]))
    return index, await child.err()


async def _deadline(objects: Objects, channel: int, value: int) -> Any:
    """A deadline with a child of its own, which somebody may cancel; number 0 lies in the past."""
    child, cancel = with_deadline(objects.context, 0.1 * value)
    grandchild, _ = with_timeout(child, 0.2)
    if channel == 0:
        go(cancel)
    await grandchild.done().recv()
    return await grandchild.err()


async def _now(objects: Objects, channel: int, value: int) -> float:
    await gosched()
    return now()


VERBS: dict[str, Callable[..., Any]] = {
    "send": lambda o, c, v: o.channels[c].send(v),
    "recv": lambda o, c, v: o.channels[c].recv(),
    "close": lambda o, c, v: o.channels[c].close(),
    "length": lambda o, c, v: o.channels[c].length(),
    "range": _range,
    "request": _request,
    "serve": _serve,
    "call": _call,
    "gosched": lambda o, c, v: gosched(),
    "choose": lambda o, c, v: choose(2),
    "load": lambda o, c, v: o.x.load(),
    "store": lambda o, c, v: o.x.store(v),
    "atomic_load": lambda o, c, v: o.y.load(),
    "atomic_store": lambda o, c, v: o.y.store(v),
    "add": lambda o, c, v: o.y.add(v),
    "swap": lambda o, c, v: o.y.swap(v),
    "cas": lambda o, c, v: o.y.compare_and_swap(0, v),
    "value_load": lambda o, c, v: o.z.load(),
    "value_store": lambda o, c, v: o.z.store((1, "one", None)[v]),
    "value_swap": lambda o, c, v: o.z.swap((2, 3, "three")[v]),
    "value_cas": lambda o, c, v: o.z.compare_and_swap((1, None, "one")[c], (2, 3, "four")[v]),
    "lock": lambda o, c, v: o.mutex.lock(),
    "unlock": lambda o, c, v: o.mutex.unlock(),
    "try_lock": lambda o, c, v: o.mutex.try_lock(),
    "try_rlock": lambda o, c, v: o.lock.try_rlock(),
    "try_wlock": lambda o, c, v: o.lock.try_lock(),
    "rlock": lambda o, c, v: o.lock.rlock(),
    "runlock": lambda o, c, v: o.lock.runlock(),
    "wlock": lambda o, c, v: o.lock.lock(),
    "wunlock": lambda o, c, v: o.lock.unlock(),
    "critical": _critical,
    "read": _read,
    "write": _write,
    "once": lambda o, c, v: o.once.do(lambda: o.x.store(v)),
    "once_send": lambda o, c, v: o.once.do(lambda: o.channels[c].send(v)),
    "wait": _wait,
    "wait_for": _wait_for,
    "announce": _announce,
    "signal": lambda o, c, v: o.cond.signal(),
    "broadcast": lambda o, c, v: o.cond.broadcast(),
    "wg_add": lambda o, c, v: o.group.add(1),
    "wg_done": lambda o, c, v: o.group.done(),
    "wg_wait": lambda o, c, v: o.group.wait(),
    "wg_round": _round,
    "cancel": lambda o, c, v: o.cancel(),
    "err": lambda o, c, v: o.context.err(),
    "watch": lambda o, c, v: o.context.done().recv(),
    "derive": _derive,
    "siblings": _siblings,
    "grandchild": _grandchild,
    "context_after": _context_after,
    "after_func": _after_func,
    "timeout": _timeout,
    "deadline": _deadline,
    "sleep": lambda o, s: sleep(s),
    "after": lambda o, s: after(s).recv(),
    "timer": lambda o, c, v: o.timer.c.recv(),
    "timer_length": lambda o, c, v: o.timer.c.length(),
    "stop": lambda o, c, v: o.timer.stop(),
    "reset": lambda o, s: o.timer.reset(s),
    "tick": lambda o, c, v: o.ticker.c.recv(),
    "stop_ticker": lambda o, c, v: o.ticker.stop(),
    "reset_ticker": lambda o, s: o.ticker.reset(s),
    "now": _now,
}
