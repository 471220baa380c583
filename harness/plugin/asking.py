"""Putting a test's question, and what comes back."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from harness.model.answers import Inconclusive, Passed, Proof
from harness.model.bounds import bounds, cut_short, limit_reached
from harness.model.errors import Panic
from harness.model.execution import Execution, Settings
from harness.model.outcome import CutOff, Panicked, outcome_value
from harness.model.place import raised_at
from harness.plugin.question import Question
from harness.search.exhaustive import Exhaustive
from harness.search.preemption_bounded import PreemptionBounded
from harness.verify import check, prove

Answer: TypeAlias = Passed | Proof

LEAVING = (pytest.skip.Exception, pytest.xfail.Exception, pytest.exit.Exception)
"""How a test says that it has nothing to say: no verdict, so they go to pytest as they are."""


def no_exception(execution: Execution) -> str | None:
    """The test's own assertions hold: no goroutine ends with an exception that is no panic of Go's."""
    outcome = execution.outcome
    if not isinstance(outcome, Panicked) or isinstance(outcome.error, Panic) or outcome.error is None:
        return None
    place = raised_at(outcome.error)
    where = f" at {place}" if place else ""
    return f"{outcome.goroutine} raised {type(outcome.error).__name__}{where}"


class Tally:
    """An oracle that never objects: it counts, and lets a test leave."""

    def __init__(self) -> None:
        self.executions = 0
        self.cut_off = 0

    def __call__(self, execution: Execution) -> None:
        """Take note.

        Raises:
            pytest.skip.Exception, pytest.xfail.Exception, pytest.exit.Exception: the test did.
        """
        outcome = execution.outcome
        if isinstance(outcome, Panicked) and isinstance(outcome.error, LEAVING):
            raise outcome.error
        self.executions += 1
        self.cut_off += isinstance(outcome, CutOff)


def ask(program: Any, question: Question, tally: Tally, warn: bool) -> Answer:
    """The answer; with warnings if `warn`.

    Raises:
        Falsified, Inconclusive: it is no.
        HarnessError: the test cannot be explored.
    """
    options: dict[str, Any] = {**question.settings, "canary": warn}
    options["oracles"] = (tally, no_exception, *question.oracles)
    if isinstance(question.strategy, Exhaustive):
        return _one_by_one(program, question, tally, options)
    if question.proves:
        most = question.strategy.preemptions if isinstance(question.strategy, PreemptionBounded) else None
        return prove(program, max_executions=question.executions, max_preemptions=most, **options)
    return check(program, strategy=question.strategy, executions=question.executions, **options)


def _one_by_one(program: Any, question: Question, tally: Tally, options: dict[str, Any]) -> Proof:
    """What `prove` answers, by looking at every schedule."""
    found: set[Any] = set()

    def noting(execution: Execution) -> None:
        found.add(outcome_value(execution.outcome))

    most = question.executions
    options["oracles"] = (*options["oracles"], noting)
    passed = check(program, strategy=question.strategy, executions=most, **options)
    if passed.executions == most and question.strategy.begin():
        raise Inconclusive(limit_reached(most), most)
    settings = Settings(**{name: value for name, value in question.settings.items() if name != "patience"})
    if tally.cut_off:
        raise Inconclusive(cut_short(tally.cut_off, settings.max_steps), passed.executions)
    return Proof(
        passed.executions, 0, frozenset(found), f"{bounds(settings)}; each schedule was executed", passed.warnings
    )
