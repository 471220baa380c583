"""Why a test fails, for the files that are written about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from harness.causes.causes import with_causes
from harness.explain.account import explanation_of
from harness.explain.grounds import grounds_of
from harness.model.answers import Counterexample
from harness.model.errors import HarnessError
from harness.model.explanation import Explanation
from harness.report.explain import paragraph_of
from harness.runtime.execute import Subject
from harness.search.campaign import Oracle, name_of

EXECUTIONS = 200
"""How many are looked at for the causes: a test may be slow."""


def seen(found: Counterexample, program: str) -> Explanation:
    """What the counterexample's own execution shows."""
    explanation = explanation_of(found, program=program)
    return told(replace(explanation, grounds=grounds_of(found.execution, found.oracle)))


def searched(found: Counterexample, program: Any, oracles: Iterable[Oracle]) -> Explanation:
    """The same with its causes, as far as running the test again tells them, while its fixtures are there."""
    known = seen(found, program.reference)
    judge = next((oracle for oracle in oracles if name_of(oracle) == found.oracle), None)
    if judge is None:
        return known
    try:
        return told(with_causes(known, Subject(program, (), found.execution.settings), judge, limit=EXECUTIONS))
    except HarnessError:  # it does not do again what it did before
        return known


def told(explanation: Explanation) -> Explanation:
    """With the paragraph."""
    return replace(explanation, paragraph=paragraph_of(explanation))
