"""From a matrix, or a matrix and its changes since a baseline, to the problems that are told elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from harness.model.baseline import NEW, WORSE, Change
from harness.model.problem import Problem
from harness.model.verdict import Matrix, Verdict
from harness.report.findings import Finding, findings
from harness.report.gate import MEANINGS, alike, sentence, verdict_of

RULES = {
    "gate/toothless": "the harness finds what there is to be found in handlers of which that is known",
    "gate/lost": "a known bug is still found",
    "gate/shrank": "no proof covers less than before",
    "gate/vanished": "nothing vanishes from the baseline",
}


def problems_of(matrix: Matrix) -> tuple[Problem, ...]:
    """Of a verification: what is violated or left open, and what holds and was expected not to."""
    return tuple(map(_finding, findings(matrix)))


def gate_problems(changes: Sequence[Change], matrix: Matrix) -> tuple[Problem, ...]:
    """Of a gate: what fails it, and, as known, the violations that were there before."""
    failing = [_changed(change, faults, matrix) for change, faults in alike([c for c in changes if c.fails])]
    fresh = {(c.design, c.fault, c.property) for c in changes if c.kind in (WORSE, NEW)}
    known = [
        dataclasses.replace(problem, fails=False, faults=faults)
        for problem in problems_of(matrix)
        if problem.token
        if (faults := tuple(f for f in problem.faults if (problem.design, f, problem.property) not in fresh))
    ]
    return *failing, *known


def _finding(finding: Finding) -> Problem:
    verdict = finding.example
    message = verdict.message
    if not verdict.as_expected:
        expected = f"{verdict.verdict}, expected {verdict.expected}"
        message = f"{expected}: {message}" if message else expected
    return _about(verdict, not verdict.as_expected, message or verdict.verdict, finding.faults)


def _changed(change: Change, faults: tuple[str, ...], matrix: Matrix) -> Problem:
    told = sentence(change, faults)
    verdict = verdict_of(change, matrix)
    if change.kind == WORSE and verdict is not None:
        return _about(verdict, True, f"{told}: {verdict.message}" if verdict.message else told, faults)
    rule = f"gate/{change.kind}"
    assert rule in RULES
    message = f"{told}. {MEANINGS[change.kind]}" if change.kind in MEANINGS else told
    return Problem(rule, True, message, change.design, faults, change.property)


def _about(verdict: Verdict, fails: bool, message: str, faults: tuple[str, ...]) -> Problem:
    name = verdict.property
    return Problem(
        name, fails, message, verdict.design, faults, name, verdict.plan, verdict.token, oracle=verdict.oracle
    )
