"""Exhaustive search by many workers, and what one process makes of their reports.

Every worker explores a part of the search, up to a limit. What is left then is divided again as long as there is less
to do than there are workers; what a worker plans before its own part is planned here, at the frames. Which worker
explores a class, and by which of its executions, depends on who was faster; that it is explored once does not.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harness.search.dpor.names import Names
from harness.search.parallel.blocks import replayed
from harness.search.parallel.branch import Report, explored
from harness.search.parallel.frames import Part, batch
from harness.search.parallel.packing import Renumbering, Stack, Tables
from harness.search.parallel.pool import Pool
from harness.search.parallel.task import Decisions, Task, Value, sendable

LIMIT = 250
"""How many executions a worker explores before it reports; fewer (below) where others have nothing to do."""

SHORT_LIMIT = 25
BATCH = 20
"""How many parts a worker is given at most at a time: there may be many with a single execution."""

Progress = Callable[[int, float], None]


@dataclass(slots=True)
class Explored:
    """What a search has come to.

    Attributes:
        executions: how many there were.
        blocked: how many of them in vain.
        cut_off: how many of them reached their step limit.
        outcomes: what main can come to.
        complete: whether that is all.
        violation: the decisions of an execution that an oracle objects to; there may be smaller or earlier ones.
        error: what a worker has raised, which ended the search.
    """

    executions: int = 0
    blocked: int = 0
    cut_off: int = 0
    outcomes: set[Any] = field(default_factory=set)
    complete: bool = False
    violation: Decisions | None = None
    error: BaseException | None = None


class Exhaust:
    """One search by the workers of a pool: at most `most` executions; `limits` are for a worker at a time."""

    def __init__(
        self,
        pool: Pool,
        task: Task,
        value: Value,
        most: int | None = None,
        limits: tuple[int, int] = (LIMIT, SHORT_LIMIT),
        on_progress: Progress | None = None,
    ) -> None:
        self.pool = pool
        self.task = task
        self.sent = sendable(task, pool.executor)
        self.value = value
        self.most = most
        self.limits = limits
        self.on_progress = on_progress
        self.names = Names()
        self.begin()

    def begin(self) -> None:
        """The whole search is one part, and nothing has been explored."""
        self.found = Explored()
        self.reserved = 0
        self.seen = 0.0
        self.parts = deque([Part([], (), Stack((), ((),), []), 1.0)])

    def run(self) -> Explored:
        """Explore everything, until an oracle objects."""
        self.give()
        while self.pool.pending:
            (parts, limit), future = self.pool.next()
            self.found.error = future.exception()
            if self.found.error is not None:
                return self.found
            self.reserved -= limit
            self.take(parts, *future.result())
            if self.found.violation is not None:
                return self.found
            self.give()
        self.found.complete = not self.parts
        return self.found

    def give(self) -> None:
        """Keep every worker busy, and one part ready for whoever is done first."""
        while self.parts and len(self.pool.pending) <= self.pool.jobs:
            limit = self.limits[len(self.parts) < self.pool.jobs]
            if self.most is not None:
                limit = min(limit, self.most - self.found.executions - self.reserved)
                if limit < 1:
                    return
            self.reserved += limit
            number = max(1, min(BATCH, len(self.parts) // (2 * self.pool.jobs)))
            parts = [self.parts.pop() for _ in range(number)]
            self.pool.submit((parts, limit), explored, self.sent, self.value, batch(parts, self.names, limit))

    def take(self, parts: list[Part], reports: list[Report], theirs: Tables) -> None:
        """Take in what a worker reports."""
        numbers = Renumbering(self.names, theirs)
        for part, report in zip(parts, reports, strict=False):
            if report.misused or report.surprised:
                self.start_again({numbers.objects[number] for number in report.misused}, report.surprised)
                return
            self.count(report)
            self.go_on(part, report, numbers)
        self.parts.extend(parts[len(reports) :])
        if self.on_progress is not None:
            self.on_progress(self.found.executions, min(self.seen, 1.0))

    def go_on(self, part: Part, report: Report, numbers: Renumbering) -> None:
        """Make parts of what a worker has planned and of what it has left."""
        for plan in map(numbers.plan, report.plans):
            further = part.planned(plan)
            if further is not None:
                further.share = part.share = part.share / 2
                self.parts.appendleft(further)
        if report.rest is None:
            self.seen += part.share
        else:
            rest = numbers.stack(report.rest)
            self.divide(Part(part.path, rest.moves, rest, part.share))

    def divide(self, part: Part) -> None:
        """Divide what is left until there is enough to do for everybody."""
        parts = [part]
        while len(parts) + len(self.parts) < 2 * self.pool.jobs and isinstance(parts[-1].work, Stack):
            parts += parts.pop().divided()
        self.parts.extendleft(parts[:-1])
        self.parts.append(parts[-1])

    def start_again(self, misused: set[int], surprised: bool) -> None:
        """The program is not as simple as it was taken for: nothing counts that has been explored."""
        self.names.totally_ordered |= misused
        self.names.consequences |= surprised
        self.pool.drop()
        self.begin()

    def count(self, report: Report) -> None:
        """Add up what was explored."""
        found = self.found
        found.executions += report.executions
        found.blocked += report.blocked
        found.cut_off += report.cut_off
        found.violation = found.violation or report.violation
        for outcome in report.outcomes:
            if isinstance(outcome, bytes):
                found.outcomes.add(pickle.loads(outcome))
            else:
                found.outcomes.add(self.value(replayed(self.task.subject, outcome).outcome))


def explore_in_parallel(
    pool: Pool, task: Task, value: Value, most: int | None, on_progress: Progress | None = None
) -> Explored:
    """Every class of executions, one of each, until an oracle objects to one or there were `most`.

    Raises:
        BadInput: something cannot be sent to the workers.
    """
    return Exhaust(pool, task, value, most, on_progress=on_progress).run()
