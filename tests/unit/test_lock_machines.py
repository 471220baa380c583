"""Mutex and RWMutex against the plainest models; the invariants hold after every transition."""

import pytest
from hypothesis.stateful import initialize, invariant, precondition, rule
from hypothesis.strategies import DataObject, data, sampled_from

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


MOST = 1 << 30


class RWMutexMachine(PrimitiveMachine):
    """The numbers of `sync/rwmutex.go`: a writer takes MOST off `count`; `wait` is whom it waits for.

    `woken` and `tokens` are its semaphores for writers and readers.
    """

    @initialize()
    def create(self) -> None:
        self.lock = RWMutex()
        self.count = self.wait = self.woken = self.tokens = 0
        self.writers_locked = False
        self.pending: list[bool] = []

    def take(self, kind: Kind, *arguments: object) -> object:
        assert ready((kind, self.lock, *arguments))
        return result_of((kind, self.lock, *arguments))

    @rule()
    def announce(self) -> None:
        assert ready((mutex.ANNOUNCE, self.lock)) == (not self.writers_locked)
        if not self.writers_locked:
            readers, self.count = self.count, self.count - MOST
            self.wait += readers
            self.pending.append(readers != 0 and self.wait != 0)
            assert self.take(mutex.ANNOUNCE) == self.pending[-1]
            self.writers_locked = True

    @precondition(lambda self: self.pending)
    @rule(data=data())
    def write_lock(self, data: DataObject) -> None:
        waits = data.draw(sampled_from(self.pending))
        assert ready((mutex.WRITE_LOCK, self.lock, waits)) == (not waits or self.woken > 0)
        if not waits or self.woken:
            self.take(mutex.WRITE_LOCK, waits)
            self.pending.remove(waits)
            self.woken -= waits

    @rule()
    def write_unlock(self) -> None:
        if self.count < 0:
            self.take(mutex.WRITE_UNLOCK)
            self.count += MOST
            self.tokens += self.count
            self.writers_locked = False
        else:
            with pytest.raises(Fatal, match="Unlock of unlocked RWMutex"):
                self.take(mutex.WRITE_UNLOCK)

    @rule()
    def read_lock(self) -> None:
        assert ready((mutex.READ_LOCK, self.lock)) == (self.count >= 0 or self.tokens > 0)
        if self.count >= 0 or self.tokens:
            self.take(mutex.READ_LOCK)
            self.tokens -= self.count < 0
            self.count += 1

    @rule()
    def read_unlock(self) -> None:
        if self.count in (0, -MOST):
            with pytest.raises(Fatal, match="RUnlock of unlocked RWMutex"):
                self.take(mutex.READ_UNLOCK)
            return
        self.take(mutex.READ_UNLOCK)
        self.count -= 1
        if self.count < 0:
            self.wait -= 1
            self.woken += not self.wait

    @rule()
    def try_write_lock(self) -> None:
        free = not self.writers_locked and self.count == 0
        assert self.take(mutex.TRY_WRITE_LOCK) is free
        if free:
            self.writers_locked = True
            self.count -= MOST

    @rule()
    def try_read_lock(self) -> None:
        assert self.take(mutex.TRY_READ_LOCK) is (self.count >= 0)
        self.count += self.count >= 0

    @invariant()
    def agrees(self) -> None:
        self.lock.check()
        assert self.lock.announced == (self.count < 0) == self.writers_locked
        assert self.lock.readers == self.count % MOST


TestMutex = MutexMachine.TestCase
TestRWMutex = RWMutexMachine.TestCase


def test_the_invariants_of_a_lock_that_both_hold_are_refuted() -> None:
    lock = RWMutex.__new__(RWMutex)
    lock.announced, lock.writing, lock.readers, lock.misused = True, True, 1, False
    with pytest.raises(AssertionError):
        lock.check()
