"""A portfolio: strategies that miss different bugs take turns, and learn from the same executions.

Whoever must be delayed for long, PCT of depth 1 delays with a probability that does not depend on how long; of bugs
with many ordering constraints it finds none, and uniform walks find them easily. Twelve executions are four of PCT
(depths 1, 2, 1 and 3), four uniform walks and four selective ones. PCT comes first because it needs no counts, and its
executions are counted, too: the second walk knows already how long the goroutines are.
"""

from __future__ import annotations

import random
from typing import TypeAlias

from harness.search.census import Census
from harness.search.options import derived, whole_number
from harness.search.pct import PCT
from harness.search.strategy import Choose
from harness.search.uniform_random_walk import UniformRandomWalk

Part: TypeAlias = UniformRandomWalk | PCT


class Mixed:
    """PCT, uniform walks and selective ones in turns: what to begin with.

    `always` is set where the walk, or the census, counts every step.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = whole_number(seed, "a seed")
        seeds = random.Random(seed)
        self.census = Census()
        uniform, selective = (
            UniformRandomWalk(seed=seeds.getrandbits(64), selective=selective, census=self.census)
            for selective in (False, True)
        )
        one, two, three = (PCT(depth=depth, seed=seeds.getrandbits(64)) for depth in (1, 2, 3))
        self.parts: tuple[Part, ...] = tuple(
            part for priorities in (one, two, one, three) for part in (priorities, uniform, selective)
        )
        self.turn = -1
        self.part = self.parts[0]
        self.always = True
        self.choose: Choose = self.part.choose

    def begin(self) -> bool:
        """It is the next one's turn."""
        self.turn = (self.turn + 1) % len(self.parts)
        self.part = self.parts[self.turn]
        self.part.begin()
        self.always = counts = isinstance(self.part, UniformRandomWalk)
        self.choose = self.part.choose
        if self.census.learning:
            self.always, self.choose = True, self.census.noting(self.part.choose, counts)
        return True

    def end(self) -> None:
        """The execution is over."""
        self.part.end()
        self.census.end()

    def block(self, number: int) -> Mixed:
        """For the part of a search with this number: itself for the first, and a fresh one for every other."""
        return Mixed(seed=derived(self.seed, number)) if number else self

    def __repr__(self) -> str:
        return f"Mixed(seed={self.seed})"
