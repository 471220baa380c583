"""Memory of long searches, each in a process of its own: `python -m benchmarks.memory random 1000000`.

The resident size after a tenth of the executions and after all of them: a search that keeps nothing of the past stays
as it was.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.classes import prodcons
from benchmarks.programs import late_event
from benchmarks.report import Table
from harness.model.execution import Execution
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.strategies import DPOR, Mixed, RandomWalk

ROOT = Path(__file__).parents[1]
RESIDENT = Path("/proc/self/statm")
SEARCHES: dict[str, tuple[str, Callable[[], Iterator[Execution]]]] = {
    "RandomWalk": ("events(3,2,1)", lambda: executions(Subject(late_event, (3, 2)), RandomWalk(seed=1))),
    "Mixed": ("events(3,2,1)", lambda: executions(Subject(late_event, (3, 2)), Mixed(seed=1))),
    "DPOR": ("prodcons(2,5,2,2)", lambda: executions(Subject(prodcons, (2, 5, 2, 2)), DPOR())),
    "DPOR, quick": ("prodcons(2,4,2,2)", lambda: executions(Subject(prodcons, (2, 4, 2, 2)), DPOR())),
}


def resident() -> float:
    """Resident size of this process in MiB, where the system tells."""
    return int(RESIDENT.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(search: Iterator[Execution], total: int) -> tuple[int, float, float]:
    """Executions made, and the resident size after a tenth of `total` and at the end."""
    tried, early = 0, resident()
    for tried, _ in enumerate(search, start=1):
        if tried == total // 10:
            early = resident()
        if tried == total:
            break
    return tried, early, resident()


def row(name: str, total: int) -> list[str]:
    """A line of the table, measured in a new process."""
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", name, str(total)], cwd=ROOT, capture_output=True, check=True
    )
    tried, early, late = json.loads(answer.stdout)
    return [name, SEARCHES[name][0], f"{tried:,}", f"{early:.1f}", f"{late:.1f}", f"{100 * (late / early - 1):+.1f} %"]


def tables(quick: bool) -> list[Table]:
    """One table; empty where the system does not tell."""
    random, reduced = (50_000, ("DPOR, quick", 4_900)) if quick else (1_000_000, ("DPOR", 63_504))
    columns = ("search", "program", "executions", "MiB after 10 %", "MiB at the end", "growth")
    if not RESIDENT.exists():
        return [Table("Memory", columns, [], [f"This needs {RESIDENT}, which this system does not have."], texts=2)]
    rows = [row("RandomWalk", random), row("Mixed", random), row(*reduced)]
    return [Table("Memory", columns, rows, ["Resident size of a process that does nothing else."], texts=2)]


if __name__ == "__main__":
    print(json.dumps(measure(SEARCHES[sys.argv[1]][1](), int(sys.argv[2]))))
