"""Why a counterexample fails, for whoever asks for it: `harness explain`, the pages, `prove` and `check --explain`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from harness.causes.causes import EXECUTIONS, with_causes
from harness.explain.account import explanation_of
from harness.model.answers import Counterexample
from harness.model.explanation import Explanation
from harness.report.explain import paragraph_of
from harness.runtime.execute import Subject
from harness.runtime.watchdog import PATIENCE, guarded
from harness.search.campaign import Oracle, name_of
from harness.search.programs import reference_of


def explained(
    program: Callable[..., Any],
    found: Counterexample,
    oracles: Sequence[Oracle],
    *,
    patience: float = PATIENCE,
    executions: int = EXECUTIONS,
) -> Explanation:
    """The counterexample with its causes and a paragraph, as far as looking at so many `executions` tells; of one that
    none of the `oracles` objects to, only what its own execution shows."""
    plan = str(getattr(program, "plan", ""))
    explanation = explanation_of(found, program=reference_of(program), plan=plan)
    judge = next((oracle for oracle in oracles if name_of(oracle) == found.oracle), None)
    if judge is not None and executions:
        subject = Subject(program, (), found.execution.settings)
        with guarded(patience):
            explanation = with_causes(explanation, subject, judge, limit=executions, others=oracles)
    return replace(explanation, paragraph=paragraph_of(explanation))
