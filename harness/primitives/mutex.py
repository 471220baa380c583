"""`sync.Mutex` and `sync.RWMutex`.

A mutex is not reentrant and may be unlocked by another goroutine than the one that locked it. Unlocking an
unlocked one is a fatal error, which no recover can catch.

RWMutex invariants: a writer holds it only while no reader does, unless it is misused; from the moment a writer has
announced itself no new reader gets in. `lock` is therefore two operations, as in Go's implementation: announce (one
writer at a time), then acquire (when the readers that were inside have left).

Unlocking while a writer is announced, but waits, takes back the announcement. As in `sync/rwmutex.go`, nobody wakes
that writer then, because readers that leave count down only while a writer is announced; and as many readers as are
inside will get past the next writer, because the unlocking took them for readers that wait.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from harness.model import dependence as touch
from harness.model.dependence import Footprint
from harness.model.errors import Fatal
from harness.model.operation import BLOCKED, Kind, Operation
from harness.primitives.awaiting import coroutine
from harness.primitives.panics import PANICS
from harness.primitives.polling import looked_in_vain, looking, poll
from harness.primitives.world import Primitive


class Mutex(Primitive):
    """A mutual exclusion lock; `async with mutex:` locks and unlocks."""

    __slots__ = ("locked",)

    def __init__(self, *, name: str | None = None) -> None:
        self.locked = False
        self.enrol(name)

    @coroutine
    def lock(self) -> Generator[Operation, Any, None]:
        """Lock; blocks while it is locked."""
        yield LOCK, self

    @coroutine
    def unlock(self) -> Generator[Operation, Any, None]:
        """Unlock; a fatal error if it is not locked."""
        yield UNLOCK, self

    @coroutine
    def try_lock(self) -> Generator[Operation, Any, bool]:
        """Lock if it is free; tells whether it did."""
        operation = looking((TRY_LOCK, self))
        locked: bool = yield operation
        if not locked:
            looked_in_vain(operation)
        return locked

    @coroutine
    def __aenter__(self) -> Generator[Operation, Any, None]:
        yield LOCK, self

    @coroutine
    def __aexit__(self, *_: object) -> Generator[Operation, Any, None]:
        yield UNLOCK, self


def _is_unlocked(operation: Operation) -> bool:
    return not operation[1].locked


def _lock(operation: Operation) -> None:
    operation[1].locked = True


def _attempt_lock(operation: Operation) -> Any:
    if operation[1].locked:
        return BLOCKED
    operation[1].locked = True
    return None


def _unlock(operation: Operation) -> None:
    if not operation[1].locked:
        raise Fatal("sync: unlock of unlocked mutex")
    operation[1].locked = False


def _try_lock(operation: Operation) -> bool:
    if operation[1].locked:
        return False
    operation[1].locked = True
    return True


def _unlocking(operation: Operation, way: int) -> Footprint:
    return ((operation[1], touch.UNLOCK),) if operation[1].locked else refused(operation[1])


def refused(lock: Primitive) -> Footprint:
    """What unlocking a lock that is not locked touches: a fatal error is the outcome, unless there was one before."""
    return (lock, touch.READ), (PANICS, touch.ORDERED)


def _trying(operation: Operation, way: int) -> Footprint:
    return ((operation[1], touch.READ if operation[1].locked else touch.LOCK),)


LOCK = Kind("lock", ready=_is_unlocked, perform=_lock, attempt=_attempt_lock, footprint=touch.LOCK)
UNLOCK = Kind("unlock", perform=_unlock, footprint=_unlocking)
TRY_LOCK = poll(Kind("try_lock", perform=_try_lock, footprint=_trying))


class RWMutex(Primitive):
    """A reader/writer lock that prefers a waiting writer; `async with` takes it for writing.

    `departing` is how many readers an announced writer still waits for, `cleared` how many writers have been woken,
    `strays` how many readers may get past a writer, because somebody has `misused` the lock.
    """

    __slots__ = ("announced", "cleared", "departing", "misused", "readers", "strays", "writing")

    def __init__(self, *, name: str | None = None) -> None:
        self.announced = False
        self.writing = False
        self.readers = 0
        self.departing = 0
        self.cleared = 0
        self.strays = 0
        self.misused = False
        self.enrol(name)

    @coroutine
    def lock(self) -> Generator[Operation, Any, None]:
        """Lock for writing: announce, then wait for the readers inside to leave."""
        yield WRITE_LOCK, self, (yield ANNOUNCE, self)

    @coroutine
    def unlock(self) -> Generator[Operation, Any, None]:
        """Unlock for writing; a fatal error if no writer holds it."""
        yield WRITE_UNLOCK, self

    @coroutine
    def rlock(self) -> Generator[Operation, Any, None]:
        """Lock for reading; blocks while a writer holds it or waits for it."""
        yield READ_LOCK, self

    @coroutine
    def runlock(self) -> Generator[Operation, Any, None]:
        """Unlock for reading; a fatal error if no reader holds it."""
        yield READ_UNLOCK, self

    @coroutine
    def try_lock(self) -> Generator[Operation, Any, bool]:
        """Lock for writing if nobody holds it or waits to write."""
        operation = looking((TRY_WRITE_LOCK, self))
        locked: bool = yield operation
        if not locked:
            looked_in_vain(operation)
        return locked

    @coroutine
    def try_rlock(self) -> Generator[Operation, Any, bool]:
        """Lock for reading if no writer holds it or waits for it."""
        operation = looking((TRY_READ_LOCK, self))
        locked: bool = yield operation
        if not locked:
            looked_in_vain(operation)
        return locked

    @coroutine
    def __aenter__(self) -> Generator[Operation, Any, None]:
        yield WRITE_LOCK, self, (yield ANNOUNCE, self)

    @coroutine
    def __aexit__(self, *_: object) -> Generator[Operation, Any, None]:
        yield WRITE_UNLOCK, self

    def check(self) -> None:
        """Assert the invariants."""
        assert self.readers >= 0
        assert self.misused or not self.writing or (self.announced and self.readers == 0)


def _no_writer(operation: Operation) -> bool:
    return not operation[1].announced


def _may_read(operation: Operation) -> bool:
    lock: RWMutex = operation[1]
    return not lock.announced or lock.strays > 0


def _readers_have_left(operation: Operation) -> bool:
    _, lock, waits = operation
    return not waits or bool(lock.cleared)


def _announce(operation: Operation) -> bool:
    """Whether there are readers to wait for."""
    lock: RWMutex = operation[1]
    lock.announced = True
    lock.departing += lock.readers
    return lock.readers > 0 and lock.departing != 0


def _write_lock(operation: Operation) -> None:
    _, lock, waits = operation
    lock.cleared -= waits
    lock.writing = lock.announced and not lock.readers


def _write_unlock(operation: Operation) -> None:
    lock = operation[1]
    if not lock.announced:
        raise Fatal("sync: Unlock of unlocked RWMutex")
    lock.misused |= not lock.writing
    lock.strays += lock.readers
    lock.writing = lock.announced = False


def _read_lock(operation: Operation) -> None:
    lock = operation[1]
    lock.strays -= lock.announced
    lock.readers += 1


def _read_unlock(operation: Operation) -> None:
    lock = operation[1]
    if not lock.readers:
        raise Fatal("sync: RUnlock of unlocked RWMutex")
    lock.readers -= 1
    if lock.announced:
        lock.departing -= 1
        if not lock.departing:
            lock.cleared += 1


def _try_write_lock(operation: Operation) -> bool:
    lock = operation[1]
    if lock.announced or lock.readers:
        return False
    lock.announced = lock.writing = True
    return True


def _try_read_lock(operation: Operation) -> bool:
    if operation[1].announced:
        return False
    operation[1].readers += 1
    return True


def _unlocking_writer(operation: Operation, way: int) -> Footprint:
    return ((operation[1], touch.WRITE_UNLOCK),) if operation[1].announced else refused(operation[1])


def _unlocking_reader(operation: Operation, way: int) -> Footprint:
    return ((operation[1], touch.READ_UNLOCK),) if operation[1].readers else refused(operation[1])


def _trying_to_write(operation: Operation, way: int) -> Footprint:
    lock = operation[1]
    if lock.announced or lock.readers:
        return ((lock, touch.READ),)
    return (lock, touch.ANNOUNCE), (lock, touch.WRITE_LOCK)


def _trying_to_read(operation: Operation, way: int) -> Footprint:
    return ((operation[1], touch.READ if operation[1].announced else touch.READ_LOCK),)


ANNOUNCE = Kind("announce", ready=_no_writer, perform=_announce, footprint=touch.ANNOUNCE)
WRITE_LOCK = Kind("write_lock", ready=_readers_have_left, perform=_write_lock, footprint=touch.WRITE_LOCK)
WRITE_UNLOCK = Kind("write_unlock", perform=_write_unlock, footprint=_unlocking_writer)
READ_LOCK = Kind("read_lock", ready=_may_read, perform=_read_lock, footprint=touch.READ_LOCK)
READ_UNLOCK = Kind("read_unlock", perform=_read_unlock, footprint=_unlocking_reader)
TRY_WRITE_LOCK = poll(Kind("try_write_lock", perform=_try_write_lock, footprint=_trying_to_write))
TRY_READ_LOCK = poll(Kind("try_read_lock", perform=_try_read_lock, footprint=_trying_to_read))
