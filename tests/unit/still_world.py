"""A world in which nothing runs: enough to create primitives and to drive their state machines by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from harness.model.errors import Panic
from harness.model.operation import Operation
from harness.primitives.world import running


class Somebody:
    """A goroutine, as far as primitives look at one."""

    def __init__(self, name: str = "main", operation: Operation | None = None, parked: bool = False) -> None:
        self.name = name
        self.objects = 0
        self.serial = 0
        self.parent = None
        self.operation = operation
        self.parked = operation if parked else None

    def reserve(self, function: Callable[..., Any]) -> int:
        return 0

    def __repr__(self) -> str:
        return self.name


class StillWorld:
    """Time moves when a test moves it."""

    def __init__(self) -> None:
        self.goroutine: Any = Somebody()
        self.now = 0.0
        self.timers: list[Any] = []
        self.timed = False
        self.due = False
        self.serials = 1
        self.shared = 0
        self.observed: list[Any] = []
        self.armed: list[Any] = []
        self.started: list[Any] = []

    def spawn(self, function: Callable[..., Any], arguments: tuple[Any, ...], launcher: Any = None) -> None:
        """Nothing runs in this world; a test may run what a timer has started."""
        assert launcher is not None
        self.started.append(function(*arguments))


@contextmanager
def still_world() -> Iterator[StillWorld]:
    """Primitives can be created in this block."""
    assert running.world is None
    running.world = world = StillWorld()
    try:
        yield world
    finally:
        running.world = None


class PrimitiveMachine(RuleBasedStateMachine):
    """A state machine test whose rules may create primitives."""

    def __init__(self) -> None:
        super().__init__()
        assert running.world is None
        running.world = self.world = StillWorld()

    def teardown(self) -> None:
        running.world = None


def ready(operation: Operation) -> bool:
    """Can an operation of a kind with a single way complete now?"""
    kind = operation[0]
    return kind.ready is None or bool(kind.ready(operation))


def ways(operation: Operation, somebody: Somebody, others: tuple[Somebody, ...] = ()) -> list[Any]:
    """How the operation of `somebody` can complete now."""
    out: list[Any] = []
    if operation[0].ways is not None:
        operation[0].ways(somebody, operation, (somebody, *others), out)
    elif ready(operation):
        out.append((somebody, 0))
    return out


def result_of(operation: Operation, *way: int) -> Any:
    """What performing it gives: a value, or the text of its panic."""
    try:
        return operation[0].perform(operation, *way)
    except Panic as panic:
        return f"panic: {panic}"
