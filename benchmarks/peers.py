"""Other Python tools that explore schedules, side by side with this one on the same small programs.

The programs are the same statement by statement; ours await, and those of frontrun are threads. Each of frontrun's
figures comes from a process of its own, under its launcher, so that what it patches concerns nobody else. Where it is
not installed the table says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.classes import CASES, Case
from benchmarks.exhaust import count, pace
from benchmarks.peer_frontrun import ATTEMPTS, SEEDS
from benchmarks.randomised import first_bug
from benchmarks.report import Table, number
from harness.runtime.execute import Subject
from harness.strategies import DPOR, Mixed

ROOT = Path(__file__).parents[1]
MISSING = "Not installed: frontrun. `pip install 'stream-race-harness[peers]'` brings what can be compared."
COLUMNS = ("program", "tool", "search", "answer", "right", "executions", "bad", "executions/s")
SEARCHES = {"first": "to the first bug", "exhaust": "exhaustive", "random": "random"}
TEXTS = {
    **{name: (name,) for name in ("S1", "S1F(2)", "S1F(3)", "S1F(4)")},
    "S2b": ("S2b, queue.Queue", "S2b, list and semaphore"),
    "S2F, 3 events": ("S2F, queue.Queue", "S2F, list and semaphore"),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What a tool came to.

    Attributes:
        holds: False if it found a bug, True if it says that there is none, None without an answer.
        complete: whether it got through.
    """

    executions: float
    bad: int
    rate: float
    holds: bool | None
    complete: bool


def ours(case: Case, way: str, seconds: float) -> Figures:
    """The harness."""
    if way == "random":
        return ours_random(case, seconds)
    tried, _, elapsed = pace(case.program, case.arguments, seconds)
    found = count(case, DPOR())
    executions = found.first if way == "first" and found.bad else found.executions
    return Figures(
        executions, found.bad if way == "exhaust" else min(found.bad, 1), tried / elapsed, not found.bad, True
    )


def ours_random(case: Case, seconds: float) -> Figures:
    """As frontrun's random search: campaigns of so many attempts."""
    subject, found = Subject(case.program, case.arguments), list[int]()
    start = time.process_time()
    while (elapsed := time.process_time() - start) < seconds or len(found) < SEEDS:
        found.append(first_bug(subject, Mixed(seed=len(found)), case.oracle, ATTEMPTS + 1))
    holds = min(found) > ATTEMPTS
    tried = sum(min(first, ATTEMPTS) for first in found)
    return Figures(min(median(found[:SEEDS]), ATTEMPTS), int(not holds), tried / elapsed, holds, True)


def frontrun(text: str, way: str, seconds: float) -> Figures:
    """The peer, in a process of its own."""
    here = [sys.executable, "-m", "benchmarks.peer_frontrun", text, way, str(seconds)]
    answer = subprocess.run([sys.executable, "-m", "frontrun.cli", *here], cwd=ROOT, capture_output=True, check=True)
    figures: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return Figures(**figures)


def row(name: str, tool: str, way: str, figures: Figures, buggy: bool) -> list[str]:
    """A line of the table."""
    proves = way != "random" and figures.complete
    answer = {False: "bug", True: "holds" if proves else "nothing found", None: "no answer"}[figures.holds]
    return [
        name,
        tool,
        SEARCHES[way],
        answer,
        rightness(answer, buggy),
        f"{'' if figures.complete and figures.holds is not None else '> '}{number(figures.executions)}",
        "-" if way == "random" else f"{figures.bad:,}",
        number(figures.rate),
    ]


def rightness(answer: str, buggy: bool) -> str:
    """Whether an answer is right; nothing where none was given, or nothing to be found."""
    if answer == "no answer" or (answer == "nothing found" and not buggy):
        return "-"
    return "yes" if (answer == "bug") == buggy else "NO"


def compared(quick: bool) -> list[list[str]]:
    """All lines."""
    seconds = 0.05 if quick else 1.0
    cases = {case.name: case for case in CASES}
    rows = []
    for name, texts in TEXTS.items():
        case = cases[name]
        for way in SEARCHES if case.bad else ("exhaust",):
            rows.append(row(name, "this harness", way, ours(case, way, seconds), bool(case.bad)))
            for text in texts:
                tool = text.replace(name.partition(",")[0], "frontrun", 1)
                rows.append(row(name, tool, way, frontrun(text, way, seconds), bool(case.bad)))
    return rows


def tables(quick: bool, installed: Callable[[str], Any] = find_spec) -> list[Table]:
    """One table."""
    if installed("frontrun") is None:
        return [Table("Python peers", COLUMNS, [], [MISSING], texts=5)]
    notes = [
        "Executions per second of processor time. frontrun runs threads and watches bytecode; its exhaustive search is "
        "`explore(stop_on_first=False, preemption_bound=None)`, to the first bug it is `explore()`, and random is "
        f"`explore(strategy='random')` with {ATTEMPTS} attempts, the median of {SEEDS} seeds; ours is DPOR, and Mixed. "
        "`>` marks a search that was cut off, or that gave up. Finding a bug is right where there is one; `holds` is "
        "right where there is none; `nothing found` proves nothing, and is wrong where there is a bug. Through "
        "queue.Queue one execution is all that frontrun's exhaustive search makes, buggy or not."
    ]
    return [Table("Python peers", COLUMNS, compared(quick), notes, texts=5)]
