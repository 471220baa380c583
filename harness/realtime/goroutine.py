"""A goroutine on the event loop: a coroutine that a task drives from one operation to the next."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Callable
from typing import Any

from harness.model.ending import Waiting
from harness.model.operation import Operation
from harness.primitives.naming import describe, title_of


class Goroutine:
    """`parked` is the operation at which it waits, and `wake` how it is told to look again; None while it is busy.

    Names are spawn paths, the same that exploration gives: `main/worker#2` is the second `worker` of main.
    """

    __slots__ = (
        "coroutine", "looked", "name", "objects", "offspring", "operation", "parent", "parked", "serial", "wake",
    )  # fmt: skip

    def __init__(self, coroutine: Any, name: str, serial: int = 0, parent: Goroutine | None = None) -> None:
        self.serial = serial
        self.parent = parent
        self.coroutine = coroutine
        self.name = name
        self.objects = 0
        self.looked: Operation | bool | None = False
        self.offspring: dict[str, int] = {}
        self.operation: Operation | None = None
        self.parked: Operation | None = None
        self.wake: Future[None] | None = None

    @property
    def asleep(self) -> bool:
        """Parked, and not yet told to look again."""
        return self.wake is not None and not self.wake.done()

    def rouse(self) -> None:
        """Tell it to look again, if it sleeps."""
        if self.wake is not None and not self.wake.done():
            self.wake.set_result(None)

    @property
    def waiting(self) -> Waiting:
        """What it is pending at, in the words that exploration uses."""
        return Waiting(self.name, describe(self.operation))

    def reserve(self, function: Callable[..., Any]) -> str:
        """A name for a child that something else may start."""
        title = title_of(function)
        ordinal = self.offspring[title] = self.offspring.get(title, 0) + 1
        return f"{self.name}/{title}#{ordinal}"

    def child(self, function: Callable[..., Any], coroutine: Any, serial: int) -> Goroutine:
        """The goroutine that runs `coroutine`, made from `function`, on behalf of this one."""
        return Goroutine(coroutine, self.reserve(function), serial, self)

    def __repr__(self) -> str:
        return f"<goroutine {self.name}>"
