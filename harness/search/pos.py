"""Partial order sampling: every pending operation has a random priority, and those that lose a race draw it anew.

X. Yuan, J. Yang, R. Gu: "Partial Order Aware Concurrency Sampling" (CAV 2018). A random walk likes the partial orders
that many schedules show; drawing anew the priorities of those that have just lost a race evens this out. An operation
with several ways has one priority; each way has equal chance.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from harness.model.dependence import LABELS, same_state_dependent
from harness.model.operation import SINGLE, Transition
from harness.primitives.select import footprint
from harness.search.options import derived, whole_number

CONFLICTING = [
    sum(1 << other for other in range(len(LABELS)) if same_state_dependent(((None, label),), ((None, other),)))
    for label in range(len(LABELS))
]
"""For each label, those that conflict with it at one object if both steps are enabled, as bits."""


class POS:
    """Random priorities; whoever depends on the step taken draws a new one."""

    always = True

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = whole_number(seed, "a seed")
        self.draw = random.Random(seed).random
        self.priority: dict[Any, float] = {}

    def begin(self) -> bool:
        """There is always another execution."""
        return True

    def choose(self, enabled: Sequence[Transition]) -> int:
        """The highest priority; asked for every step, because any step may conflict with what is pending."""
        priority = self.priority
        best, found, index, ways = -1.0, 0, -1, 1
        try:
            for transition in enabled:
                index += 1
                own = priority[transition[0]]
                if own > best:
                    best, found, ways = own, index, 1
                elif own == best:  # another way of the same goroutine
                    ways += 1
                    if self.draw() * ways < 1:
                        found = index
        except KeyError:
            self.meet(enabled)
            return self.choose(enabled)
        self.redraw(enabled, enabled[found])
        return found

    def meet(self, enabled: Sequence[Transition]) -> None:
        """Somebody has come up for the first time. A tick, which is new each time, is known by its key."""
        for owner, *_ in enabled:
            if owner not in self.priority:
                key = getattr(owner, "key", owner)
                self.priority[owner] = self.priority.setdefault(key, self.draw())

    def redraw(self, enabled: Sequence[Transition], taken: Transition) -> None:
        """Draw anew for all that depends on the step: for what it may disable, and for what comes after it."""
        own = footprint(taken)
        touched, conflicting = (own[0][0], CONFLICTING[own[0][1]]) if len(own) == 1 else (None, 0)
        if len(taken) == 4:
            self.priority[taken[2]] = self.draw()
        first, simple = taken[0], len(own) < 2
        for transition in enabled:
            owner = transition[0]
            if owner is first:
                self.priority[owner] = self.draw()
                continue
            if simple and len(transition) == 2:  # the commonest case, with fewer calls
                operation = owner.operation
                if operation[1] is touched:
                    other = operation[0].footprint(operation, SINGLE)
                    if conflicting >> other[0][1] & 1 if len(other) == 1 else same_state_dependent(own, other):
                        self.priority[owner] = self.draw()
                    continue
                if operation[0].plain:
                    continue
            if same_state_dependent(own, footprint(transition)):
                self.priority[owner] = self.draw()

    def end(self) -> None:
        """Keep nothing of the execution alive."""
        self.priority.clear()

    def block(self, number: int) -> POS:
        """For the part of a search with this number: itself for the first, and a fresh one for every other."""
        return POS(seed=derived(self.seed, number)) if number else self

    def __repr__(self) -> str:
        return f"POS(seed={self.seed})"
