"""All pages of a report, by file name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.model.verdict import Matrix
from harness.report.confirmed import score
from harness.report.html.finding import finding_page
from harness.report.html.index import Entry, index_page
from harness.report.text import count, program_of

INDEX = "index.html"
SUFFIX = ".html"
NAME_LIMIT = 100
UNSAFE = re.compile(r"[^a-z0-9_]+")


def pages(entries: Sequence[Entry], matrix: Matrix | None = None) -> dict[str, str]:
    """One page for each entry, and the index; equal findings give equal pages under equal names."""
    named: dict[str, Entry] = {}
    for entry in entries:
        named[_free(file_name(entry), named)] = entry
    found = {name: finding_page(entry.explanation, home=INDEX, about=about(entry)) for name, entry in named.items()}
    return {**found, INDEX: index_page(named, matrix)}


def about(entry: Entry) -> list[tuple[str, str]]:
    """Which verdict a finding is the evidence for, and what real Go made of it; or the note on it."""
    verdict = entry.verdict
    if verdict is None:
        return [("status", entry.note)]
    surprise = "" if verdict.as_expected else f"; expected is {verdict.expected}"
    told = f"{verdict.property} {verdict.verdict}, {count(verdict.executions, 'execution')} explored{surprise}"
    go = score(verdict.confirmed) if verdict.confirmed is not None else ""
    return [("design", verdict.design), ("fault class", verdict.fault), ("verdict", told), ("real Go", go)]


def file_name(entry: Entry) -> str:
    """Letters, digits and dashes, whatever the names are; without suffix, and not yet unique."""
    verdict, found = entry.verdict, entry.explanation
    parts = [verdict.design, verdict.fault, verdict.property] if verdict else [program_of(found), found.oracle]
    words = [UNSAFE.sub("-", part.casefold()).strip("-") for part in parts]
    return "-".join(["finding", *(word for word in words if word)])[:NAME_LIMIT].strip("-")


def _free(stem: str, taken: dict[str, Entry]) -> str:
    names = [f"{stem}{SUFFIX}", *(f"{stem}-{number}{SUFFIX}" for number in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)
