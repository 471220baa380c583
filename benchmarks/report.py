"""What a benchmark hands back, and how it looks on a terminal and in Markdown."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich import box
from rich.table import Table as RichTable

from harness import __version__

LIBRARIES = ("rich", "frontrun")


@dataclass(frozen=True, slots=True)
class Table:
    """Figures under a title.

    Attributes:
        columns: the headings; the first `texts` columns are text, the others numbers.
        notes: sentences to be read with the figures.
        mismatches: what differs from the numbers that are known; without any, the benchmark has passed.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    mismatches: Sequence[str] = ()
    texts: int = 1


def on_terminal(table: Table) -> RichTable:
    """For a terminal."""
    shown = RichTable(title=table.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(table.columns):
        is_text = number < table.texts
        shown.add_column(column, justify="left" if is_text else "right", no_wrap=is_text)
    for row in table.rows:
        shown.add_row(*row)
    return shown


def in_markdown(table: Table) -> str:
    """As a section of a Markdown document."""
    rules = ["---" if number < table.texts else "---:" for number in range(len(table.columns))]
    lines = [_line(row) for row in (table.columns, rules, *table.rows)] if table.rows else []
    notes = "".join(f"\n{note}\n" for note in (*table.notes, *(f"**MISMATCH** {text}" for text in table.mismatches)))
    return f"## {table.title}\n\n" + "\n".join(lines) + "\n" + notes


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def document(tables: Sequence[Table], described: Sequence[str], options: str) -> str:
    """All of it, under the machine it was measured on."""
    heading = f"# Results\n\nBy `python -m benchmarks {options}`. How to read them: [README.md](README.md).\n"
    return "\n".join([heading, *(f"* {line}" for line in described), "", *map(in_markdown, tables)])


def machine() -> list[str]:
    """What the figures depend on besides the code."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return [
        f"processor: {_processor()}, {os.cpu_count()} cores; {load:.1f} processes wanted to run in the last minute",
        f"system: {platform.system()} {platform.release()} {platform.machine()}",
        f"Python: {platform.python_implementation()} {platform.python_version()}",
        f"libraries: harness {__version__}, " + ", ".join(f"{name} {_version(name)}" for name in LIBRARIES),
    ]


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", described.read_text("utf-8"), re.M) if described.exists() else None
    return found[1] if found else platform.processor() or sys.platform


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "(not installed)"


def number(value: float) -> str:
    """As it is read most easily: 12,345 or 3.1."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"
