"""What was found once, to be compared with what is found now: verdicts and bounds, no counterexamples.

A counterexample may become smaller without anything having changed, so none is kept. How many executions there were is
exact as long as plans, bounds, design and search are the same, so that any fall is told. It does not fail a gate, for
two of these may change for the better, and nobody can tell from outside: the text of a handler is not all that it
calls, and a harness that needs fewer is a better one. That no class of schedules is left out is for handlers to show
whose source and classes are known (`harness.stream.probes`).
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from harness.model.bounds import Scope
from harness.model.execution import ADVERSARIAL, Settings
from harness.model.verdict import HOLDS, INCONCLUSIVE, VIOLATED, Cell, Matrix, Verdict

Key = tuple[str, str, str]
"""Design, fault class, property."""

SEVERITY = {HOLDS: 0, INCONCLUSIVE: 1, VIOLATED: 2}

TOOTHLESS = "toothless"
BROKEN = "broken"
WORSE = "worse"
LOST = "lost"
SHRANK = "shrank"
VANISHED = "vanished"
FAILURES = (TOOTHLESS, BROKEN, WORSE, LOST, SHRANK, VANISHED)
NOT_TO_BE_ACCEPTED = (TOOTHLESS, BROKEN)
IMPROVED = "improved"
GREW = "grew"
NEW = "new"
FEWER = "fewer"

UNDER, PLANS = " under ", "; "
"""In a verdict that is about some plans of a fault class only: before them, and between them."""
KNOWN, CHANGED = "known", "changed"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One verdict.

    Attributes:
        exhaustive: whether every execution within the bounds was explored.
        under: of what is violated, the plans under which it is; None where nobody noted them.
    """

    verdict: str
    exhaustive: bool
    under: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return self.verdict if self.exhaustive else f"{self.verdict}, not exhaustive"


