"""`sync.Mutex` and `sync.RWMutex`.

A mutex is not reentrant and may be unlocked by another goroutine than the one that locked it. Unlocking an
unlocked one is a fatal error, which no recover can catch.

RWMutex invariants: a writer holds it only while no reader does; from the moment a writer has announced itself
no new reader gets in. `lock` is therefore two operations, as in Go's implementation: announce (one writer at a
time), then acquire (when the readers that were inside have left).
"""

from __future__ import annotations

from collections.abc import Generator
from types import coroutine
from typing import Any

from harness.model import dependence as touch
from harness.model.dependence import Footprint
from harness.model.errors import Fatal
from harness.model.operation import BLOCKED, Kind, Operation
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
    return ((operation[1], touch.UNLOCK if operation[1].locked else touch.READ),)


def _trying(operation: Operation, way: int) -> Footprint:
    return ((operation[1], touch.READ if operation[1].locked else touch.LOCK),)


LOCK = Kind("lock", ready=_is_unlocked, perform=_lock, attempt=_attempt_lock, footprint=touch.LOCK)
UNLOCK = Kind("unlock", perform=_unlock, footprint=_unlocking)
TRY_LOCK = poll(Kind("try_lock", perform=_try_lock, footprint=_trying))


class RWMutex(Primitive):
    """A reader/writer lock that prefers a waiting writer; `async with` takes it for writing."""

    __slots__ = ("announced", "readers", "writing")

    def __init__(self, *, name: str | None = None) -> None:
        self.announced = False
        self.writing = False
        self.readers = 0
        self.enrol(name)

    @coroutine
    def lock(self) -> Generator[Operation, Any, None]:
        """Lock for writing: announce, then wait for the readers inside to leave."""
        yield ANNOUNCE, self
        yield WRITE_LOCK, self

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
        yield ANNOUNCE, self
        yield WRITE_LOCK, self

    @coroutine
    def __aexit__(self, *_: object) -> Generator[Operation, Any, None]:
        yield WRITE_UNLOCK, self

    def check(self) -> None:
        """Assert the invariants."""
        assert self.readers >= 0
        assert not self.writing or (self.announced and self.readers == 0)


def _no_writer(operation: Operation) -> bool:
    return not operation[1].announced


def _no_readers(operation: Operation) -> bool:
    return not operation[1].readers


def _announce(operation: Operation) -> None:
    operation[1].announced = True


def _write_lock(operation: Operation) -> None:
    operation[1].writing = True


def _write_unlock(operation: Operation) -> None:
    lock = operation[1]
    if not lock.writing:
        raise Fatal("sync: Unlock of unlocked RWMutex")
    lock.writing = lock.announced = False


def _read_lock(operation: Operation) -> None:
    operation[1].readers += 1


def _read_unlock(operation: Operation) -> None:
    lock = operation[1]
    if not lock.readers:
        raise Fatal("sync: RUnlock of unlocked RWMutex")
    lock.readers -= 1


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
    return ((operation[1], touch.WRITE_UNLOCK if operation[1].writing else touch.READ),)


def _unlocking_reader(operation: Operation, way: int) -> Footprint:
    return ((operation[1], touch.READ_UNLOCK if operation[1].readers else touch.READ),)


def _trying_to_write(operation: Operation, way: int) -> Footprint:
    lock = operation[1]
    if lock.announced or lock.readers:
        return ((lock, touch.READ),)
    return (lock, touch.ANNOUNCE), (lock, touch.WRITE_LOCK)


def _trying_to_read(operation: Operation, way: int) -> Footprint:
    return ((operation[1], touch.READ if operation[1].announced else touch.READ_LOCK),)


ANNOUNCE = Kind("announce", ready=_no_writer, perform=_announce, footprint=touch.ANNOUNCE)
WRITE_LOCK = Kind("write_lock", ready=_no_readers, perform=_write_lock, footprint=touch.WRITE_LOCK)
WRITE_UNLOCK = Kind("write_unlock", perform=_write_unlock, footprint=_unlocking_writer)
READ_LOCK = Kind("read_lock", ready=_no_writer, perform=_read_lock, footprint=touch.READ_LOCK)
READ_UNLOCK = Kind("read_unlock", perform=_read_unlock, footprint=_unlocking_reader)
TRY_WRITE_LOCK = poll(Kind("try_write_lock", perform=_try_write_lock, footprint=_trying_to_write))
TRY_READ_LOCK = poll(Kind("try_read_lock", perform=_try_read_lock, footprint=_trying_to_read))
