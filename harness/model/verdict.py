"""What `harness verify` finds: for each design, fault class and property one verdict."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model.bounds import Scope

HOLDS = "holds"
VIOLATED = "violated"
INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What forcing a counterexample on real Go came to.

    Attributes:
        go: the version: "go1.27.3".
        runs: how often it was tried.
        reproduced: how many of the runs went as the counterexample does.
        racy: whether Go's race detector had to object to each of them.
        differs: what the first other run did; empty without one.
    """

    go: str
    runs: int
    reproduced: int
    racy: bool = False
    differs: str = ""

    @builtins.property
    def complete(self) -> bool:
        """Did every run reproduce it?"""
        return self.reproduced == self.runs


@dataclass(frozen=True, slots=True)
class Verdict:
    """One property of one design under one fault class.

    Attributes:
        verdict: "holds" (every schedule of every plan within the bounds), "violated", or "inconclusive".
        executions: how many executions were explored for it.
        exhaustive: whether that was all of them.
        plan: the plan of the counterexample in its text form; empty without one.
        token: replays the counterexample; empty without one.
        message: the oracle's sentence; empty if the property holds.
        expected: the verdict that the scenario states.
        confirmed: what became of the counterexample on real Go; None if nobody tried.
        violated_under: the plans of the fault class under which the property is violated, as far as was explored.
        minimal: what is known of smaller ones than the counterexample, see `harness.model.answers.Counterexample`.
        oracle: the property, if replaying the token must name it, because another one objects first; else empty.
    """

    design: str
    fault: str
    property: str
    verdict: str
    executions: int
    exhaustive: bool
    plan: str
    token: str
    message: str
    expected: str
    confirmed: Confirmation | None = None
    violated_under: tuple[str, ...] = ()
    minimal: str = ""
    oracle: str = ""

    @builtins.property
    def as_expected(self) -> bool:
        """Does the finding equal the scenario's expectation?"""
        return self.verdict == self.expected


@dataclass(frozen=True, slots=True)
class Cell:
    """All verdicts of one design under one fault class; `executions` counts every execution once."""

    design: str
    fault: str
    executions: int
    verdicts: tuple[Verdict, ...]

    @property
    def worst(self) -> str:
        """violated, else inconclusive, else holds."""
        found = {verdict.verdict for verdict in self.verdicts}
        return next((name for name in (VIOLATED, INCONCLUSIVE) if name in found), HOLDS)

    @property
    def as_expected(self) -> bool:
        """Does every finding equal the scenario's expectation?"""
        return all(verdict.as_expected for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The result of one `harness verify`.

    Attributes:
        cells: in the order of the designs, then of the fault classes.
        bounds: within what the verdicts hold: name to text, and per fault class the plans in words.
        stories: one line about each design.
        scopes: the same bounds as values, fault class by fault class.
    """

    cells: tuple[Cell, ...]
    bounds: Mapping[str, str] = field(default_factory=dict)
    stories: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[str, Scope] = field(default_factory=dict)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Of all cells."""
        return tuple(verdict for cell in self.cells for verdict in cell.verdicts)

    @property
    def designs(self) -> tuple[str, ...]:
        """Their names, each once."""
        return tuple(dict.fromkeys(cell.design for cell in self.cells))

    @property
    def faults(self) -> tuple[str, ...]:
        """The names of the fault classes, each once."""
        return tuple(dict.fromkeys(cell.fault for cell in self.cells))

    @property
    def as_expected(self) -> bool:
        """Does every finding equal the scenarios' expectations?"""
        return all(cell.as_expected for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, where it was made, and what the harness found about it.

    Attributes:
        name: a short identifier.
        source: where the statement stands.
        statement: the statement.
        finding: "confirmed", "refuted", or "holds if ..." naming the precondition.
        evidence: what was explored or found, in a sentence.
        token: replays the counterexample, where there is one.
    """

    name: str
    source: str
    statement: str
    finding: str
    evidence: str
    token: str = ""
