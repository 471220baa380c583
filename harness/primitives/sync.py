"""`sync.WaitGroup`, `sync.Once` and `sync.Cond`.

WaitGroup: the counter never goes below zero (panic). `wait` completes at zero. If the counter has reached zero
and risen again while a goroutine was pending at `wait`, that goroutine may have been parked in between, and Go
then panics when it wakes ("reused before previous Wait has returned"); or it had not parked yet, and waits for the
next zero, which may never come. Both are explored, as two ways of the wait, unless the clock has proved that it
parked. `zeros` counts how often the counter reached zero; a wait remembers it. `Add` changes the counter before it
looks at it, so a counter below zero stays there if the panic is recovered. `adder` is who has raised the counter from
zero, and `waiter` who has come to wait: None, one goroutine, or SEVERAL. A group where it is not plain that the adding
happens before the waiting is `contested`, and the world counts it among what is `shared`.

Once: the first caller runs the function; every other caller waits until that run has ended, even by a panic.

Cond: `wait` is enqueue-and-unlock (one atomic step), then wake, then lock. `signal` wakes the oldest waiter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any

from harness.model import dependence as touch
from harness.model.dependence import Footprint
from harness.model.errors import BadInput, Fatal, Panic
from harness.model.operation import SINGLE, Kind, Operation, Transition
from harness.primitives.awaiting import coroutine
from harness.primitives.channel import SEVERAL
from harness.primitives.mutex import LOCK, Mutex, refused
from harness.primitives.world import Primitive, World, running, world

REUSED = 1
AGAIN = 2


class WaitGroup(Primitive):
    """Waits for a collection of goroutines to finish."""

    __slots__ = ("adder", "contested", "counter", "since", "waiter", "zeros")

    def __init__(self, *, name: str | None = None) -> None:
        self.counter = 0
        self.zeros = 0
        self.adder: Any = None
        self.since = 0
        self.waiter: Any = None
        self.contested = False
        self.enrol(name)

    @coroutine
    def add(self, delta: int) -> Generator[Operation, Any, None]:
        """Add `delta`, which may be negative, to the counter. Panics if the counter would go below zero."""
        counter = yield ADD, self, delta
        if counter < 0:
            raise Panic("sync: negative WaitGroup counter")
        if delta > 0:
            self.raised(counter == delta)

    @coroutine
    def done(self) -> Generator[Operation, Any, None]:
        """Take one off the counter."""
        if (yield ADD, self, -1) < 0:
            raise Panic("sync: negative WaitGroup counter")

    @coroutine
    def wait(self) -> Generator[Operation, Any, None]:
        """Block until the counter is zero."""
        current = running.world or world("WaitGroup.wait()")
        if self.waiter is not current.goroutine:
            self.awaited(current)
        while (yield WAIT, self, self.zeros) == AGAIN:
            pass

    def raised(self, from_zero: bool) -> None:
        """The running goroutine has added; perhaps, in another order of the adds, from zero."""
        current = running.world or world("WaitGroup.add()")
        goroutine = current.goroutine
        if not from_zero and (self.adder is goroutine or self.preceded(goroutine)):
            return
        self.adder = goroutine if self.adder is None or self.adder is goroutine else SEVERAL
        self.since = current.serials
        if self.waiter is not None and self.waiter is not goroutine:
            self.contest(current)

    def awaited(self, current: World) -> None:
        """The running goroutine has come to wait, and did not do so before."""
        goroutine = current.goroutine
        self.waiter = goroutine if self.waiter is None else SEVERAL
        if self.adder is not None and self.adder is not goroutine and not self.preceded(goroutine):
            self.contest(current)

    def preceded(self, goroutine: Any) -> bool:
        """Was the goroutine, or one of its ancestors, started by the adder after it had added?"""
        while goroutine.parent is not None:
            if goroutine.parent is self.adder and goroutine.serial >= self.since:
                return True
            goroutine = goroutine.parent
        return False

    def contest(self, current: World) -> None:
        """It is not plain that the adding happens before the waiting."""
        if not self.contested:
            self.contested = True
            current.shared += 1


def _add(operation: Operation) -> int:
    group = operation[1]
    counter: int = group.counter + operation[2]
    if counter == 0 != group.counter:
        group.zeros += 1
    group.counter = counter
    return counter


def _wait_ways(goroutine: Any, operation: Operation, live: Sequence[Any], out: list[Transition]) -> None:
    group = operation[1]
    if not group.counter:
        out.append((goroutine, SINGLE))
    elif group.zeros > operation[2]:
        out.append((goroutine, REUSED))
        if goroutine.parked is not operation:
            out.append((goroutine, AGAIN))


def _wait(operation: Operation, way: int) -> int:
    if way == REUSED:
        raise Panic("sync: WaitGroup is reused before previous Wait has returned")
    return way


def _adding(operation: Operation, way: int) -> Footprint:
    _, group, delta = operation
    if group.counter + delta < 0:
        return ((group, touch.BELOW_ZERO),)
    return ((group, touch.LOWER if delta < 0 else touch.RAISE),)


ADD = Kind("add", perform=_add, footprint=_adding)
WAIT = Kind("wait", ways=_wait_ways, perform=_wait, footprint=touch.WAIT)


class Once(Primitive):
    """Runs a function at most once."""

    __slots__ = ("finished", "running")

    def __init__(self, *, name: str | None = None) -> None:
        self.running = False
        self.finished = False
        self.enrol(name)

    async def do(self, function: Callable[[], Awaitable[Any]]) -> None:
        """Run `function` if this is the first call; otherwise wait until the first call has ended."""
        if await self._enter():
            try:
                await function()
            finally:
                await self._leave()

    @coroutine
    def _enter(self) -> Generator[Operation, Any, bool]:
        first: bool = yield ONCE_ENTER, self
        return first

    @coroutine
    def _leave(self) -> Generator[Operation, Any, None]:
        yield ONCE_LEAVE, self


def _not_running(operation: Operation) -> bool:
    return not operation[1].running


def _once_enter(operation: Operation) -> bool:
    once = operation[1]
    if once.finished:
        return False
    once.running = True
    return True


def _once_leave(operation: Operation) -> None:
    operation[1].running = False
    operation[1].finished = True


def _entering(operation: Operation, way: int) -> Footprint:
    return ((operation[1], touch.READ if operation[1].finished else touch.LOCK),)


ONCE_ENTER = Kind("once_enter", ready=_not_running, perform=_once_enter, footprint=_entering)
ONCE_LEAVE = Kind("once_leave", perform=_once_leave, footprint=touch.UNLOCK)


class Cond(Primitive):
    """A condition variable tied to `mutex`."""

    __slots__ = ("issued", "mutex", "parked", "signalled")

    def __init__(self, mutex: Mutex, *, name: str | None = None) -> None:
        if not isinstance(mutex, Mutex):
            raise BadInput(f"Cond takes a Mutex; found {type(mutex).__name__}")
        self.mutex = mutex
        self.issued = 0
        self.parked: list[int] = []
        self.signalled: set[int] = set()
        self.enrol(name)

    @coroutine
    def wait(self) -> Generator[Operation, Any, None]:
        """Unlock the mutex, sleep until woken, lock it again. There are no spurious wake-ups, as in Go."""
        ticket = yield COND_ENQUEUE, self
        yield COND_WAKE, self, ticket
        yield LOCK, self.mutex

    @coroutine
    def signal(self) -> Generator[Operation, Any, None]:
        """Wake the goroutine that has waited longest, if any."""
        yield SIGNAL, self

    @coroutine
    def broadcast(self) -> Generator[Operation, Any, None]:
        """Wake every goroutine that waits."""
        yield BROADCAST, self


def _cond_enqueue(operation: Operation) -> int:
    cond = operation[1]
    if not cond.mutex.locked:
        raise Fatal("sync: unlock of unlocked mutex")
    cond.mutex.locked = False
    ticket: int = cond.issued
    cond.issued += 1
    cond.parked.append(ticket)
    return ticket


def _is_signalled(operation: Operation) -> bool:
    return operation[2] in operation[1].signalled


def _cond_wake(operation: Operation) -> None:
    operation[1].signalled.discard(operation[2])


def _signal(operation: Operation) -> None:
    cond = operation[1]
    if cond.parked:
        cond.signalled.add(cond.parked.pop(0))


def _broadcast(operation: Operation) -> None:
    cond = operation[1]
    cond.signalled.update(cond.parked)
    cond.parked.clear()


def _enqueueing(operation: Operation, way: int) -> Footprint:
    cond = operation[1]
    if not cond.mutex.locked:
        return refused(cond.mutex)
    return (cond, touch.ENQUEUE), (cond.mutex, touch.UNLOCK)


COND_ENQUEUE = Kind("cond_enqueue", perform=_cond_enqueue, wide=True, footprint=_enqueueing)
COND_WAKE = Kind("cond_wake", ready=_is_signalled, perform=_cond_wake, footprint=touch.WAKE)
SIGNAL = Kind("signal", perform=_signal, footprint=touch.SIGNAL)
BROADCAST = Kind("broadcast", perform=_broadcast, footprint=touch.SIGNAL)
