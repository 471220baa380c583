"""Following recorded decisions, and noticing when the program no longer offers them."""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.answers import ReplayDiverged
from harness.model.operation import Transition


class Replay:
    """The one execution with these decisions: (index, alternatives) of every step with a choice.

    Raises (from `choose` and `end`):
        ReplayDiverged: the execution asks for more or other decisions than were recorded.
    """

    def __init__(self, decisions: Sequence[tuple[int, int]]) -> None:
        self.decisions = decisions
        self.position = 0
        self.begun = False

    def begin(self) -> bool:
        """Only the first time."""
        first, self.begun = not self.begun, True
        return first

    def choose(self, enabled: Sequence[Transition]) -> int:
        """The recorded index."""
        position = self.position
        if position == len(self.decisions):
            raise ReplayDiverged(
                f"all {position} recorded decisions are used up, but the execution asks for another", position
            )
        index, alternatives = self.decisions[position]
        if alternatives != len(enabled) or index >= alternatives:
            raise ReplayDiverged(
                f"decision {position} was one of {alternatives} transitions, and now there are {len(enabled)}", position
            )
        self.position = position + 1
        return index

    def end(self) -> None:
        """Every decision must have been used."""
        if self.position < len(self.decisions):
            raise ReplayDiverged(
                f"the execution ended after {self.position} of {len(self.decisions)} recorded decisions", self.position
            )

    def __repr__(self) -> str:
        return f"Replay({len(self.decisions)} decisions)"
