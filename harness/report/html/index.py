"""The page that leads to the findings: the verdict matrix, if there is one, and every finding with its sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.model.explanation import Explanation
from harness.model.verdict import Cell, Matrix, Verdict
from harness.report.details import summary
from harness.report.html.rendering import rendered
from harness.report.matrix import NOT_RUN, UNICODE, WORDS
from harness.report.text import count, printable


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding, the verdict that it is the evidence for, if it is one of a matrix, and a note on what it is."""

    explanation: Explanation
    verdict: Verdict | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry in the list. `number` is the order in which to show it."""

    address: str
    title: str
    subtitle: str
    message: str


@dataclass(frozen=True, slots=True)
class Square:
    """A cell of the matrix: a verdict in words, and links to what violates it."""

    verdict: str
    text: str
    expected: bool
    links: tuple[Link, ...]


def index_page(named: Mapping[str, Entry], matrix: Matrix | None = None) -> str:
    """A whole HTML document; `named` has the entries by the file names of their pages."""
    links = {address: _link(address, entry) for address, entry in named.items()}
    return rendered(
        "index.html",
        title="Verdicts" if matrix else "Findings",
        summary=summary(matrix).plain if matrix else count(len(named), "finding") + ".",
        designs=[printable(name) for name in _designs(matrix)],
        stories={printable(name): printable(text) for name, text in (matrix.stories if matrix else {}).items()},
        rows=_rows(matrix, named, links) if matrix else [],
        links=list(links.values()),
        bounds=[(printable(name), printable(words)) for name, words in (matrix.bounds if matrix else {}).items()],
    )


def list_page(links: Sequence[Link]) -> str:
    """The same for findings of which there are pages already."""
    return rendered(
        "index.html",
        title="Findings",
        summary=count(len(links), "finding") + ".",
        designs=[],
        stories={},
        rows=[],
        links=list(links),
        bounds=[],
    )


def _link(address: str, entry: Entry) -> Link:
    found, verdict = entry.explanation, entry.verdict
    where = f"{verdict.design} under {verdict.fault}" if verdict else found.program.removesuffix(f" {found.plan}")
    plan = f"; plan {found.plan}" if found.plan else ""
    note = f"; {entry.note}" if entry.note else ""
    subtitle = printable(f"{where}{plan}{note}")
    return Link(address, printable(found.oracle or "no objection"), subtitle, printable(found.message))


def _designs(matrix: Matrix | None) -> Sequence[str]:
    return list(dict.fromkeys(cell.design for cell in matrix.cells)) if matrix else []


def _rows(matrix: Matrix, named: Mapping[str, Entry], links: Mapping[str, Link]) -> list[tuple[str, list[Square]]]:
    cells = {(cell.design, cell.fault): cell for cell in matrix.cells}
    found: dict[tuple[str, str], list[Link]] = {}
    for address, entry in named.items():
        if entry.verdict is not None:
            found.setdefault((entry.verdict.design, entry.verdict.fault), []).append(links[address])
    return [
        (
            printable(fault),
            [_square(cells.get((design, fault)), found.get((design, fault), [])) for design in _designs(matrix)],
        )
        for fault in dict.fromkeys(cell.fault for cell in matrix.cells)
    ]


def _square(cell: Cell | None, links: Sequence[Link]) -> Square:
    verdict = cell.worst if cell else NOT_RUN
    text = f"{UNICODE.verdicts[verdict]} {WORDS[verdict] or verdict}"
    return Square(verdict.replace(" ", "-"), text, cell is None or cell.as_expected, tuple(links))
