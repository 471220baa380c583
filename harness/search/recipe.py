"""What tokens stand for, had again and judged: the one way that `replay`, the command line and the plugin go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.model.answers import Falsified, Recipe, ReplayDiverged
from harness.model.execution import Execution
from harness.runtime.execute import Subject
from harness.runtime.watchdog import PATIENCE, guarded
from harness.search.campaign import Oracle, checked_oracles, counterexample, objection
from harness.search.guided import again
from harness.search.programs import check_program

Program = Callable[..., Any]


def replay_recipe(
    program: Program, args: tuple[Any, ...], recipe: Recipe, oracles: Sequence[Oracle], patience: float = PATIENCE
) -> Execution:
    """As `replay`, for a decoded token whose program has been found already."""
    oracles = checked_oracles(oracles)
    execution = execution_of(program, args, recipe, patience)
    with guarded(patience):
        verdict = objection(execution, oracles)
        if verdict is not None:
            subject = Subject(program, args, recipe.settings)
            raise Falsified(counterexample(subject, execution, *verdict, recipe.reference), 1)
    unless_diverged(execution)
    return execution


def execution_of(program: Program, args: tuple[Any, ...], recipe: Recipe, patience: float = PATIENCE) -> Execution:
    """The execution of a decoded token, not judged, and perhaps not what was wanted: see `Execution.missed`.

    Raises:
        ReplayDiverged: the token is of the form `h1.`, and the program does not offer the recorded choices.
    """
    check_program(program, recipe.reference, args)
    with guarded(patience):
        return again(Subject(program, args, recipe.settings), recipe.order)


def unless_diverged(execution: Execution) -> None:
    """Nothing, if an execution to which no oracle objects is the one that its token tells.

    Raises:
        ReplayDiverged: part of the order did not apply.
    """
    if execution.missed:
        first, *others = execution.missed
        reason = f"diverged at step {first.step}, {first.reason}; no oracle objects to what came instead"
        raise ReplayDiverged(reason, first.step, len(others))
