"""Probabilistic concurrency testing: random priorities, and a few random points at which one is lowered.

S. Burckhardt, P. Kothari, M. Musuvathi, S. Nagarakatte: "A Randomized Scheduler with Probabilistic Guarantees of
Finding Bugs" (ASPLOS 2010). The enabled goroutine with the highest priority runs; at depth - 1 random steps the one
about to run falls behind all others. A bug that needs `depth` ordering constraints shows with a probability of at least
1 / (n * k ** (depth - 1)) for n goroutines and k steps. Here k counts the steps that have a choice.

Unlike in the paper, programs here yield and spin. A goroutine that yields draws a new priority: were it to fall behind
the others for good, as is customary, then nobody could overtake one that yields before its only step. And when an
execution is much longer than others were, everybody draws anew, again and again: whoever waits in a busy loop for
somebody with a lower priority, or whoever is fed by it, must not run for ever.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from harness.model.operation import Transition
from harness.primitives.choice import YIELDS
from harness.search.options import derived, whole_number

PATIENCE = 100


class PCT:
    """Random priorities, lowered at `depth` - 1 random steps."""

    def __init__(self, *, depth: int = 3, seed: int = 0) -> None:
        self.depth = whole_number(depth, "a depth", 1)
        self.seed = whole_number(seed, "a seed")
        self.draw = random.Random(seed).random
        self.longest = 1
        self.shortest = 0
        self.steps = 0
        self.lowering: list[int] = []
        self.patience = PATIENCE
        self.restless = 0
        self.attention = 0
        self.priority: dict[Any, float] = {}

    def begin(self) -> bool:
        """There is always another execution."""
        self.steps = 0
        self.patience = self.restless = 2 * self.shortest + PATIENCE
        self.lowering = sorted(1 + int(self.draw() * self.longest) for _ in range(self.depth - 1))
        self.attention = min([self.restless, *self.lowering[:1]])
        return True

    def choose(self, enabled: Sequence[Transition]) -> int:
        """The highest priority; of two that meet, the higher one counts."""
        self.steps += 1
        if self.steps == self.attention:
            self.attend(enabled)
        index = self.highest(enabled)
        taken = enabled[index]
        if len(taken) == 2 and taken[0].operation[0] in YIELDS:
            self.priority[taken[0]] = self.draw()
        return index

    def highest(self, enabled: Sequence[Transition]) -> int:
        """Of its alternatives, each with equal chance."""
        priority = self.priority
        best, found, ways = -2.0, 0, 1
        try:
            for index, transition in enumerate(enabled):
                own = priority[transition[0]]
                if len(transition) == 4 and priority[transition[2]] > own:
                    own = priority[transition[2]]
                if own > best:
                    best, found, ways = own, index, 1
                elif own == best:
                    ways += 1
                    if self.draw() * ways < 1:
                        found = index
        except KeyError:
            self.meet(enabled)
            return self.highest(enabled)
        return found

    def meet(self, enabled: Sequence[Transition]) -> None:
        """Somebody has come up for the first time. A tick, which is new each time, is known by its key."""
        for transition in enabled:
            for owner in transition[::2]:
                if owner not in self.priority:
                    key = getattr(owner, "key", owner)
                    self.priority[owner] = self.priority.setdefault(key, self.draw())

    def attend(self, enabled: Sequence[Transition]) -> None:
        """This is a step at which priorities change."""
        if self.steps == self.restless:
            self.priority = {owner: self.draw() for owner in self.priority}
            self.restless += self.patience
        while self.lowering and self.lowering[0] == self.steps:
            self.lowering.pop(0)
            self.lower(enabled[self.highest(enabled)])
        self.attention = min([self.restless, *self.lowering[:1]])

    def lower(self, transition: Transition) -> None:
        """Whoever was about to run falls behind all that were never lowered, in random order among the others."""
        owner = max(transition[::2], key=self.priority.__getitem__)
        self.priority[owner] = self.draw() - 1

    def end(self) -> None:
        """Remember how long it was; keep nothing of the execution alive."""
        self.priority.clear()
        self.longest = max(self.longest, self.steps)
        self.shortest = min(self.shortest or self.steps, self.steps)

    def block(self, number: int) -> PCT:
        """For the part of a search with this number: itself for the first, and a fresh one for every other."""
        return PCT(depth=self.depth, seed=derived(self.seed, number)) if number else self

    def __repr__(self) -> str:
        return f"PCT(depth={self.depth}, seed={self.seed})"
