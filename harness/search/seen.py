"""Which classes the executions of a search were of, and how often each; of as many as can be told at little cost.

To tell an execution's class it is run once more, so equal schedules are looked at once, and a block of executions is
looked at only from its beginning on, until a number of steps has been run again. Which executions these are does not
depend on who searches the block, nor on their classes: so they stand for all of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from harness.model.execution import Execution
from harness.runtime.execute import Subject
from harness.search.classes import class_of

FIRST = 20_000
"""How many steps of the first block may be run again, which takes about 0.1 s; of every other block, `LATER`."""

LATER = 2_000


@dataclass(slots=True)
class Seen:
    """How many executions of each class there were among the `counted` ones."""

    counted: int = 0
    classes: Counter[int] = field(default_factory=Counter)

    def add(self, other: Seen) -> None:
        """Those of another part of the search."""
        self.counted += other.counted
        self.classes.update(other.classes)

    def unseen(self) -> float:
        """The estimate of Good and Turing for the share of the executions to come that are of a class not seen."""
        return sum(number == 1 for number in self.classes.values()) / self.counted


class ClassCount:
    """Looks at the executions of one block."""

    def __init__(self, subject: Subject, first: bool) -> None:
        self.subject = subject
        self.left = FIRST if first else LATER
        self.known: dict[tuple[Any, ...], int] = {}
        self.seen = Seen()

    def look_at(self, execution: Execution) -> None:
        """Count it, unless enough have been looked at."""
        if self.left <= 0:
            return
        decisions = execution.decisions
        schedule = execution.schedule if decisions is None else tuple(decisions)
        number = self.known.get(schedule)
        if number is None:
            number = self.known[schedule] = class_of(self.subject, execution)
            self.left -= execution.steps + 1
        self.seen.counted += 1
        self.seen.classes[number] += 1
