"""Variables that goroutines share: plain ones (`Shared`) and those of `sync/atomic`.

Memory is sequentially consistent, as the Go memory model gives it to programs without data races; races on a
`Shared` are found by `harness.detect`, not simulated.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from harness.model import dependence as touch
from harness.model.dependence import Footprint
from harness.model.errors import Panic
from harness.model.operation import Kind, Operation
from harness.primitives.awaiting import coroutine
from harness.primitives.polling import looked_in_vain, looking, poll
from harness.primitives.world import Primitive, running, world


class Shared(Primitive):
    """A plain variable: unsynchronised accesses to it are data races."""

    __slots__ = ("value",)

    def __init__(self, value: Any = None, *, name: str | None = None) -> None:
        self.value = value
        self.enrol(name)
        world("Shared()").shared += 1

    @coroutine
    def load(self) -> Generator[Operation, Any, Any]:
        """Read the variable."""
        operation: Operation = (LOAD, self)
        goroutine = (running.world or world("a load")).goroutine
        if goroutine.looked is goroutine.operation:
            operation = running.world.look_again(operation)  # type: ignore[union-attr]
        value = yield operation
        goroutine.looked = operation
        return value

    @coroutine
    def store(self, value: Any) -> Generator[Operation, Any, None]:
        """Write the variable."""
        yield STORE, self, value


class Atomic(Primitive):
    """A variable of `sync/atomic`: every access synchronises. `initial` is for those who look back."""

    __slots__ = ("initial", "value")

    def __init__(self, value: Any = 0, *, name: str | None = None) -> None:
        self.value = self.initial = value
        self.enrol(name)

    @coroutine
    def load(self) -> Generator[Operation, Any, Any]:
        """Read the variable."""
        operation: Operation = (ATOMIC_LOAD, self)
        goroutine = (running.world or world("a load")).goroutine
        if goroutine.looked is goroutine.operation:
            operation = running.world.look_again(operation)  # type: ignore[union-attr]
        value = yield operation
        goroutine.looked = operation
        return value

    @coroutine
    def store(self, value: Any) -> Generator[Operation, Any, None]:
        """Write the variable."""
        yield ATOMIC_STORE, self, value

    @coroutine
    def add(self, delta: Any) -> Generator[Operation, Any, Any]:
        """Add `delta` and return the new value."""
        return (yield ATOMIC_ADD, self, delta)

    @coroutine
    def swap(self, value: Any) -> Generator[Operation, Any, Any]:
        """Write the variable and return what it held before."""
        return (yield SWAP, self, value)

    @coroutine
    def compare_and_swap(self, old: Any, new: Any) -> Generator[Operation, Any, bool]:
        """Write `new` if the variable holds `old`; tells whether it did."""
        operation = looking((COMPARE_AND_SWAP, self, old, new))
        swapped: bool = yield operation
        if not swapped:
            looked_in_vain(operation)
        return swapped


class AtomicValue(Atomic):
    """`atomic.Value`: holds values of one concrete type; storing nil, or another type, panics."""

    __slots__ = ()

    def __init__(self, *, name: str | None = None) -> None:
        super().__init__(None, name=name)

    @coroutine
    def store(self, value: Any) -> Generator[Operation, Any, None]:
        """Write the variable. Panics on None and on a type other than the one stored first."""
        yield VALUE_STORE, self, value

    @coroutine
    def swap(self, value: Any) -> Generator[Operation, Any, Any]:
        """As `store`, and return what it held before."""
        return (yield VALUE_SWAP, self, value)

    @coroutine
    def compare_and_swap(self, old: Any, new: Any) -> Generator[Operation, Any, bool]:
        """Write `new` if the variable holds `old`; panics as `store` does, and if the types of the two differ."""
        swapped: bool = yield VALUE_COMPARE_AND_SWAP, self, old, new
        return swapped


def _load(operation: Operation) -> Any:
    return operation[1].value


def _store(operation: Operation) -> None:
    operation[1].value = operation[2]


def _add(operation: Operation) -> Any:
    operation[1].value += operation[2]
    return operation[1].value


def _swap(operation: Operation) -> Any:
    old = operation[1].value
    operation[1].value = operation[2]
    return old


def _compare_and_swap(operation: Operation) -> bool:
    if operation[1].value != operation[2]:
        return False
    operation[1].value = operation[3]
    return True


def _value_store(operation: Operation) -> None:
    _, atomic, value = operation
    _check_type("store", atomic, value)
    atomic.value = value


def _value_swap(operation: Operation) -> Any:
    _, atomic, value = operation
    _check_type("swap", atomic, value)
    return _swap(operation)


def _value_compare_and_swap(operation: Operation) -> bool:
    _, atomic, old, new = operation
    if new is not None and old is not None and type(old) is not type(new):
        raise Panic("sync/atomic: compare and swap of inconsistently typed values")
    _check_type("compare and swap", atomic, new)
    return _compare_and_swap(operation)


def _check_type(action: str, atomic: Any, value: Any) -> None:
    if value is None:
        raise Panic(f"sync/atomic: {action} of nil value into Value")
    if atomic.value is not None and type(atomic.value) is not type(value):
        raise Panic(f"sync/atomic: {action} of inconsistently typed value into Value")


def _comparing(operation: Operation, way: int) -> Footprint:
    return ((operation[1], touch.READ if operation[1].value != operation[2] else touch.WRITE),)


LOAD = poll(Kind("load", perform=_load, footprint=touch.READ))
STORE = Kind("store", perform=_store, footprint=touch.WRITE)
ATOMIC_LOAD = poll(Kind("atomic_load", perform=_load, footprint=touch.READ))
ATOMIC_STORE = Kind("atomic_store", perform=_store, footprint=touch.WRITE)
ATOMIC_ADD = Kind("atomic_add", perform=_add, footprint=touch.WRITE)
SWAP = Kind("swap", perform=_swap, footprint=touch.WRITE)
COMPARE_AND_SWAP = poll(Kind("compare_and_swap", perform=_compare_and_swap, footprint=_comparing))
VALUE_STORE = Kind("atomic_store", perform=_value_store, footprint=touch.WRITE)
VALUE_SWAP = Kind("swap", perform=_value_swap, footprint=touch.WRITE)
VALUE_COMPARE_AND_SWAP = Kind("compare_and_swap", perform=_value_compare_and_swap, footprint=touch.WRITE)
