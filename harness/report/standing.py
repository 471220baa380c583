"""How a verdict stands to what it is compared with: the authors' expectations, or in a gate its baseline."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from harness.model.baseline import CHANGED, KNOWN, NEW
from harness.model.verdict import HOLDS, Cell, Verdict

Standing: TypeAlias = Callable[[Verdict], str]
"""From a verdict to its standing, in words."""

EXPECTED, UNEXPECTED = "as expected", "not expected"
TELLING = (UNEXPECTED, CHANGED, NEW)


def by_expectation(verdict: Verdict) -> str:
    """Is it as the authors of the design expect?"""
    return EXPECTED if verdict.as_expected else UNEXPECTED


def standing_of(cell: Cell, standing: Standing) -> str:
    """Of the whole cell: what is to be told about it first; empty if that is nothing."""
    found = {standing(verdict) for verdict in cell.verdicts}
    telling = next((words for words in TELLING if words in found), "")
    return telling or (KNOWN if KNOWN in found and cell.worst != HOLDS else "")
