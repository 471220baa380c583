"""Mutex and RWMutex against the plainest models; the invariants hold after every transition."""

import pytest
from hypothesis.stateful import initialize, invariant, precondition, rule

from harness.model.errors import Fatal
from harness.model.operation import Kind
from harness.primitives import mutex
from harness.primitives.mutex import LOCK, TRY_LOCK, UNLOCK, Mutex, RWMutex
from tests.unit.still_world import PrimitiveMachine, ready, result_of


class MutexMachine(PrimitiveMachine):
    """A mutex is a flag."""

    @initialize()
    def create(self) -> None:
        self.mutex = Mutex()
        self.locked = False

    @rule()
    def lock(self) -> None:
        assert ready((LOCK, self.mutex)) == (not self.locked)
        if not self.locked:
            result_of((LOCK, self.mutex))
            self.locked = True

    @rule()
    def try_lock(self) -> None:
        assert ready((TRY_LOCK, self.mutex))
        assert result_of((TRY_LOCK, self.mutex)) == (not self.locked)
        self.locked = True

    @rule()
    def unlock(self) -> None:
        assert ready((UNLOCK, self.mutex))
        if self.locked:
            result_of((UNLOCK, self.mutex))
            self.locked = False
        else:
            with pytest.raises(Fatal, match="unlock of unlocked mutex"):
                result_of((UNLOCK, self.mutex))

    @invariant()
    def agrees(self) -> None:
        assert self.mutex.locked == self.locked


class RWMutexMachine(PrimitiveMachine):
    """Readers inside, and a writer who is absent, announced or holding."""

    @initialize()
    def create(self) -> None:
        self.lock = RWMutex()
        self.readers = 0
        self.writer = "absent"

    def take(self, kind: Kind) -> object:
        assert ready((kind, self.lock))
        return result_of((kind, self.lock))

    @rule()
    def announce(self) -> None:
        assert ready((mutex.ANNOUNCE, self.lock)) == (self.writer == "absent")
        if self.writer == "absent":
            self.take(mutex.ANNOUNCE)
            self.writer = "announced"

    @precondition(lambda self: self.writer == "announced")
    @rule()
    def write_lock(self) -> None:
        assert ready((mutex.WRITE_LOCK, self.lock)) == (self.readers == 0)
        if not self.readers:
            self.take(mutex.WRITE_LOCK)
            self.writer = "holding"

    @rule()
    def write_unlock(self) -> None:
        if self.writer == "holding":
            self.take(mutex.WRITE_UNLOCK)
            self.writer = "absent"
        else:
            with pytest.raises(Fatal, match="Unlock of unlocked RWMutex"):
                self.take(mutex.WRITE_UNLOCK)

    @rule()
    def read_lock(self) -> None:
        assert ready((mutex.READ_LOCK, self.lock)) == (self.writer == "absent")
        if self.writer == "absent":
            self.take(mutex.READ_LOCK)
            self.readers += 1

    @rule()
    def read_unlock(self) -> None:
        if self.readers:
            self.take(mutex.READ_UNLOCK)
            self.readers -= 1
        else:
            with pytest.raises(Fatal, match="RUnlock of unlocked RWMutex"):
                self.take(mutex.READ_UNLOCK)

    @rule()
    def try_write_lock(self) -> None:
        free = self.writer == "absent" and not self.readers
        assert self.take(mutex.TRY_WRITE_LOCK) is free
        if free:
            self.writer = "holding"

    @rule()
    def try_read_lock(self) -> None:
        assert self.take(mutex.TRY_READ_LOCK) is (self.writer == "absent")
        self.readers += self.writer == "absent"

    @invariant()
    def agrees(self) -> None:
        self.lock.check()
        assert self.lock.readers == self.readers
        assert (self.lock.announced, self.lock.writing) == (self.writer != "absent", self.writer == "holding")


TestMutex = MutexMachine.TestCase
TestRWMutex = RWMutexMachine.TestCase


def test_the_invariants_of_a_lock_that_both_hold_are_refuted() -> None:
    lock = RWMutex.__new__(RWMutex)
    lock.announced, lock.writing, lock.readers = True, True, 1
    with pytest.raises(AssertionError):
        lock.check()
