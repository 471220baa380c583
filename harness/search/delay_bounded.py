"""Delay-bounded scheduling: a deterministic round-robin scheduler, and a few random deviations from it.

M. Emmi, S. Qadeer, Z. Rakamaric: "Delay-Bounded Scheduling" (POPL 2011). Undisturbed, a goroutine runs until it blocks,
yields or ends, and then the next one in the order of creation does. A delay passes over the transition that would come
next, a case of a select for example. The number of schedules with d delays does not depend on the number of
goroutines, and many bugs need only one or two. As nobody takes turns here by themselves, whoever has run for `PATIENCE`
steps in a row is made to yield, so that a busy loop ends.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from harness.model.operation import Transition
from harness.primitives.choice import YIELDS
from harness.search.options import derived, whole_number

PATIENCE = 100


class DelayBounded:
    """Round robin, but for at most `delays` random deviations."""

    def __init__(self, *, delays: int = 2, seed: int = 0) -> None:
        self.delays = whole_number(delays, "the number of delays", 0)
        self.seed = whole_number(seed, "a seed")
        self.draw = random.Random(seed).random
        self.longest = 1
        self.steps = 0
        self.turn = 0
        self.stretch = 0
        self.places: list[int] = []

    def begin(self) -> bool:
        """There is always another execution."""
        self.steps = self.turn = self.stretch = 0
        self.places = [int(self.draw() * self.longest) for _ in range(self.delays)]
        return True

    def choose(self, enabled: Sequence[Transition]) -> int:
        """Whose turn it is; after that, the next in order that can move. Timers come last."""
        index = self.first(enabled)
        if self.steps in self.places:
            index = (index + self.places.count(self.steps)) % len(enabled)
        self.steps += 1
        self.pass_on(enabled[index])
        return index

    def first(self, enabled: Sequence[Transition]) -> int:
        """The first transition of whose turn it is, in the canonical order and round to its beginning."""
        for index, transition in enumerate(enabled):
            if len(transition) == 1 or transition[0].serial >= self.turn:
                return index
        return 0

    def pass_on(self, taken: Transition) -> None:
        """Whose turn it is after this step."""
        if len(taken) == 1:
            return
        serial = taken[0].serial
        self.stretch = self.stretch + 1 if serial == self.turn else 1
        self.turn = serial
        if self.stretch == PATIENCE or (len(taken) == 2 and taken[0].operation[0] in YIELDS):
            self.turn += 1

    def end(self) -> None:
        """Remember how long it was."""
        self.longest = max(self.longest, self.steps)

    def block(self, number: int) -> DelayBounded:
        """For the part of a search with this number: itself for the first, and a fresh one for every other."""
        return DelayBounded(delays=self.delays, seed=derived(self.seed, number)) if number else self

    def __repr__(self) -> str:
        return f"DelayBounded(delays={self.delays}, seed={self.seed})"
