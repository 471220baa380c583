"""`python -m benchmarks`: what the harness can do, in figures; 1 if an exact one differs from what is known."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from benchmarks import detector, exhaust, memory, peers, randomised
from benchmarks.report import Table, document, machine, on_terminal

SECTIONS: dict[str, Callable[[bool], list[Table]]] = {
    "exhaust": exhaust.tables,
    "random": randomised.tables,
    "races": detector.tables,
    "memory": memory.tables,
    "peers": peers.tables,
}
WIDE = 150
"""Where nobody looks at a terminal, the tables are as wide as they are."""


class Parser(argparse.ArgumentParser):
    """Objects in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Exit code 2."""
        self.exit(2, f"benchmarks: {message}\n")


def parser() -> Parser:
    """What may be written on the command line."""
    found = Parser("python -m benchmarks", description="Figures about the harness.", allow_abbrev=False)
    found.add_argument("--quick", action="store_true", help="less of everything: seconds instead of minutes")
    found.add_argument("--only", nargs="+", metavar="NAME", choices=SECTIONS, help=f"of {', '.join(SECTIONS)}")
    found.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True, help="compare with other tools")
    found.add_argument("--write", metavar="PATH", type=Path, help="write the tables as Markdown, too")
    return found


def chosen(options: argparse.Namespace, given: Parser) -> list[str]:
    """The sections asked for, in the order in which they stand above."""
    names = [name for name in SECTIONS if name in (options.only or SECTIONS) and (options.peers or name != "peers")]
    if not names:
        given.error("--only peers and --no-peers leave nothing to measure; leave out one of them")
    if options.write and not options.write.parent.is_dir():
        given.error(f"--write needs a folder that exists; found {str(options.write.parent)!r}")
    return names


def show(console: Console, table: Table) -> None:
    """Print a table with what belongs to it."""
    console.print(on_terminal(table) if table.rows else f"{table.title}\n")
    for note in table.notes:
        console.print(note, markup=False, highlight=False)
    for mismatch in table.mismatches:
        console.print(f"MISMATCH {mismatch}", markup=False, highlight=False)
    console.print()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; the exit code."""
    given = parser()
    arguments = sys.argv[1:] if arguments is None else arguments
    options = given.parse_args(arguments)
    names = chosen(options, given)
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    described = machine()
    console.print(*described, "", sep="\n", markup=False, highlight=False)
    tables = []
    for name in names:
        for table in SECTIONS[name](options.quick):
            show(console, table)
            tables.append(table)
    if options.write:
        options.write.write_text(document(tables, described, " ".join(arguments)), "utf-8")
    return int(any(table.mismatches for table in tables))


if __name__ == "__main__":
    sys.exit(main())