@dataclass(frozen=True, slots=True)
class Baseline:
    """All verdicts of a matrix, the scope of each fault class, and how many executions each cell took.

    Attributes:
        scenarios: the folder that its registered designs come from, seen from the baseline's own, with forward slashes;
            empty for those that the harness brings.
    """

    scopes: Mapping[str, Scope]
    executions: Mapping[tuple[str, str], int]
    verdicts: Mapping[Key, Recorded]
    scenarios: str = ""

    @property
    def designs(self) -> frozenset[str]:
        """Their names."""
        return frozenset(design for design, _, _ in self.verdicts)

    def part(self, wanted: Callable[[str, str], bool]) -> Baseline:
        """Only the cells (design, fault class) that are wanted, and the scopes of their fault classes."""
        faults = {fault for design, fault, _ in self.verdicts if wanted(design, fault)}
        return replace(
            self,
            scopes={fault: scope for fault, scope in self.scopes.items() if fault in faults},
            executions={cell: number for cell, number in self.executions.items() if wanted(*cell)},
            verdicts={key: recorded for key, recorded in self.verdicts.items() if wanted(*key[:2])},
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: one of `FAILURES`: "worse", "lost" (a known bug is not found any more), "shrank" (bounds), "vanished", and
            "toothless" (not since the baseline, but from what is known of a probe, which stands for the design), and
            "broken" (the design is there and cannot be loaded: `after` says why); or "improved", "grew", "new", "fewer"
            (executions), which do no harm.
        design, fault, property: what it is about; those that are empty stand for all.
        before, after: the verdicts, bounds or numbers; empty where there is none.
    """

    kind: str
    design: str
    fault: str
    property: str
    before: str = ""
    after: str = ""

    @builtins.property
    def acceptable(self) -> bool:
        """Can a baseline accept it? Not what says nothing about a design."""
        return self.kind not in NOT_TO_BE_ACCEPTED

    @builtins.property
    def plans(self) -> tuple[str, ...]:
        """The plans under which a verdict that is violated before and after is another."""
        _, under, plans = self.after.partition(UNDER)
        return tuple(plans.split(PLANS)) if under and self.kind in (WORSE, LOST) else ()

    @builtins.property
    def fails(self) -> bool:
        """Does it fail a gate?"""
        return self.kind in FAILURES


def baseline_of(matrix: Matrix) -> Baseline:
    """What is to be remembered of a matrix."""
    faults = {cell.fault for cell in matrix.cells}
    return Baseline(
        {fault: scope for fault, scope in matrix.scopes.items() if fault in faults},
        {(cell.design, cell.fault): cell.executions for cell in matrix.cells},
        {
            (verdict.design, verdict.fault, verdict.property): _recorded(verdict)
            for cell in matrix.cells
            for verdict in cell.verdicts
        },
    )


def _recorded(verdict: Verdict) -> Recorded:
    return Recorded(verdict.verdict, verdict.exhaustive, verdict.violated_under or None)


def standing(verdict: Verdict, before: Baseline) -> str:
    """How a verdict stands to a baseline: "known", "changed", or "new"."""
    recorded, now = before.verdicts.get((verdict.design, verdict.fault, verdict.property)), _recorded(verdict)
    if recorded is None:
        return NEW
    same = not _kind(recorded, now)
    noted = recorded.under is not None and now.under is not None
    return KNOWN if same and not (noted and set(recorded.under or ()) != set(now.under or ())) else CHANGED


def expecting(cell: Cell, before: Baseline) -> Cell:
    """The cell, with what the baseline has in the place of what its authors expect; what is new is expected."""

    def recorded(verdict: Verdict) -> Verdict:
        known = before.verdicts.get((verdict.design, verdict.fault, verdict.property))
        return replace(verdict, expected=known.verdict if known is not None else verdict.verdict)

    return replace(cell, verdicts=tuple(map(recorded, cell.verdicts)))


def merged(old: Baseline, new: Baseline, replaced: Callable[[str, str], bool]) -> Baseline:
    """`new`, and of `old` the cells that it does not replace; the scenario folder is that of `new`."""
    kept = old.part(lambda design, fault: not replaced(design, fault))
    return Baseline(
        {**kept.scopes, **new.scopes},
        {**kept.executions, **new.executions},
        {**kept.verdicts, **new.verdicts},
        new.scenarios,
    )


def compare(old: Baseline, new: Baseline) -> tuple[Change, ...]:
    """What is different in `new`: first what fails a gate, the rest after it; each in the order of names."""
    found = [*_missing(VANISHED, old, new), *_missing(NEW, new, old), *_scopes(old, new), *_verdicts(old, new)]
    found += [*_plans(old, new), *_fewer(old, new)]
    return tuple(sorted(found, key=lambda change: (not change.fails, _order(change))))


def _order(change: Change) -> tuple[object, ...]:
    kinds = (*FAILURES, IMPROVED, GREW, NEW, FEWER)
    return kinds.index(change.kind), change.design, change.fault, change.property, change.before, change.after


def _missing(kind: str, has: Baseline, lacks: Baseline) -> Iterator[Change]:
    """What the one has and the other lacks, each named as a whole: design, fault class, cell, or property."""
    parts = [{part(key) for key in lacks.verdicts} for part in PARTS]
    told: set[Key] = set()
    for key in has.verdicts:
        whole = next((part(key) for part, known in zip(PARTS, parts, strict=True) if part(key) not in known), None)
        if whole is not None and whole not in told:
            told.add(whole)
            recorded = str(has.verdicts[key]) if all(whole) else ""
            yield Change(kind, *whole, recorded if kind == VANISHED else "", recorded if kind == NEW else "")


PARTS: tuple[Callable[[Key], Key], ...] = (
    lambda key: (key[0], "", ""),
    lambda key: ("", key[1], ""),
    lambda key: (key[0], key[1], ""),
    lambda key: key,
)
"""From a verdict to ever smaller wholes that it belongs to."""


def _verdicts(old: Baseline, new: Baseline) -> Iterator[Change]:
    for key, before in old.verdicts.items():
        after = new.verdicts.get(key)
        if after is not None and (kind := _kind(before, after)):
            yield Change(kind, *key, str(before), str(after))


def _plans(old: Baseline, new: Baseline) -> Iterator[Change]:
    """What is violated under plans under which it was not, or the other way round; a plan that only one of them has
    is told as a change of the scope."""
    for key, before in old.verdicts.items():
        after = new.verdicts.get(key)
        if after is None or before.under is None or after.under is None or not (before.exhaustive and after.exhaustive):
            continue
        both = [plan for plan in old.scopes[key[1]].plans if plan in new.scopes[key[1]].plans]
        more = [plan for plan in both if plan in after.under and plan not in before.under]
        less = [plan for plan in both if plan in before.under and plan not in after.under]
        for kind, plans, verdicts in ((WORSE, more, (HOLDS, VIOLATED)), (LOST, less, (VIOLATED, HOLDS))):
            if plans:
                yield Change(kind, *key, *(f"{verdict}{UNDER}{PLANS.join(plans)}" for verdict in verdicts))


def _fewer(old: Baseline, new: Baseline) -> Iterator[Change]:
    """Fewer executions of a cell, unless its bounds have changed, or the budget ran out: both are told as such."""
    others = {change.fault for change in _scopes(old, new)}
    partial = _partial(new) - _partial(old)
    for cell, before in old.executions.items():
        after = new.executions.get(cell, before)
        if after < before and cell[1] not in others and cell not in partial:
            yield Change(FEWER, *cell, "", str(before), str(after))


def _partial(baseline: Baseline) -> set[tuple[str, str]]:
    """The cells of which not every execution was explored."""
    return {key[:2] for key, recorded in baseline.verdicts.items() if not recorded.exhaustive}


def _kind(before: Recorded, after: Recorded) -> str:
    """What became of a verdict; empty if it is the same."""
    if before.verdict != after.verdict:
        if before.verdict == VIOLATED:
            return LOST
        return WORSE if SEVERITY[after.verdict] > SEVERITY[before.verdict] else IMPROVED
    if before.exhaustive == after.exhaustive:
        return ""
    return SHRANK if before.exhaustive else GREW


def _scopes(old: Baseline, new: Baseline) -> Iterator[Change]:
    for fault, before in old.scopes.items():
        after = new.scopes.get(fault)
        if after is None:
            continue  # its verdicts have vanished as well
        for plan in before.plans:
            if plan not in after.plans:
                yield Change(SHRANK, "", fault, "", f"plan {plan}")
        for plan in after.plans:
            if plan not in before.plans:
                yield Change(GREW, "", fault, "", "", f"plan {plan}")
        for one, other in zip(_limits(before.settings), _limits(after.settings), strict=True):
            if one != other:
                yield Change(SHRANK if other[0] < one[0] else GREW, "", fault, "", one[1], other[1])


def _limits(settings: Settings) -> tuple[tuple[float, str], ...]:
    """Each limit as a number that grows with what is covered, and in words."""
    early = settings.early_firings if settings.clock == ADVERSARIAL else -1
    clock = f"{settings.clock} clock"
    firings = f"{clock}, {early} early timer firings" if early >= 0 else clock
    fair = settings.fair_bound or float("inf")  # 0: no bound
    return (
        (early, firings),
        (settings.max_steps, f"{settings.max_steps} steps"),
        (fair, f"fair bound {settings.fair_bound}" if settings.fair_bound else "no fair bound"),
    )
