"""Below the verdict table: what was violated and how to see it again, within which bounds, and the sum of it all."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from rich.text import Text

from harness.model.verdict import HOLDS, INCONCLUSIVE, VIOLATED, Matrix
from harness.report.findings import Finding, differences, findings
from harness.report.matrix import STYLES, UNICODE, Symbols
from harness.report.text import count, padded, paragraph, printable, replay_command, width_of

TOTALS = {HOLDS: "hold", VIOLATED: "violated", INCONCLUSIVE: "inconclusive"}


def details(matrix: Matrix, *, width: int = 100, symbols: Symbols = UNICODE) -> Text:
    """Design by design: the properties violated or left open, where, the sentence, the plan and the replay command."""
    lines: list[Text] = []
    for design, group in groupby(findings(matrix), key=lambda finding: finding.example.design):
        story = printable(matrix.stories.get(design, ""))
        lines += [Text.assemble((printable(design), "bold"), f"  {story}" if story else ""), Text()]
        for finding in group:
            lines += [*_told(finding, width, symbols), Text()]
    return Text("\n").join(lines[:-1])


def _told(finding: Finding, width: int, symbols: Symbols) -> list[Text]:
    example = finding.example
    mark = symbols.verdicts[example.verdict]
    title = Text.assemble("  ", (f"{mark} {printable(example.property)}", STYLES[example.verdict]))
    if not example.as_expected:
        title.append(f" {symbols.differs} {example.verdict}, expected {example.expected}", "bold")
    elif example.verdict == INCONCLUSIVE:
        title.append(f" {example.verdict}")
    title.append(f"  under {', '.join(map(printable, finding.faults))}")
    lines = [title]
    if example.message:
        lines += map(Text, paragraph(example.message, width, 6))
    if example.plan:
        lines += map(Text, paragraph(f"plan    {example.plan}", width, 6))
    if example.token:
        lines.append(Text.assemble("      replay  ", (replay_command(example.token, example.oracle), "cyan")))
    return lines


def bounds(matrix: Matrix, *, width: int = 100) -> Text:
    """Within what the verdicts hold."""
    if not matrix.bounds:
        return Text()
    names = [printable(name) for name in matrix.bounds]
    indent = width_of(names) + 4
    lines = [Text("What holds, holds within these bounds:", "bold")]
    for name, words in zip(names, matrix.bounds.values(), strict=True):
        first, *rest = paragraph(words, width, indent, phrases=True)
        lines += [Text(padded(f"  {name}", indent) + first[indent:]), *map(Text, rest)]
    return Text("\n").join(lines)


def differing(matrix: Matrix, *, width: int = 100, symbols: Symbols = UNICODE) -> Text:
    """The verdicts that are not what the scenarios state, one entry for each design and property."""
    lines: list[Text] = []
    for finding in differences(matrix):
        example = finding.example
        found = example.verdict if example.verdict == HOLDS else f"is {example.verdict}"
        sentence = (
            f"{symbols.differs} {example.design}: {example.property} {found}, expected {example.expected}, "
            f"under {', '.join(finding.faults)}"
        )
        lines += [Text(line, "bold") for line in paragraph(sentence, width, 0, hang=4)]
    return Text("\n").join(lines)


def summary(matrix: Matrix) -> Text:
    """The last line: how much was looked at, what was found, and whether that was expected."""
    found = Counter(verdict.verdict for verdict in matrix.verdicts)
    executions = sum(cell.executions for cell in matrix.cells)
    counts = ", ".join(f"{found[name]:,} {words}" for name, words in TOTALS.items() if found[name] or name == HOLDS)
    text = Text(f"{count(len(matrix.cells), 'cell')}, {count(executions, 'execution')}; properties: {counts}. ")
    unexpected = sum(not verdict.as_expected for verdict in matrix.verdicts)
    if unexpected:
        verb = "differs" if unexpected == 1 else "differ"
        return text.append(f"{count(unexpected, 'verdict')} {verb} from the expectation.", "bold red")
    return text.append("Every verdict is as expected.", "bold green")
