"""The verdict table: fault classes down, designs across, the worst verdict in each cell, words beside every colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from harness.model.verdict import HOLDS, INCONCLUSIVE, VIOLATED, Cell, Matrix
from harness.report.text import printable, width_of

GAP = "  "
NOT_RUN = "not run"
STYLES = {HOLDS: "green", VIOLATED: "red", INCONCLUSIVE: "yellow", NOT_RUN: "dim"}
WORDS = {HOLDS: "holds", VIOLATED: "violated", INCONCLUSIVE: "inconcl.", NOT_RUN: ""}


@dataclass(frozen=True, slots=True)
class Symbols:
    """The marks of the table: per verdict, and for a verdict that differs from the expectation."""

    verdicts: Mapping[str, str]
    differs: str
    times: str


UNICODE = Symbols({HOLDS: "✓", VIOLATED: "✗", INCONCLUSIVE: "?", NOT_RUN: "·"}, "!", "×")
ASCII = Symbols({HOLDS: "+", VIOLATED: "x", INCONCLUSIVE: "?", NOT_RUN: "."}, "!", "x")

Entry = tuple[str, str]  # text and style
Column = tuple[list[str], list[Entry]]  # heading, one line or more, and entries


def verdict_table(
    matrix: Matrix,
    *,
    width: int = 100,
    symbols: Symbols = UNICODE,
    designs: Sequence[str] = (),
    faults: Sequence[str] = (),
) -> Text:
    """The table and its legend; without the words in the cells where `width` does not suffice.

    `designs` and `faults` name the columns and rows where they are more than the matrix has cells for.
    """
    cells = {(cell.design, cell.fault): cell for cell in matrix.cells}
    columns = list(dict.fromkeys((*designs, *matrix.designs)))
    rows = list(dict.fromkeys((*faults, *(cell.fault for cell in matrix.cells))))
    first: Column = [""], [(printable(row), "") for row in rows]

    def table(words: bool) -> list[Text]:
        found = {name: [cells.get((name, row)) for row in rows] for name in columns}
        return _laid_out([first, *(_column(name, column, symbols, words) for name, column in found.items())])

    wide = table(words=True)
    fits = all(line.cell_len <= width for line in wide)
    return Text("\n").join([*(wide if fits else table(words=False)), Text(), _legend(symbols)])


def _column(design: str, cells: Sequence[Cell | None], symbols: Symbols, words: bool) -> Column:
    name = printable(design)
    return [name] if words else name.split("_"), [_entry(cell, symbols, words) for cell in cells]


def _entry(cell: Cell | None, symbols: Symbols, words: bool) -> Entry:
    verdict = cell.worst if cell else NOT_RUN
    text = f"{symbols.verdicts[verdict]} {WORDS[verdict]}" if words else symbols.verdicts[verdict]
    if cell and not cell.as_expected:
        return f"{text} {symbols.differs}", f"bold reverse {STYLES[verdict]}"
    return text, STYLES[verdict]


def _laid_out(columns: Sequence[Column]) -> list[Text]:
    height = max(len(heading) for heading, _ in columns)
    lines: list[list[tuple[str, str]]] = [[] for _ in range(height + len(columns[0][1]))]
    for heading, entries in columns:
        titles = [(part, "bold") for part in [""] * (height - len(heading)) + heading]
        width = width_of([text for text, _ in (*titles, *entries)])
        for line, (text, style) in zip(lines, (*titles, *entries), strict=True):
            line += [(text, style), (" " * (width - cell_len(text)) + GAP, "")]
    table = [Text.assemble(*line) for line in lines]
    for row in table:
        row.rstrip()
    return table


def _legend(symbols: Symbols) -> Text:
    marks = [(f"{mark} {name}", STYLES[name]) for name, mark in symbols.verdicts.items()]
    marks.append((f"{symbols.differs} differs from the expectation", "bold"))
    return Text("   ").join(Text(text, style) for text, style in marks)
