"""The plainest randomised strategy: at every step, any enabled goroutine with equal chance.

Under the idle clock the draw is uniform over the goroutines that can move, then over the alternatives of the one
drawn; under the adversarial clock it is uniform over the transitions, timers included.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from harness.model.operation import Transition
from harness.search.options import derived, whole_number


class RandomWalk:
    """Independent uniform walks, all drawn from `seed`."""

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = whole_number(seed, "a seed")
        self.random: Callable[[], float] = random.Random(seed).random

    def begin(self) -> bool:
        """There is always another walk."""
        return True

    def choose(self, enabled: Sequence[Transition]) -> int:
        """Any."""
        return int(self.random() * len(enabled))

    def end(self) -> None:
        """Nothing to remember."""

    def block(self, number: int) -> RandomWalk:
        """For the part of a search with this number: itself for the first, and a fresh one for every other."""
        return RandomWalk(seed=derived(self.seed, number)) if number else self

    def __repr__(self) -> str:
        return f"RandomWalk(seed={self.seed})"
