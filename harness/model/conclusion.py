"""What follows from replaying a token, once the oracles have been asked.

That nobody objects in a program that has been edited says little: an operation more, or another goroutine of the same
name, and the order means something else. So "fixed" is said only where every choice was made in the same steps again.
"""

from __future__ import annotations

from harness.model.execution import Execution
from harness.model.order import DECIDED, EXACTLY, WHOLE

SAME, STILL, FIXED = "same failure", "still fails", "fixed"
PASSES = "passes"
"""It is the execution that the token was made of, and who objected to it has not been asked."""
DIVERGED, OPEN = "diverged", "no conclusion"


def conclusion(execution: Execution, objected: bool) -> str:
    """One of the above, of a replayed execution to which some oracle has `objected`, or none."""
    if objected:
        return SAME if execution.kept == WHOLE else STILL
    if execution.missed:
        return DIVERGED
    if execution.replayed == EXACTLY:
        return PASSES
    return FIXED if execution.kept == DECIDED else OPEN
