"""Whether the gate notices: what it objects to when a design, an oracle or the search is not what it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from harness.model.baseline import Baseline, Change, baseline_of, compare
from harness.model.baseline_json import parse_baseline
from harness.model.verdict import HOLDS, INCONCLUSIVE, VIOLATED, Matrix
from harness.search.campaign import Oracle
from harness.stream import FAULT_CLASSES, Design, verify_cell
from tests.teeth.mutant import Mutant, mutated

COMMITTED = Path(__file__).parents[2] / "reports" / "baseline.json"
FAULTS = {fault.name: fault for fault in FAULT_CLASSES}
SIGNS = {VIOLATED: "", HOLDS: "-", INCONCLUSIVE: "?", "": "!"}
Objections = Mapping[str, frozenset[str]]
"""Fault class to what the gate objects to there, written as `Mutant.dies` is."""


def deaf(execution: Any) -> None:
    """An oracle that objects to nothing."""


def touchy(execution: Any) -> str:
    """An oracle that objects to everything."""
    return "whatever it is, it is wrong"


@cache
def committed() -> Baseline:
    """What the gate compares with."""
    return parse_baseline(COMMITTED.read_text("utf-8"))


def changes(
    design: Design, faults: Iterable[str], properties: Mapping[str, Oracle] | None = None
) -> tuple[Change, ...]:
    """What the gate says of a design of the baseline, as it is now, under some of the fault classes."""
    chosen = {name: FAULTS[name] for name in faults}
    cells = tuple(verify_cell(design, fault, properties) for fault in chosen.values())
    found = baseline_of(Matrix(cells, scopes={name: fault.scope for name, fault in chosen.items()}))
    return compare(committed().part(lambda name, fault: name == design.name and fault in chosen), found)


def objections(design: Design, faults: Iterable[str], properties: Mapping[str, Oracle] | None = None) -> Objections:
    """What fails the gate, by fault class, with the signs of `Mutant.dies`; with an exclamation mark, a property that
    nobody asks about any more."""
    found: dict[str, set[str]] = {}
    for change in changes(design, faults, properties):
        if change.fails:
            found.setdefault(change.fault, set()).add(sign(change) + change.property)
    return {fault: frozenset(names) for fault, names in found.items()}


def sign(change: Change) -> str:
    """What precedes the property: see `Mutant.dies`."""
    verdict, under, _ = change.after.partition(" under ")
    if under:
        return ">" if verdict == VIOLATED else "<"
    return SIGNS[verdict.partition(",")[0]]


def killed_by(mutant: Mutant) -> Objections:
    """What the gate objects to where the mutant is to die; if it lives there, in the first other class."""
    design = mutated(mutant)
    found = objections(design, mutant.dies) if mutant.dies else {}
    others = (fault for fault in FAULTS if fault not in mutant.dies)
    while not found and (fault := next(others, "")):
        found = objections(design, [fault])
    return found
