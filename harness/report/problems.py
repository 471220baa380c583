"""From a matrix, or a matrix and its changes since a baseline, to the problems that are told elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from harness.model.baseline import NEW, WORSE, Baseline, Change, standing
from harness.model.problem import Problem
from harness.model.verdict import Cell, Matrix, Verdict
from harness.report.findings import Finding, findings
from harness.report.gate import MEANINGS, alike, evidence_of, gist

RULES = {
    "gate/toothless": "the harness finds what there is to be found in handlers of which that is known",
    "gate/broken": "whatever is in the baseline can be loaded",
    "gate/worse": "no verdict is worse than in the baseline",
    "gate/lost": "a known bug is still found",
    "gate/shrank": "no proof covers less than before",
    "gate/vanished": "nothing vanishes from the baseline",
}


def problems_of(matrix: Matrix) -> tuple[Problem, ...]:
    """Of a verification: what is violated or left open, and what holds and was expected not to."""
    return tuple(map(_finding, findings(matrix)))


def gate_problems(changes: Sequence[Change], matrix: Matrix, before: Baseline) -> tuple[Problem, ...]:
    """Of a gate: what fails it, and the violations that do not: those that are new, and those that are known."""
    failing = [_changed(change, faults, matrix) for change, faults in alike([c for c in changes if c.fails])]
    told = {(c.design, c.fault, c.property) for c in changes if c.kind == WORSE and evidence_of(c, matrix) is not None}
    seen = [v for v in matrix.verdicts if v.token and (v.design, v.fault, v.property) not in told]
    new = [verdict for verdict in seen if standing(verdict, before) == NEW]
    known = [verdict for verdict in seen if verdict not in new]
    return *failing, *_seen(new, True), *_seen(known, False)


def _seen(verdicts: Sequence[Verdict], new: bool) -> Iterator[Problem]:
    """Violations that fail nothing."""
    cells = tuple(Cell(verdict.design, verdict.fault, verdict.executions, (verdict,)) for verdict in verdicts)
    for finding in findings(Matrix(cells)):
        yield dataclasses.replace(_about(finding.example, False, finding.example.message, finding.faults), new=new)


def _finding(finding: Finding) -> Problem:
    verdict = finding.example
    message = verdict.message
    if not verdict.as_expected:
        expected = f"{verdict.verdict}, expected {verdict.expected}"
        message = f"{expected}: {message}" if message else expected
    return _about(verdict, not verdict.as_expected, message or verdict.verdict, finding.faults)


def _changed(change: Change, faults: tuple[str, ...], matrix: Matrix) -> Problem:
    told = gist(change)
    verdict = evidence_of(change, matrix)
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
