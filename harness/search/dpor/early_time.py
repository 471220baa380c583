"""Under the adversarial clock, time may come to a deadline while goroutines could still run.

Moving time depends on everything. So every part of what happened between two moves of time, that is closed under what
happens before, is a point at which it can come earlier. Only the largest parts in which it can are planned: the smaller
ones show in the executions that begin with those.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.search.dpor.history import Bits
from harness.search.dpor.races import Races
from harness.search.dpor.step import Step

Movers = Callable[[Bits], list[Step]]


class EarlyTime:
    """Plans, through `races`, what `movers` can do after parts of its history; at most `limit` early moves."""

    def __init__(self, races: Races, movers: Movers, limit: int) -> None:
        self.races = races
        self.movers = movers
        self.limit = limit
        self.seen: set[Bits] = set()

    def search(self) -> None:
        """Plan everything."""
        history, new = self.races.history, self.races.new
        moves = [position for position, step in enumerate(history.steps) if step.barrier]
        start = early = 0
        for end in [*moves, len(history)]:
            if end >= new and early < self.limit:
                self.shorten((1 << end) - 1, start, end)
            start = end + 1
            early += end < len(history) and history.steps[end].early

    def shorten(self, steps: Bits, start: int, where: int) -> None:
        """Leave out one of the last steps since `start`; where time cannot move then, leave out more."""
        for position in range(start, steps.bit_length()):
            if not steps >> position & 1 or self.races.after(position) & steps != 1 << position:
                continue
            fewer = steps ^ 1 << position
            if fewer in self.seen:
                continue
            self.seen.add(fewer)
            found = self.movers(fewer)
            for step in found:
                self.races.plan(min(where, position), fewer, step)
            if not found:
                self.shorten(fewer, start, min(where, position))
