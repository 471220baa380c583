"""The page that leads to the findings: the verdict matrix, if there is one, and every finding with its sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.model.explanation import Explanation
from harness.model.verdict import Cell, Matrix, Verdict
from harness.report.details import summary
from harness.report.html.rendering import rendered
from harness.report.matrix import NOT_RUN, UNICODE, WORDS
from harness.report.text import count, printable, program_of, sentence


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding, the verdict that it is the evidence for, if it is one of a matrix, and a note on what it is."""

    explanation: Explanation
    verdict: Verdict | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry in the list."""

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
    if matrix is None:
        return list_page(list(links.values()))
    return rendered(
        "index.html",
        title="Verdicts",
        summary=summary(matrix).plain,
        designs=[printable(name) for name in matrix.designs],
        stories={printable(name): printable(text) for name, text in matrix.stories.items()},
        rows=_rows(matrix, named, links),
        links=list(links.values()),
        bounds=[(printable(name), printable(words)) for name, words in matrix.bounds.items()],
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
    where = (
        f"{verdict.design} under {verdict.fault}"
        if verdict
        else program_of(found).removesuffix(f" {printable(found.plan)}")
    )
    plan = f"; plan {found.plan}" if found.plan else ""
    note = f"; {entry.note}" if entry.note else ""
    subtitle = printable(f"{where}{plan}{note}")
    return Link(address, printable(found.oracle or "no objection"), subtitle, sentence(found.message))


def _rows(matrix: Matrix, named: Mapping[str, Entry], links: Mapping[str, Link]) -> list[tuple[str, list[Square]]]:
    cells = {(cell.design, cell.fault): cell for cell in matrix.cells}
    found: dict[tuple[str, str], list[Link]] = {}
    for address, entry in named.items():
        if entry.verdict is not None:
            found.setdefault((entry.verdict.design, entry.verdict.fault), []).append(links[address])
    return [
        (
            printable(fault),
            [_square(cells.get((design, fault)), found.get((design, fault), [])) for design in matrix.designs],
        )
        for fault in matrix.faults
    ]


def _square(cell: Cell | None, links: Sequence[Link]) -> Square:
    verdict = cell.worst if cell else NOT_RUN
    text = f"{UNICODE.verdicts[verdict]} {WORDS[verdict] or verdict}"
    return Square(verdict.replace(" ", "-"), text, cell is None or cell.as_expected, tuple(links))
