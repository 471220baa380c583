"""How many events each goroutine has yet to come, estimated from a census: the weights of uniform random walks.

A goroutine that has not been started yet has no weight of its own: its events count as its parent's until then.
Whoever is blocked keeps its weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.model.operation import Transition
from harness.runtime.goroutine import Goroutine
from harness.search.census import Census, Counts, Path


class Remaining:
    """The estimates for one execution.

    Attributes:
        weight: events to come, by goroutine or timer (which has one).
        least: what `weight` does not fall below, however wrong the estimate was: `floor`, and the unborn children's.
    """

    def __init__(self, census: Census) -> None:
        self.census = census
        self.weight: dict[Any, float] = {}
        self.least: dict[Any, float] = {}
        self.born: dict[Any, int] = {}
        self.counts: Counts = {}
        self.totals: list[int] = []
        self.floor = 1.0

    def begin(self, counts: Counts, floor: float) -> None:
        """Start an execution in which `counts` (by path, over all trials) is what an event is."""
        self.counts = counts
        self.totals = self.census.with_offspring(counts)
        self.floor = floor

    def end(self) -> None:
        """Keep nothing of the execution alive."""
        self.weight.clear()
        self.least.clear()
        self.born.clear()

    def meet(self, owner: Any) -> None:
        """A goroutine or timer has come up for the first time."""
        self.weight[owner] = self.least[owner] = self.floor
        if isinstance(owner, Goroutine):
            path = self.census.path_of(owner)
            own = self.counts.get(path, 0) / (self.census.existed[path] or 1)
            unborn = self.expected(path, 0, len(self.census.children[path]))
            self.weight[owner] = max(own, self.floor) + unborn
            self.least[owner] += unborn
            self.born[owner] = 0
            self.adopt(owner)
            if owner.parent is not None and owner.parent in self.born:
                self.adopt(owner.parent)

    def adopt(self, parent: Goroutine) -> None:
        """Children that `parent` has started since the last time have weights of their own."""
        before, born = self.born[parent], len(parent.offspring or ())
        moved = self.expected(self.census.path_of(parent), before, born)
        self.weight[parent] -= moved
        self.least[parent] -= moved
        self.born[parent] = born

    def expected(self, path: Path, start: int, stop: int) -> float:
        """How many events the children `start` to `stop` of a goroutine with this path will have, and theirs."""
        if not self.census.existed[path]:
            return 0.0
        children = self.census.children[path][start:stop]
        return sum(self.totals[child] for child in children if child < len(self.totals)) / self.census.existed[path]

    def draw(self, enabled: Sequence[Transition], number: float) -> int:
        """Where the alternatives begin of a goroutine that `number`, from [0, 1), draws by weight."""
        owners: dict[Any, int] = {}
        for index, transition in enumerate(enabled):
            owners.setdefault(transition[0], index)
        total = 0.0
        for owner in owners:
            if owner not in self.weight:
                self.meet(owner)
        for owner in owners:
            total += self.weight[owner]
        point, first = number * total, 0
        for owner, first in owners.items():  # noqa: B007
            point -= self.weight[owner]
            if point < 0:
                break
        return first

    def count_down(self, owner: Any) -> None:
        """One of the events it had to come is taken."""
        self.weight[owner] = max(self.weight[owner] - 1, self.least[owner])
