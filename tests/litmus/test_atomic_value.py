"""`atomic.Value`: one concrete type, never nil (package sync/atomic; panic texts from Go's `value.go`)."""

from typing import Any

import pytest

from harness import AtomicValue, Panicked, outcomes

OPERATIONS = ("store", "swap", "compare_and_swap")
PREFIX = {"store": "store", "swap": "swap", "compare_and_swap": "compare and swap"}


async def perform(operation: str, initial: Any, new: Any) -> Any:
    value = AtomicValue()
    if initial is not None:
        await value.store(initial)
    if operation == "compare_and_swap":
        return await value.compare_and_swap(initial, new), await value.load()
    return await getattr(value, operation)(new), await value.load()


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("initial", [None, 1])
def test_nil_cannot_be_put_into_a_value(operation: str, initial: Any) -> None:
    text = f"sync/atomic: {PREFIX[operation]} of nil value into Value"
    assert outcomes(perform, operation, initial, None) == {Panicked("main", text)}


@pytest.mark.parametrize("operation", ["store", "swap"])
def test_the_type_of_the_first_value_binds(operation: str) -> None:
    text = f"sync/atomic: {PREFIX[operation]} of inconsistently typed value into Value"
    assert outcomes(perform, operation, 1, "one") == {Panicked("main", text)}


def test_compare_and_swap_takes_two_values_of_one_type() -> None:
    text = "sync/atomic: compare and swap of inconsistently typed values"
    assert outcomes(perform, "compare_and_swap", 1, "one") == {Panicked("main", text)}


def test_compare_and_swap_compares_with_the_stored_type() -> None:
    async def main() -> bool:
        value = AtomicValue()
        await value.store(1)
        return await value.compare_and_swap("old", "new")

    text = "sync/atomic: compare and swap of inconsistently typed value into Value"
    assert outcomes(main) == {Panicked("main", text)}


@pytest.mark.parametrize(
    ("operation", "initial", "result"),
    [
        ("store", None, (None, 2)),
        ("store", 1, (None, 2)),
        ("swap", None, (None, 2)),
        ("swap", 1, (1, 2)),
        ("compare_and_swap", None, (True, 2)),
        ("compare_and_swap", 1, (True, 2)),
    ],
)
def test_a_value_of_the_right_type_gets_in(operation: str, initial: Any, result: Any) -> None:
    assert outcomes(perform, operation, initial, 2) == {result}
