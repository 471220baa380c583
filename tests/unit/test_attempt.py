"""`Kind.attempt` is `ready` and `perform` in one call: the two agree in every state that matters."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from harness import Channel, Mutex, Panic
from harness.model.operation import BLOCKED, Operation
from harness.primitives.channel import RECEIVE, SEND
from harness.primitives.mutex import LOCK
from tests.unit.still_world import still_world

Contents = tuple[list[Any], bool]


def slowly(operation: Operation) -> Any:
    kind = operation[0]
    if kind.ready is not None and not kind.ready(operation):
        return BLOCKED
    return kind.perform(operation)


def result_of(function: Callable[[Operation], Any], operation: Operation) -> Any:
    try:
        return function(operation)
    except Panic as panic:
        return str(panic)


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("buffered", [0, 1, 2])
@pytest.mark.parametrize("kind", [SEND, RECEIVE])
def test_attempting_on_a_channel(kind: Any, buffered: int, closed: bool) -> None:
    with still_world():
        found: list[tuple[Any, Contents]] = []
        for function in (kind.attempt, slowly):
            channel = Channel(2)
            channel.buffer.extend(range(buffered))
            channel.closed = closed
            result = result_of(function, (kind, channel, "new"))
            found.append((result, deepcopy((list(channel.buffer), channel.closed))))
    assert found[0] == found[1]


@pytest.mark.parametrize("locked", [False, True])
def test_attempting_a_lock(locked: bool) -> None:
    with still_world():
        found = []
        for function in (LOCK.attempt, slowly):
            mutex = Mutex()
            mutex.locked = locked
            found.append((function((LOCK, mutex)), mutex.locked))
    assert found[0] == found[1] == (BLOCKED if locked else None, True)
