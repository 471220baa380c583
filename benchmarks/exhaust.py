"""Exhaustive search: how many executions it takes with and without reduction, and how fast they are.

The counts are exact and are compared with what is known; the rates are not compared with anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from benchmarks.classes import CASES, Case
from benchmarks.programs import late_event
from benchmarks.report import Table, number
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.strategies import DPOR, Exhaustive, Strategy

CAP, QUICK_CAP = 100_000, 2_000
SECONDS, QUICK_SECONDS = 0.5, 0.05
EVENTS = (12, 46, 95)
COLUMNS = (
    "program",
    "naive executions",
    "DPOR executions",
    "known classes",
    "blocked",
    "reduction",
    "bad classes",
    "first bug, naive",
    "first bug, DPOR",
    "DPOR executions/s",
    "µs/step",
)


@dataclass(frozen=True, slots=True)
class Count:
    """What a search came to; `first` is 0 if it found no bug."""

    executions: int
    bad: int
    first: int
    complete: bool


def count(case: Case, strategy: Strategy, cap: int | None = None) -> Count:
    """Search until there is nothing left, or until `cap` executions have been made."""
    tried = bad = first = 0
    search = executions(Subject(case.program, case.arguments), strategy)
    for tried, execution in enumerate(islice(search, cap), start=1):
        if case.oracle(execution) is not None:
            bad += 1
            first = first or tried
    return Count(tried, bad, first, tried != cap or next(search, None) is None)


def pace(program: Callable[..., Any], arguments: tuple[int, ...], seconds: float) -> tuple[int, int, float]:
    """Executions, steps and processor time of complete searches, one after the other, for at least `seconds`."""
    tried = steps = 0
    start = time.process_time()
    while (elapsed := time.process_time() - start) < seconds:
        for execution in executions(Subject(program, arguments), DPOR()):
            tried += 1
            steps += execution.steps
    return tried, steps, elapsed


def row(case: Case, cap: int, seconds: float) -> tuple[list[str], list[str]]:
    """A line of the table, and what is wrong with it."""
    engine = DPOR()
    naive, reduced = count(case, Exhaustive(), cap), count(case, engine)
    tried, steps, elapsed = pace(case.program, case.arguments, seconds)
    more = "" if naive.complete else "> "
    cells = [
        case.name,
        f"{more}{naive.executions:,}",
        f"{reduced.executions:,}",
        f"{case.classes:,}",
        str(engine.blocked),
        reduction(naive, reduced),
        f"{reduced.bad:,}",
        first_bug(naive),
        first_bug(reduced),
        number(tried / elapsed),
        f"{elapsed / steps * 1e6:.1f}",
    ]
    return cells, mismatches(case, naive, reduced, engine.blocked)


def reduction(naive: Count, reduced: Count) -> str:
    """How many executions of naive search there are for each class; nothing where it did not get that far."""
    factor = naive.executions / reduced.executions
    if naive.complete:
        return number(factor)
    return f"> {number(factor)}" if factor > 1 else "-"


def first_bug(found: Count) -> str:
    """At which execution the first bug was."""
    if found.first:
        return f"{found.first:,}"
    return "-" if found.complete else f"> {found.executions:,}"


def mismatches(case: Case, naive: Count, reduced: Count, blocked: int) -> list[str]:
    """What differs from the numbers that are known."""
    known = [
        ("executions of DPOR", reduced.executions, case.classes),
        ("bad classes", reduced.bad, case.bad),
        ("blocked executions of DPOR", blocked, 0),
    ]
    if naive.complete:
        known.append(("a bug in naive search", bool(naive.bad), bool(case.bad)))
        if case.interleavings is not None:
            known.append(("executions of naive search", naive.executions, case.interleavings))
    return [f"{case.name}: {what}: expected {right}, found {found}" for what, found, right in known if found != right]


def lengths(seconds: float) -> Table:
    """The cost of a step as traces get longer."""
    rows = []
    for events in EVENTS:
        tried, steps, elapsed = pace(late_event, (events, 4), seconds)
        figures = (f"{steps / tried:.0f}", number(tried / elapsed), f"{elapsed / steps * 1e6:.1f}")
        rows.append([f"events({events},4,1)", *figures])
    return Table(
        "Exhaustive search: longer traces",
        ("program", "steps in an execution", "DPOR executions/s", "µs/step"),
        rows,
    )


def tables(quick: bool) -> list[Table]:
    """Both tables."""
    cap, seconds = (QUICK_CAP, QUICK_SECONDS) if quick else (CAP, SECONDS)
    rows, wrong = [], []
    for case in CASES:
        cells, differences = row(case, cap, seconds)
        rows.append(cells)
        wrong += differences
    notes = [
        f"Naive search stops at {cap:,} executions. prodcons(P,K,Q,capacity): P producers of K items, Q consumers; "
        "pipeline(stages,items,capacity); events(events,capacity,late senders)."
    ]
    if not wrong:
        notes.append("Accepted: every number of executions, of bad classes and of interleavings is the known one.")
    return [Table("Exhaustive search", COLUMNS, rows, notes, wrong), lengths(seconds)]
