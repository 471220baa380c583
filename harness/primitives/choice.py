"""Decisions of the environment: a number from the chooser, and a step without effect."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from harness.model.errors import BadInput
from harness.model.operation import Kind, Operation, Transition
from harness.primitives.awaiting import coroutine
from harness.primitives.polling import AGAIN, looked_in_vain, looking, poll
from harness.primitives.world import NOTHING


@coroutine
def choose(n: int) -> Generator[Operation, Any, int]:
    """A number in `range(n)`, decided by whoever decides the schedule (Go's `rand.Intn`)."""
    if type(n) is not int or n < 1:
        raise BadInput(f"choose(n) needs a whole number n of at least 1; found {n!r}")
    number: int = yield CHOOSE, NOTHING, n
    return number


@coroutine
def gosched() -> Generator[Operation, Any, None]:
    """A step that does nothing: lets other goroutines run (`runtime.Gosched`)."""
    operation = looking((GOSCHED, NOTHING))
    yield operation
    looked_in_vain(operation)


def _choose_ways(goroutine: Any, operation: Operation, live: Sequence[Any], out: list[Transition]) -> None:
    for number in range(operation[2]):
        out.append((goroutine, number))


def _choose(operation: Operation, way: int) -> int:
    return way


def _nothing(operation: Operation) -> None:
    return None


CHOOSE = Kind("choose", ways=_choose_ways, perform=_choose)
GOSCHED = poll(Kind("gosched", perform=_nothing))
YIELDS = (GOSCHED, AGAIN[GOSCHED])
