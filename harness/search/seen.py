"""Which classes the executions of a search were of, and how often each; of as many as can be told at little cost.

To tell an execution's class it is run once more, so equal schedules are looked at once, and a block of executions is
looked at only from its beginning on, until a number of steps has been run again. Which executions these are does not
depend on who searches the block, nor on their classes: so they stand for all of them, or, where a strategy learns in
the course of a block, for what it does at the beginning. Strategies that take turns (`Mixed`) count as one that draws
which of them goes next.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from harness.model.execution import Execution
from harness.runtime.execute import Subject
from harness.search.classes import class_of
from harness.search.covering import Covering

FIRST = 5_000
"""How many steps of the first block may be run again, about 30 ms; of every other block, `LATER`."""

LATER = 500
FEWEST = 10
"""From how many executions on an estimate is made, where not all were looked at."""

KNOWN = 1_000_000
"""How many steps of known schedules are kept at most."""


@dataclass(slots=True)
class Seen:
    """How many executions of each class there were among the `counted` ones; and in which order they took what."""

    counted: int = 0
    classes: Counter[int] = field(default_factory=Counter)
    covering: Covering = field(default_factory=Covering)

    def add(self, other: Seen) -> None:
        """Those of another part of the search."""
        self.counted += other.counted
        self.classes.update(other.classes)
        self.covering.add(other.covering)

    def unseen(self, tried: int) -> float | None:
        """The estimate of Good and Turing for the share of the executions to come that are of a class not seen.

        None where so few of those `tried` were looked at that each is likely to be the only one of its class.
        """
        if self.counted < min(tried, FEWEST):
            return None
        return sum(number == 1 for number in self.classes.values()) / self.counted


class ClassCount:
    """Looks at the executions of one block; at all of them, if their coverage is wanted."""

    def __init__(self, subject: Subject, first: bool, cover: bool = False) -> None:
        self.subject = subject
        self.cover = cover
        self.left = FIRST if first else LATER
        self.kept = 0
        self.known: dict[tuple[Any, ...], int] = {}
        self.seen = Seen()

    def look_at(self, execution: Execution) -> None:
        """Count it, unless enough have been looked at."""
        if self.left <= 0 and not self.cover:
            return
        decisions = execution.decisions
        schedule = execution.schedule if decisions is None else tuple(decisions)
        number = self.known.get(schedule)
        if number is None:
            number = self.classify(schedule, execution)
        self.seen.counted += 1
        self.seen.classes[number] += 1

    def classify(self, schedule: tuple[Any, ...], execution: Execution) -> int:
        """The class of an execution whose schedule has not been looked at."""
        self.left -= execution.steps + 1
        self.kept += execution.steps + 1
        if self.kept > KNOWN:
            self.kept = 0
            self.known.clear()
        number = self.known[schedule] = class_of(self.subject, execution)
        if self.cover and number not in self.seen.classes:
            self.seen.covering.look_at(self.subject, execution)
        return number
