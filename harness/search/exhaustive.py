"""Naive depth-first search over all schedules: complete, without reduction; the slow twin of every reduction.

The state is the current path through the tree of choices: for every decision the index taken and what was on
offer. Going on means advancing the last decision that has an alternative left.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.errors import NondeterministicProgram
from harness.model.operation import Transition
from harness.runtime.fast import Decision, decision


class Exhaustive:
    """Every schedule exactly once, in lexicographic order.

    Raises (from `choose`):
        NondeterministicProgram: a path that was taken before now offers something else.
    """

    def __init__(self) -> None:
        self.path: list[int] = []
        self.offers: list[list[Decision]] = []
        self.depth = 0
        self.begun = False

    def begin(self) -> bool:
        """Advance to the next path."""
        self.depth = 0
        if not self.begun:
            self.begun = True
            return True
        path, offers = self.path, self.offers
        while path and path[-1] + 1 == len(offers[-1]):
            path.pop()
            offers.pop()
        if not path:
            return False
        path[-1] += 1
        return True

    def choose(self, enabled: Sequence[Transition]) -> int:
        """Follow the path; beyond its end, take the first alternative."""
        depth = self.depth
        self.depth = depth + 1
        offer = [decision(transition) for transition in enabled]
        if depth == len(self.path):
            self.path.append(0)
            self.offers.append(offer)
            return 0
        if self.offers[depth] != offer:
            raise NondeterministicProgram(_difference(depth, self.offers[depth], enabled))
        return self.path[depth]

    def end(self) -> None:
        """Nothing to do: `begin` advances.

        Raises:
            NondeterministicProgram: the execution ended before the path did.
        """
        if self.depth < len(self.path):
            raise NondeterministicProgram(
                f"on running the same choices again, the execution ended after {self.depth} decisions instead of "
                f"{len(self.path)} or more"
            )

    def __repr__(self) -> str:
        return "Exhaustive()"


def _difference(depth: int, before: list[Decision], enabled: Sequence[Transition]) -> str:
    names = ", ".join(sorted({str(getattr(t[0], "name", "the clock")) for t in enabled}))
    return (
        f"on running the same choices again, decision {depth} offers {len(enabled)} transitions (of {names}) "
        f"that are not the {len(before)} offered before"
    )
