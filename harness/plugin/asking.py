"""Putting a test's question, and what comes back."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from harness.model.answers import Inconclusive, Passed, Proof
from harness.model.bounds import bounds, cut_short, limit_reached
from harness.model.errors import HarnessError, Panic
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


class Left(HarnessError):
    """The test has left, with `error`; not the mistake of an oracle."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        super().__init__(error)


def no_exception(execution: Execution) -> str | None:
    """The test's own assertions hold: no goroutine ends with an exception that is no panic of Go's."""
    outcome = execution.outcome
    if not isinstance(outcome, Panicked) or isinstance(outcome.error, Panic) or outcome.error is None:
        return None
    place = raised_at(outcome.error)
    where = f" at {place}" if place else ""
    return f"{outcome.goroutine} raised {type(outcome.error).__name__}{where}"


class Tally:
    """An oracle that never objects: it counts, and lets a test leave. `digests` are the classes seen, if looked at."""

    def __init__(self) -> None:
        self.executions = 0
        self.cut_off = 0
        self.digests: frozenset[int] = frozenset()

    def __call__(self, execution: Execution) -> None:
        """Take note.

        Raises:
            Left: the test did.
        """
        outcome = execution.outcome
        if isinstance(outcome, Panicked) and isinstance(outcome.error, LEAVING):
            raise Left(outcome.error)
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
    passed = check(program, strategy=question.strategy, executions=question.executions, **options)
    tally.digests = passed.digests
    if passed.cut_off and passed.cut_off == passed.executions:  # as a proof: nothing is known of how the test ends
        raise Inconclusive(_cut_short(question, passed.cut_off), passed.executions)
    return passed


def settings_of(question: Question) -> Settings:
    """The settings under which the executions are."""
    return Settings(**{name: value for name, value in question.settings.items() if name != "patience"})


def _cut_short(question: Question, executions: int) -> str:
    return cut_short(executions, settings_of(question).max_steps)


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
    if tally.cut_off:
        raise Inconclusive(_cut_short(question, tally.cut_off), passed.executions)
    if passed.counted == passed.executions:
        tally.digests = passed.digests
    within = f"{bounds(settings_of(question))}; each schedule was executed"
    return Proof(passed.executions, 0, frozenset(found), within, passed.warnings)
