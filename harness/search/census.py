"""What the first executions teach about a program: how many steps each goroutine takes, and which objects it touches.

Goroutines are told apart by their spawn path, and objects by their creator and number, so that what was learnt in one
execution holds for the next one, whatever the order in which goroutines and objects came into being.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from harness.model.operation import Transition
from harness.primitives.select import footprint
from harness.runtime.goroutine import Goroutine
from harness.search.strategy import Choose

Path: TypeAlias = int
"""The number of a spawn path; main's is 0, and a parent's is below those of its children."""

ObjectKey: TypeAlias = tuple[Path, int]
"""The path of an object's creator, and the how-many-th object of the creator it is."""

Counts: TypeAlias = dict[Path, int]

TRIALS = 20


class Census:
    """Counts over the executions that were reported to it, until there are `TRIALS`.

    Attributes:
        learning: whether it still wants to be told of steps.
        children: for each path, the paths of its children.
        existed: for each path, in how many executions a goroutine had it.
        steps: for each path, how many steps were taken by it; the sender's, where two goroutines meet.
        touches: for each object, how many steps of each path touched it.
        shared: the objects that were touched from two paths or more.
    """

    def __init__(self) -> None:
        self.trials = 0
        self.learning = True
        self.children: list[list[Path]] = [[]]
        self.existed: list[int] = [0]
        self.steps: Counts = {}
        self.touches: dict[ObjectKey, Counts] = {}
        self.shared: list[ObjectKey] = []
        self.known: dict[Any, Path] = {}
        self.seen: list[tuple[Goroutine, list[Any]]] = []

    def noting(self, choose: Choose, always: bool) -> Choose:
        """As `choose` does, which is asked about single transitions if `always`; and the step is noted."""

        def chosen(enabled: Sequence[Transition]) -> int:
            index = choose(enabled) if always or len(enabled) > 1 else 0
            self.note(enabled[index])
            return index

        return chosen

    def note(self, transition: Transition) -> None:
        """A step is about to be taken."""
        if len(transition) > 1:
            self.seen.append((transition[0], [touched for touched, _ in footprint(transition)]))

    def end(self) -> None:
        """The execution whose steps were noted is over."""
        if self.seen:
            self.count()
            self.trials += 1
            self.learning = self.trials < TRIALS
        self.seen = []
        self.known = {}

    def count(self) -> None:
        """Add up the steps noted."""
        for goroutine, objects in self.seen:
            path = self.path_of(goroutine)
            self.steps[path] = self.steps.get(path, 0) + 1
            for touched in objects:
                key = self.key_of(touched)
                if key is not None:
                    counts = self.touches.setdefault(key, {})
                    counts[path] = counts.get(path, 0) + 1
        for path in self.known.values():
            self.existed[path] += 1
        self.shared = [key for key, counts in self.touches.items() if len(counts) > 1]

    def path_of(self, goroutine: Goroutine) -> Path:
        """The number of its spawn path."""
        path = self.known.get(goroutine)
        if path is None:
            path = self._child(goroutine) if goroutine.parent is not None else 0
            self.known[goroutine] = path
        return path

    def _child(self, goroutine: Goroutine) -> Path:
        assert goroutine.parent is not None
        siblings = self.children[self.path_of(goroutine.parent)]
        while len(siblings) <= goroutine.position:
            siblings.append(len(self.children))
            self.children.append([])
            self.existed.append(0)
        return siblings[goroutine.position]

    def key_of(self, touched: Any) -> ObjectKey | None:
        """What tells an object from others in every execution; None for those that belong to nobody."""
        creator = getattr(touched, "creator", None)
        return None if creator is None else (self.path_of(creator), touched.number)

    def with_offspring(self, counts: Counts) -> list[int]:
        """For each path, its count and those of all its descendants."""
        totals = [counts.get(path, 0) for path in range(len(self.children))]
        for path in reversed(range(len(totals))):
            totals[path] += sum(totals[child] for child in self.children[path])
        return totals
