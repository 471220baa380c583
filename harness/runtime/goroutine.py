"""A goroutine: a coroutine that is always suspended at a pending operation.

Its name is its spawn path: `main/worker#2` is the second `worker` that main started, under every schedule.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from harness.model.operation import Operation
from harness.primitives.naming import title_of


class Goroutine:
    """`serial` is its place in the canonical order; `parked` the operation at which the clock proved it waits.

    `offspring` are the titles of those it has spawned, and of those that a `launcher`, such as a timer, may start for
    it. Not their functions: these hold what they close over, and what they close over holds its creator, so that only
    the garbage collector could take an execution away. `looked` is the last poll that was in vain, and `row` what
    `harness.runtime.polling` knows of it and those before.
    """

    __slots__ = (
        "_name",
        "blocked",
        "coroutine",
        "launcher",
        "looked",
        "objects",
        "offspring",
        "operation",
        "parent",
        "parked",
        "position",
        "row",
        "serial",
        "title",
    )

    def __init__(
        self,
        serial: int,
        coroutine: Any,
        function: Callable[..., Any],
        parent: Goroutine | None,
        launcher: Any = None,
    ) -> None:
        self.launcher = launcher
        self.serial = serial
        self.coroutine = coroutine
        self.parent = parent
        self.operation: Operation | None = None
        self.parked: Operation | None = None
        self.blocked = False
        self.looked: Any = False
        self.row: Any = None
        self.objects = 0
        self.offspring: list[str] | None = None
        self.position = 0
        self._name: str | None = None
        if parent is None:
            self.title = self._name = "main"
        elif launcher is None:
            self.title = function.__name__ if type(function) is FunctionType else title_of(function)
            if parent.offspring is None:
                parent.offspring = [self.title]
            else:
                self.position = len(parent.offspring)
                parent.offspring.append(self.title)
        else:
            assert parent.offspring is not None
            self.position = launcher.place
            self.title = parent.offspring[self.position]

    def reserve(self, function: Callable[..., Any]) -> int:
        """A place among its offspring, for a goroutine that something else will start, if ever."""
        if self.offspring is None:
            self.offspring = []
        self.offspring.append(title_of(function))
        return len(self.offspring) - 1

    @property
    def path(self) -> tuple[int, ...]:
        """Whose child it is, and the how-manieth: the same under every schedule."""
        return (*self.parent.path, self.position) if self.parent is not None else ()

    @property
    def name(self) -> str:
        """The spawn path."""
        if self._name is None:
            assert self.parent is not None
            elder = (self.parent.offspring or [])[: self.position]
            ordinal = 1 + elder.count(self.title)
            self._name = f"{self.parent.name}/{self.title}#{ordinal}"
        return self._name

    def __repr__(self) -> str:
        return f"<goroutine {self.name}>"
