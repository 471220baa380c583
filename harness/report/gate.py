"""What a gate says: the changes since the baseline as a short diff, each with what it may mean and how to accept it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from harness.model.baseline import FEWER, GREW, IMPROVED, LOST, NEW, SHRANK, TOOTHLESS, VANISHED, WORSE, Change
from harness.model.verdict import HOLDS, INCONCLUSIVE, VIOLATED, Matrix, Verdict
from harness.report.details import TOTALS
from harness.report.matrix import UNICODE, Symbols
from harness.report.text import count, paragraph, printable, replay_command

UPDATE = "harness gate --update"
TITLES = {
    TOOTHLESS: "The harness lost its teeth",
    WORSE: "Worse than the baseline",
    LOST: "Known bugs that are not found any more",
    SHRANK: "Less is proved than before",
    VANISHED: "Vanished",
    IMPROVED: "Better than the baseline",
    GREW: "More is proved than before",
    NEW: "Not in the baseline",
    FEWER: "Fewer executions within the same bounds",
}
MEANINGS = {
    TOOTHLESS: "This is about the harness and no design: until it finds these again, what it says of yours is worth "
    "nothing, and no baseline can accept that",
    LOST: "Either the bug is fixed, or the harness has lost its teeth: find out which before you accept it",
    SHRANK: "A proof that covers less is a weaker one, though it still says holds",
    FEWER: "Another design, a better reduction, or a search that leaves something out",
}


def changes_text(
    changes: Sequence[Change], matrix: Matrix, *, update: str = UPDATE, width: int = 100, symbols: Symbols = UNICODE
) -> Text:
    """The diff, kind by kind, what fails the gate first. `update` is the command that accepts it; empty: it was run."""
    sections = []
    for kind in dict.fromkeys(change.kind for change in changes):
        group = [change for change in changes if change.kind == kind]
        sections.append(_section(kind, group, matrix, width, symbols))
    if update and any(change.fails for change in changes):
        sections.append(Text(f"If this is meant, accept it with: {update}"))
    return Text("\n\n").join(sections)


def gate_summary(changes: Sequence[Change], compared: int, baseline: str, probes: int, updated: bool = False) -> Text:
    """The last line: passed or failed, or that there is a new baseline; after so many probes that were all found."""
    failing = sum(change.fails for change in changes)
    others = len(changes) - failing
    named = printable(baseline)
    numbers = f"{count(compared, 'verdict')} compared with {named}, {count(failing, 'change')} for the worse" + (
        f", {count(others, 'other')}" if others else ""
    )
    numbers = f"{probes} of {count(probes, 'probe')} found, {numbers}"
    if updated:
        return Text(f"{numbers}; {named} says now what was found")
    verdict = Text("gate failed", "bold red") if failing else Text("gate passed", "bold green")
    return Text.assemble(verdict, f": {numbers}")


def teeth_summary(changes: Sequence[Change], probes: int, baseline: str) -> Text:
    """The last line where some of the probes were not found."""
    found = probes - len({change.design for change in changes})
    numbers = f"{found} of {count(probes, 'probe')} found, so nothing was compared with {printable(baseline)}"
    return Text.assemble(("gate failed", "bold red"), f": {numbers}")


def _section(kind: str, group: Sequence[Change], matrix: Matrix, width: int, symbols: Symbols) -> Text:
    meaning = f". {MEANINGS[kind]}" if kind in MEANINGS else ""
    title = paragraph(f"{TITLES[kind]}{meaning}:", width, 0)
    lines = [Text(line, "bold red" if group[0].fails else "bold") for line in title]
    if kind == FEWER:
        return Text("\n").join([*lines, *map(Text, paragraph(", ".join(map(_fall, group)), width, 4))])
    for change, faults in alike(group):
        mark = symbols.differs if change.fails else " "
        lines += map(Text, paragraph(f"{mark} {sentence(change, faults)}{_found(change, matrix)}", width, 2, hang=4))
        lines += _evidence(verdict_of(change, matrix), width) if kind in (WORSE, NEW) else []
    return Text("\n").join(lines)


def alike(changes: Sequence[Change]) -> list[tuple[Change, tuple[str, ...]]]:
    """Changes that differ in nothing but the fault class, told once; with their fault classes."""
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        groups.setdefault(_gist(change), []).append(change)
    return [(group[0], tuple(change.fault for change in group if change.fault)) for group in groups.values()]


def _gist(change: Change) -> tuple[str, ...]:
    whole_class = "" if change.design else change.fault  # bounds are told for each fault class
    return change.kind, change.design, whole_class, change.property, change.before, change.after


def sentence(change: Change, faults: Sequence[str] = ()) -> str:
    """One change, under `faults` instead of its own fault class, in words."""
    under = f" under {', '.join(faults or (change.fault,))}" if change.fault else ""
    if change.kind in (SHRANK, GREW) and not change.design:
        return _bounds(change)
    if change.kind in (VANISHED, NEW):
        return _missing(change, under)
    if change.kind == TOOTHLESS:
        return _missed(change)
    return f"{change.design}: {change.property} was {_was(change.before)}, is {_was(change.after)}{under}"


def _missed(change: Change) -> str:
    if change.property:
        verb = "no longer objects" if change.before == VIOLATED else "objects"
        return f"{change.property} {verb} to {change.design}"
    if change.before:
        return f"the search explores {change.after} of the {change.before} classes of schedules of {change.design}"
    return f"{change.design} cannot be explored: {change.after}"


def _fall(change: Change) -> str:
    """A cell with its number of executions, then and now."""
    return f"{change.design} under {change.fault} {int(change.before):,} -> {int(change.after):,}"


def _was(recorded: str) -> str:
    """ "proved" where that is what "holds" means."""
    return "proved" if recorded == HOLDS else recorded


def _bounds(change: Change) -> str:
    if change.before and change.after:
        return f"{change.fault}: {change.after} instead of {change.before}"
    if change.before:
        return f"{change.fault}: {change.before} is not explored any more"
    return f"{change.fault}: {change.after} is explored as well"


def _missing(change: Change, under: str) -> str:
    verb = "vanished" if change.kind == VANISHED else "is new"
    recorded = change.before or change.after
    if not change.design:
        return f"fault class {change.fault} {verb}"
    if not change.fault:
        return f"design {change.design} {verb}"
    if not change.property:
        return f"{change.design}{under} {verb}"
    return f"{change.design}: {change.property} ({recorded}) {verb}{under}"


def verdict_of(change: Change, matrix: Matrix) -> Verdict | None:
    """The verdict that a change is about, if it is about one that there is."""
    found = (
        verdict
        for cell in matrix.cells
        for verdict in cell.verdicts
        if (verdict.design, verdict.fault, verdict.property) == (change.design, change.fault, change.property)
    )
    return next(found, None)


def _found(change: Change, matrix: Matrix) -> str:
    """Of a new design, fault class or cell: what its verdicts are, in numbers."""
    if change.kind != NEW or change.property:
        return ""
    found = Counter(
        verdict.verdict
        for cell in matrix.cells
        for verdict in cell.verdicts
        if change.design in ("", cell.design) and change.fault in ("", cell.fault)
    )
    return ": " + ", ".join(f"{found[name]} {words}" for name, words in TOTALS.items() if found[name])


def _evidence(verdict: Verdict | None, width: int) -> list[Text]:
    if verdict is None or verdict.verdict == HOLDS:
        return []
    lines = list(map(Text, paragraph(verdict.message, width, 6))) if verdict.message else []
    if verdict.verdict == INCONCLUSIVE or not verdict.token:
        return lines
    lines += map(Text, paragraph(f"plan    {verdict.plan}", width, 6))
    return [*lines, Text.assemble("      replay  ", (replay_command(verdict.token, verdict.oracle), "cyan"))]
