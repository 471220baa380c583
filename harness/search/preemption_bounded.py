"""Every schedule with at most so many preemptions, by depth-first search.

A preemption is a switch away from a goroutine that could have gone on; that it blocks or ends is none (Musuvathi,
Qadeer: Iterative Context Bounding for Systematic Testing of Multithreaded Programs, PLDI 2007). Which way a select or a
choose goes, and when a timer fires, is free. Most bugs need few preemptions, and with them bounded the number of
schedules is polynomial in their length.

It does not reduce: cutting off a reduced search at a bound would leave out more than the schedules beyond it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.model.errors import NondeterministicProgram
from harness.model.operation import Transition
from harness.runtime.fast import Decision, decision
from harness.search.estimate import fraction_seen
from harness.search.options import whole_number


class PreemptionBounded:
    """Every schedule with at most `preemptions` of them, exactly once.

    `bounded` tells whether there were schedules beyond the bound.

    Raises (from `choose`):
        NondeterministicProgram: a path that was taken before now offers something else.
    """

    always = True

    def __init__(self, preemptions: int = 2) -> None:
        self.preemptions = whole_number(preemptions, "preemptions", 0)
        self.bounded = False
        self.path: list[tuple[list[Decision], list[int], int]] = []
        self.depth = 0
        self.used = 0
        self.last: Any = None
        self.begun = False

    def begin(self) -> bool:
        """Advance to the next path."""
        self.depth = self.used = 0
        self.last = None
        if not self.begun:
            self.begun = True
            return True
        while self.path:
            offer, allowed, position = self.path.pop()
            if position + 1 < len(allowed):
                self.path.append((offer, allowed, position + 1))
                return True
        return False

    def choose(self, enabled: Sequence[Transition]) -> int:
        """Follow the path; beyond its end, take the first alternative within the bound."""
        offer = [decision(transition) for transition in enabled]
        if self.depth == len(self.path):
            self.path.append((offer, self.allowed(enabled), 0))
        before, allowed, position = self.path[self.depth]
        if before != offer:
            raise NondeterministicProgram(
                f"on running the same choices again, step {self.depth} offers {len(offer)} transitions that are not "
                f"the {len(before)} offered before"
            )
        index = allowed[position]
        self.depth += 1
        self.used += self.preempts(enabled, index)
        self.last = enabled[index]
        return index

    def end(self) -> None:
        """Nothing to do: `begin` advances."""

    def seen(self) -> float:
        """An estimate of how much has been explored, between 0 and 1."""
        return fraction_seen((position, len(allowed)) for _, allowed, position in self.path)

    def allowed(self, enabled: Sequence[Transition]) -> list[int]:
        """The indices of what may be taken within the bound."""
        indices = range(len(enabled))
        if self.used < self.preemptions:
            return list(indices)
        found = [index for index in indices if not self.preempts(enabled, index)]
        self.bounded |= len(found) < len(enabled)
        return found

    def preempts(self, enabled: Sequence[Transition], index: int) -> bool:
        """Would this take a goroutine's turn away from one that moved last and could go on?"""
        if self.last is None or len(enabled[index]) == 1:
            return False
        movers = self.last[::2] if len(self.last) > 1 else ()
        if any(part in movers for part in enabled[index][::2]):
            return False
        return any(part in movers for transition in enabled if len(transition) > 1 for part in transition[::2])

    def __repr__(self) -> str:
        return f"PreemptionBounded({self.preemptions})"
