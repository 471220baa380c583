"""What is worth telling about a matrix, with like things told once: one `Finding` for many cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.model.verdict import HOLDS, Matrix, Verdict

NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Finding:
    """One property of one design, found alike under several fault classes.

    Attributes:
        example: the verdict under the first of `faults`.
        faults: the fault classes, in the order of the matrix.
    """

    example: Verdict
    faults: tuple[str, ...]


def findings(matrix: Matrix) -> tuple[Finding, ...]:
    """Everything but the properties that hold as expected, in the order of the matrix.

    Alike are sentences with the same words before the first semicolon, where an oracle says what is wrong; numbers
    may differ, and so may the particulars behind the semicolon.
    """
    telling = (v for v in matrix.verdicts if v.verdict != HOLDS or not v.as_expected)
    return _grouped(telling, lambda verdict: NUMBER.sub("#", verdict.message.partition(";")[0]))


def differences(matrix: Matrix) -> tuple[Finding, ...]:
    """The verdicts that are not what the scenario states, whatever their sentences."""
    return _grouped((v for v in matrix.verdicts if not v.as_expected), lambda verdict: "")


def _grouped(verdicts: Iterable[Verdict], gist: Callable[[Verdict], str]) -> tuple[Finding, ...]:
    groups: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in verdicts:
        alike = (verdict.design, verdict.property, verdict.verdict, verdict.expected, gist(verdict))
        groups.setdefault(alike, []).append(verdict)
    return tuple(Finding(group[0], tuple(verdict.fault for verdict in group)) for group in groups.values())
