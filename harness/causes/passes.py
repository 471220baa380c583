"""What it is for an execution to pass, seen from one that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from harness.model.execution import Execution
from harness.model.outcome import Returned
from harness.search.campaign import Oracle

Passes: TypeAlias = Callable[[Execution], bool]


def passes(oracle: Oracle) -> Passes:
    """Whether an execution is as it should be: main returns, and the oracle does not object.

    One that ends in a panic or a deadlock, or is cut off, does not pass: most oracles have nothing to say about it, so
    it would be a poor example of how things go well.
    """
    return lambda execution: isinstance(execution.outcome, Returned) and oracle(execution) is None
