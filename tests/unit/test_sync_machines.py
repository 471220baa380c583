"""WaitGroup, Once, Cond and the atomic variables against the plainest models."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, initialize, invariant, rule

from harness.primitives import memory, sync
from harness.primitives.memory import Atomic
from harness.primitives.mutex import Mutex
from harness.primitives.sync import AGAIN, REUSED, Cond, Once, WaitGroup
from tests.unit.still_world import PrimitiveMachine, Somebody, ready, result_of, ways


class WaitGroupMachine(PrimitiveMachine):
    """A counter; a waiter remembers how often it had been zero when it came."""

    waiters = Bundle("waiters")

    @initialize()
    def create(self) -> None:
        self.group = WaitGroup()
        self.counter = 0
        self.rounds = 0

    @rule(delta=st.integers(-2, 2))
    def add(self, delta: int) -> None:
        self.rounds += self.counter != 0 and self.counter + delta == 0
        self.counter += delta
        assert ready((sync.ADD, self.group, delta))
        assert result_of((sync.ADD, self.group, delta)) == self.counter

    @rule(target=waiters, parked=st.booleans())
    def wait(self, parked: bool) -> Somebody:
        return Somebody("waiter", (sync.WAIT, self.group, self.group.zeros), parked)

    @rule(waiter=consumes(waiters))
    def look(self, waiter: Somebody) -> None:
        """At zero it passes; in a later round it may have been there in between, unless it is known to have parked."""
        assert waiter.operation is not None
        came = waiter.operation[2]
        expected = [0] if self.counter == 0 else []
        if self.counter != 0 and self.rounds > came:
            expected = [REUSED] if waiter.parked else [REUSED, AGAIN]
        assert [way for _, way in ways(waiter.operation, waiter)] == expected

    @invariant()
    def agrees(self) -> None:
        assert (self.group.counter, self.group.zeros) == (self.counter, self.rounds)


class OnceMachine(PrimitiveMachine):
    """New, running, finished."""

    @initialize()
    def create(self) -> None:
        self.once = Once()
        self.state = "new"

    @rule()
    def enter(self) -> None:
        assert ready((sync.ONCE_ENTER, self.once)) == (self.state != "running")
        if self.state != "running":
            assert result_of((sync.ONCE_ENTER, self.once)) is (self.state == "new")
            self.state = "running" if self.state == "new" else "finished"

    @rule()
    def leave(self) -> None:
        if self.state == "running":
            result_of((sync.ONCE_LEAVE, self.once))
            self.state = "finished"

    @invariant()
    def agrees(self) -> None:
        assert (self.once.running, self.once.finished) == (self.state == "running", self.state == "finished")


class CondMachine(PrimitiveMachine):
    """Tickets in a queue; a signal wakes the oldest, a broadcast all; each wakes up once."""

    sleepers = Bundle("sleepers")

    @initialize()
    def create(self) -> None:
        self.cond = Cond(Mutex())
        self.queue: list[int] = []
        self.woken: set[int] = set()

    @rule(target=sleepers)
    def enqueue(self) -> int:
        self.cond.mutex.locked = True
        ticket: int = result_of((sync.COND_ENQUEUE, self.cond))
        assert not self.cond.mutex.locked
        self.queue.append(ticket)
        return ticket

    @rule()
    def signal(self) -> None:
        result_of((sync.SIGNAL, self.cond))
        if self.queue:
            self.woken.add(self.queue.pop(0))

    @rule()
    def broadcast(self) -> None:
        result_of((sync.BROADCAST, self.cond))
        self.woken.update(self.queue)
        self.queue.clear()

    @rule(ticket=sleepers)
    def wake(self, ticket: int) -> None:
        operation = (sync.COND_WAKE, self.cond, ticket)
        assert ready(operation) == (ticket in self.woken)
        if ready(operation):
            result_of(operation)
            self.woken.discard(ticket)


class AtomicMachine(PrimitiveMachine):
    """A number."""

    @initialize(value=st.integers(0, 3))
    def create(self, value: int) -> None:
        self.atomic = Atomic(value)
        self.value = value

    def take(self, kind: Any, *arguments: int) -> Any:
        assert ready((kind, self.atomic, *arguments))
        return result_of((kind, self.atomic, *arguments))

    @rule(value=st.integers(0, 3))
    def store(self, value: int) -> None:
        self.take(memory.ATOMIC_STORE, value)
        self.value = value

    @rule(delta=st.integers(-3, 3))
    def add(self, delta: int) -> None:
        self.value += delta
        assert self.take(memory.ATOMIC_ADD, delta) == self.value

    @rule(value=st.integers(0, 3))
    def swap(self, value: int) -> None:
        assert self.take(memory.SWAP, value) == self.value
        self.value = value

    @rule(old=st.integers(0, 3), new=st.integers(0, 3))
    def compare_and_swap(self, old: int, new: int) -> None:
        assert self.take(memory.COMPARE_AND_SWAP, old, new) is (self.value == old)
        if self.value == old:
            self.value = new

    @invariant()
    def agrees(self) -> None:
        assert self.take(memory.ATOMIC_LOAD) == self.value


TestWaitGroup = WaitGroupMachine.TestCase
TestOnce = OnceMachine.TestCase
TestCond = CondMachine.TestCase
TestAtomic = AtomicMachine.TestCase
