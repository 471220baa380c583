"""What it is for an execution to pass, seen from one that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from harness.model.execution import Execution
from harness.model.outcome import Returned
from harness.search.campaign import Oracle

Passes: TypeAlias = Callable[[Execution], bool]

STEPS = 200
"""Where executions are limited by number, a longer one counts as several: one for so many steps."""


def cost(execution: Execution) -> int:
    """As how many executions this one counts."""
    return 1 + execution.steps // STEPS


def passes(oracle: Oracle) -> Passes:
    """Whether an execution is as it should be: main returns, and the oracle does not object.

    One that ends in a panic or a deadlock, or is cut off, does not pass: most oracles have nothing to say about it, so
    it would be a poor example of how things go well.
    """
    return lambda execution: isinstance(execution.outcome, Returned) and oracle(execution) is None
