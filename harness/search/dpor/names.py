"""Numbers that are the same in all executions of a program, and what has been found out about it."""

from __future__ import annotations

from typing import Any


class Names:
    """Numbers for goroutines, objects and timers, given on first sight and kept for all executions.

    And what has been found out about the program: which objects' steps must be totally ordered, because it misuses
    them, and whether there are steps with consequences that do not show before they are taken.
    """

    def __init__(self) -> None:
        self.totally_ordered: set[int] = set()
        self.consequences = False
        self.goroutines: dict[tuple[int, int], int] = {}
        self.objects: dict[tuple[int, int], int] = {}
        self.timers: dict[Any, int] = {}

    def goroutine(self, parent: int, position: int) -> int:
        """The number of the goroutine that `parent` started as its `position`-th."""
        return self.goroutines.setdefault((parent, position), len(self.goroutines))

    def object(self, creator: int, number: int) -> int:
        """The number of the object that `creator` created as its `number`-th."""
        return self.objects.setdefault((creator, number), len(self.objects) + 1)

    def timer(self, identity: Any) -> int:
        """The number, below zero, of a timer of the clock."""
        return self.timers.setdefault(identity, -1 - len(self.timers))
