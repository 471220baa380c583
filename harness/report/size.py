"""How small a counterexample is, and whether there may be smaller ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from harness.model.answers import FEWEST_SWITCHES, ONE_MINIMAL, STOPPED_EARLY
from harness.model.explanation import Explanation
from harness.model.trace import Action, judged
from harness.report.text import count

CLOCK = ""
MINIMAL = {
    FEWEST_SWITCHES: "the fewest there can be",
    ONE_MINIMAL: "none can be left out",
    STOPPED_EARLY: "there may be a way with fewer: the search for it was stopped",
}


def sized(steps: int, switches: int, minimal: str) -> str:
    """Numbers, and what is known of smaller ones."""
    size = f"{count(steps, 'step')} and {count(switches, 'context switch', 'context switches')}"
    return size + (f" ({MINIMAL[minimal]})" if minimal in MINIMAL else "")


def size_of(explanation: Explanation) -> str:
    """The same of the execution that fails."""
    trace = judged(explanation.failing.execution.trace)
    return sized(len(trace), switches(trace), explanation.minimal)


def switches(trace: Sequence[Action]) -> int:
    """The steps in which nobody takes part who took part in the one before."""
    taking = [{part.goroutine for part in action.participants} or {CLOCK} for action in trace]
    return sum(1 for before, now in pairwise(taking) if not before & now)
