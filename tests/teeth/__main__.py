"""What kills what: `python -m tests.teeth [--jobs N] [DESIGN ...]` prints every mutant with what the gate objects to.

Survivors come last, with the argument why; exit code 1 if a mutant survives without one.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.scenarios.judging import DESIGNS
from tests.teeth.judging import Objections, killed_by
from tests.teeth.mutants import MUTANTS


def tried(number: int) -> Objections:
    """What kills the mutant with this number; those that are argued about are not tried."""
    mutant = MUTANTS[number]
    return {} if mutant.equivalent else killed_by(mutant)


def row(number: int, found: Objections) -> tuple[str, str]:
    """A mutant, and what kills it or why it lives."""
    killers = [f"{fault}: {', '.join(told(names))}" for fault, names in found.items()]
    argued = f"equivalent: {MUTANTS[number].equivalent}" if MUTANTS[number].equivalent else "SURVIVES"
    return str(MUTANTS[number]), "; ".join(killers) or argued


def told(names: frozenset[str]) -> list[str]:
    """The properties; what was cut off leaves all others open, which needs no list."""
    return sorted(name for name in names if not name.startswith("?"))


def main(words: Sequence[str] | None = None) -> int:
    """Try them all, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.teeth", description="what kills which mutant")
    parser.add_argument("designs", nargs="*", metavar="DESIGN", help=f"only its mutants: {', '.join(DESIGNS)}")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    arguments = parser.parse_args(words)
    if unknown := sorted(set(arguments.designs) - set(DESIGNS)):
        parser.error(f"a design is one of {', '.join(DESIGNS)}; found {unknown[0]}")
    if arguments.jobs < 1:
        parser.error(f"--jobs is a number of processes, at least 1; found {arguments.jobs}")
    numbers = [n for n, mutant in enumerate(MUTANTS) if mutant.design in (arguments.designs or DESIGNS)]
    return report(dict(zip(numbers, answers(numbers, arguments.jobs), strict=True)))


def answers(numbers: Sequence[int], jobs: int) -> list[Objections]:
    """What kills each, with a bar for who waits."""
    console = Console(stderr=True)
    if jobs == 1:
        return [tried(number) for number in track(numbers, "mutants", console=console)]
    with ProcessPoolExecutor(jobs) as pool:
        return list(track(pool.map(tried, numbers), "mutants", len(numbers), console=console))


def report(found: Mapping[int, Objections]) -> int:
    """The table, and the sum; 1 if a mutant survives unargued."""
    table = Table("mutant", "killed by (-: a known bug is not found any more; <, >: under fewer or more plans)")
    for number in sorted(found, key=lambda number: (not found[number], number)):
        table.add_row(*row(number, found[number]))
    dead = sum(map(bool, found.values()))
    argued = sum(bool(MUTANTS[number].equivalent) for number in found)
    console = Console()
    console.print(table)
    console.print(f"{len(found)} mutants: {dead} killed, {argued} argued, {len(found) - dead - argued} survive")
    return 0 if dead + argued == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
