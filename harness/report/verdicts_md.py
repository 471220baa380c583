"""`reports/VERDICTS.md`: the findings of one `harness verify` as Markdown, to be read without running anything.

Equal findings give equal text: no dates, no durations, no paths.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from harness.model.explanation import Explanation
from harness.model.verdict import Cell, Claim, Matrix, Verdict
from harness.report.details import summary
from harness.report.findings import Finding, findings
from harness.report.matrix import UNICODE, WORDS
from harness.report.standing import TELLING, Standing, by_expectation, standing_of
from harness.report.text import count, printable, replay_command
from harness.report.timeline import timeline

SPECIAL = re.compile(r"[\\`*\[\]<>|~]|&(?=[#\w])|(?<![^\W_])_|_(?![^\W_])|^[#+-]")
COMMAND = "harness verify --claims --write-verdicts reports/VERDICTS.md"


def verdicts_markdown(
    matrix: Matrix, claims: Sequence[Claim] = (), told: tuple[Verdict, Explanation] | None = None
) -> str:
    """The whole document; `told` is a counterexample with its explanation."""
    sections = [_opening(matrix), _matrix(matrix), *_designs(matrix)]
    if claims:
        sections.append(_claims(claims))
    if told is not None:
        sections.append(_story(*told))
    return "\n\n".join([*sections, _bounds(matrix)]) + "\n"


def escaped(text: str) -> str:
    """Text that shows in Markdown as it is written, table cells included."""
    return SPECIAL.sub(lambda match: f"\\{match.group()}", printable(text))


def code(text: str) -> str:
    """A code span, whatever backticks and bars `text` contains."""
    text = printable(text).replace("|", "\\|")
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}"


def block(text: str) -> str:
    """A fenced block of plain text."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"


def _opening(matrix: Matrix) -> str:
    return (
        f"# Verdicts\n\nMade by `{COMMAND}`; made again, it is the same text. {summary(matrix).plain}\n\n"
        "*Holds* means that every schedule of every plan within the [bounds](#bounds) was explored (one of each class "
        "of those that differ in nothing) and nothing was found; *violated* comes with the smallest execution found, "
        "under the smallest plan that still has the faults its class is about, and the command that shows it again; "
        "*inconclusive* means that the budget ran out first."
    )


def _matrix(matrix: Matrix) -> str:
    return "\n".join(["## Matrix\n", "The worst verdict of each cell's properties.\n", *matrix_table(matrix)])


def matrix_table(matrix: Matrix, standing: Standing = by_expectation) -> list[str]:
    """The lines of a Markdown table: fault classes down, designs across."""
    cells = {(cell.design, cell.fault): cell for cell in matrix.cells}
    designs = matrix.designs
    lines = [_row(["fault class", *map(escaped, designs)]), "|---" * (len(designs) + 1) + "|"]
    for fault in matrix.faults:
        row = [cells.get((design, fault)) for design in designs]
        lines.append(_row([escaped(fault), *(_entry(cell, standing) if cell else "" for cell in row)]))
    return lines


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _entry(cell: Cell, standing: Standing) -> str:
    words = standing_of(cell, standing)
    note = f" **({words})**" if words in TELLING else f" ({words})" if words else ""
    return f"{UNICODE.verdicts[cell.worst]} {WORDS[cell.worst]}{note}"


def _designs(matrix: Matrix) -> list[str]:
    groups = groupby(findings(matrix), key=lambda finding: finding.example.design)
    told = {design: list(group) for design, group in groups}
    return [_design(name, matrix, told.get(name, [])) for name in matrix.designs]


def _design(name: str, matrix: Matrix, found: list[Finding]) -> str:
    executions = sum(cell.executions for cell in matrix.cells if cell.design == name)
    story = matrix.stories.get(name, "")
    lines = [f"## {escaped(name)}", "", *([f"{escaped(story)}.", ""] if story else [])]
    all_holds = "" if found else " Every property holds under every fault class."
    lines.append(f"{count(executions, 'execution')}.{all_holds}")
    return "\n".join([*lines, *map(_finding, found)])


def _finding(finding: Finding) -> str:
    example = finding.example
    differs = "" if example.as_expected else f", expected {example.expected}"
    faults = ", ".join(map(escaped, finding.faults))
    message = f": {escaped(example.message)}" if example.message else ""
    lines = [f"\n- **{escaped(example.property)}** {example.verdict}{differs} under {faults}{message}"]
    if example.plan:
        lines.append(f"  - plan ({escaped(example.fault)}): {code(example.plan)}")
    if example.token:
        lines.append(f"  - {code(replay_command(example.token, example.oracle))}")
    return "\n".join(lines)


def _claims(claims: Sequence[Claim]) -> str:
    lines = ["## Claims\n", _row(["claim", "statement", "source", "finding", "evidence"]), "|---" * 5 + "|"]
    for claim in claims:
        cells = (claim.name, claim.statement, claim.source, claim.finding, claim.evidence)
        lines.append(_row([escaped(cell) for cell in cells]))
    shown = [f"- {escaped(claim.name)}: {code(replay_command(claim.token))}" for claim in claims if claim.token]
    return "\n".join([*lines, *(["\nThe executions behind them:\n", *shown] if shown else [])])


def _story(verdict: Verdict, explanation: Explanation) -> str:
    return "\n\n".join(
        [
            "## One counterexample, step by step",
            f"{escaped(verdict.design)} under {escaped(verdict.fault)} ({code(verdict.plan)}) violates "
            f"{escaped(verdict.property)}: {escaped(verdict.message)}",
            *([escaped(explanation.paragraph)] if explanation.paragraph else []),
            block(timeline(explanation.failing.execution)),
            code(replay_command(verdict.token, verdict.oracle)),
        ]
    )


def _bounds(matrix: Matrix) -> str:
    lines = [f"- **{escaped(name)}**: {escaped(words)}" for name, words in matrix.bounds.items()]
    return "\n".join(["## Bounds\n", *lines])
