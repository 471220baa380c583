"""A goroutine: a coroutine that is always suspended at a pending operation.

Its name is its spawn path: `main/worker#2` is the second `worker` that main started, under every schedule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.model.operation import Operation
from harness.primitives.naming import title_of


class Goroutine:
    """`serial` is its place in the canonical order; `parked` the operation at which the clock proved it waits."""

    __slots__ = (
        "_name",
        "blocked",
        "coroutine",
        "function",
        "objects",
        "offspring",
        "operation",
        "parent",
        "parked",
        "position",
        "send",
        "serial",
    )

    def __init__(self, serial: int, coroutine: Any, function: Callable[..., Any], parent: Goroutine | None) -> None:
        self.serial = serial
        self.coroutine = coroutine
        self.send = coroutine.send
        self.function = function
        self.parent = parent
        self.operation: Operation | None = None
        self.parked: Operation | None = None
        self.blocked = False
        self.objects = 0
        self.offspring: list[Callable[..., Any]] | None = None
        self.position = 0
        self._name: str | None = None
        if parent is not None:
            if parent.offspring is None:
                parent.offspring = []
            self.position = len(parent.offspring)
            parent.offspring.append(function)

    @property
    def name(self) -> str:
        """The spawn path."""
        if self._name is None:
            if self.parent is None:
                self._name = "main"
            else:
                title = title_of(self.function)
                elder = (self.parent.offspring or [])[: self.position]
                ordinal = 1 + sum(title_of(function) == title for function in elder)
                self._name = f"{self.parent.name}/{title}#{ordinal}"
        return self._name

    def __repr__(self) -> str:
        return f"<goroutine {self.name}>"
