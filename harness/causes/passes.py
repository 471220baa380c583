"""What it is for an execution to pass, seen from one that fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from harness.model.execution import Execution
from harness.model.outcome import Returned
from harness.search.campaign import Oracle, name_of, objection

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


def passes_all(oracle: Oracle, others: Sequence[Oracle]) -> Passes:
    """Whether an execution passes, and none of the other oracles objects either."""
    well = passes(oracle)
    return lambda execution: well(execution) and objection(execution, others) is None


def objection_of(execution: Execution, others: Sequence[Oracle]) -> tuple[str, str]:
    """The name of the first of them that objects, and its sentence; empty if none does."""
    found = objection(execution, others)
    return (name_of(found[0]), found[1]) if found is not None else ("", "")
