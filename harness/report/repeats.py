"""What is shown of a long execution: of steps that repeat to its end one round, and of what is left the two ends."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

from harness.report.text import count

LIMIT = 120
"""Steps that are shown in a terminal."""
LONGEST_ROUND = 24
ROUNDS = 3
LEAST = 12  # steps; fewer are no burden

Each = TypeVar("Each")


def round_at_end(keys: Sequence[Hashable]) -> tuple[int, int] | None:
    """Where the steps begin that repeat to the end, and how many make a round; None if they do not."""
    for period in range(1, min(LONGEST_ROUND, len(keys) // ROUNDS) + 1):
        start = len(keys) - period
        while start and keys[start - 1] == keys[start - 1 + period]:
            start -= 1
        if len(keys) - start >= max(ROUNDS * period, LEAST):
            return start, period
    return None


def once(steps: Sequence[Each], keys: Sequence[Hashable]) -> tuple[Sequence[Each], str]:
    """The steps with one of the rounds that repeat to the end; and what to say of the others, if there are any."""
    found = round_at_end(keys)
    if found is None:
        return steps, ""
    shown = sum(found)
    these = "this step repeats" if found[1] == 1 else f"these {found[1]} steps repeat"
    return steps[:shown], f"{these} to the end: {count(len(steps) - shown, 'more step')}, not shown"


def ends(steps: Sequence[Each], limit: int) -> tuple[Sequence[Each], Sequence[Each]]:
    """The first and the last ones, more of the last, where it is decided; all are among the first if they are few."""
    if len(steps) <= limit:
        return steps, steps[:0]
    first = limit // 3
    return steps[:first], steps[len(steps) - (limit - first) :]
