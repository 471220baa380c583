"""How far it is, on stderr: a bar on a terminal, a line for each finished cell elsewhere.

It starts no thread: the processes of a verification are forked from this one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from harness.cli.output import console_on, symbols_for, write
from harness.model.baseline import CHANGED
from harness.model.execution import Execution
from harness.model.outcome import CutOff
from harness.model.verdict import HOLDS, VIOLATED, Cell
from harness.report.matrix import Symbols
from harness.report.standing import UNEXPECTED, Standing, by_expectation, standing_of
from harness.report.text import count

if TYPE_CHECKING:
    from harness.stress.batch import Ran

LOOK_EVERY = 128  # executions between two looks at the clock
SHOW_EVERY = 0.2  # seconds


def interactive() -> bool:
    """Is stderr a terminal that can redraw a line?"""
    return sys.stderr.isatty() and not console_on(sys.stderr).is_dumb_terminal


@contextmanager
def cells(total: int, standing: Standing = by_expectation) -> Iterator[Callable[[Cell], None]]:
    """A function that is told of each finished cell."""
    if not interactive():
        yield _lines(total, standing)
        return
    with _bar(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("verifying", total=total)
        violated = 0

        def advance(cell: Cell) -> None:
            nonlocal violated
            violated += cell.worst == VIOLATED
            what = f"{violated} violated, last {cell.design} {symbols_for(sys.stderr).times} {cell.fault}"
            bar.update(task, advance=1, description=what, refresh=True)

        bar.refresh()
        yield advance


def _lines(total: int, standing: Standing) -> Callable[[Cell], None]:
    symbols = symbols_for(sys.stderr)
    finished = 0

    def line(cell: Cell) -> None:
        nonlocal finished
        finished += 1
        write(f"[{finished:>{len(str(total))}}/{total}] {cell_line(cell, symbols, standing)}\n", sys.stderr)

    return line


def cell_line(cell: Cell, symbols: Symbols, standing: Standing = by_expectation) -> str:
    """A finished cell in one line."""
    worst = [verdict.property for verdict in cell.verdicts if verdict.verdict == cell.worst != HOLDS]
    which = f" ({', '.join(worst)})" if worst else ""
    words = standing_of(cell, standing)
    differs = {UNEXPECTED: "not as expected", CHANGED: "not as in the baseline"}.get(words, "")
    note = f" {symbols.differs} {differs}" if differs else f", {words}" if words else ""
    executions = count(cell.executions, "execution")
    return f"{cell.design} {symbols.times} {cell.fault}: {cell.worst}{which}, {executions}{note}"


class Tally:
    """An oracle that objects to nothing: it counts the executions that it is shown, and shows how many they are."""

    def __init__(self) -> None:
        self.executions = 0
        self.cut_off = 0
        self.seen = 0.0
        self.show: Callable[[int, float], None] = lambda executions, seen: None

    def __call__(self, execution: Execution) -> None:
        """Count it."""
        self.executions += 1
        self.cut_off += isinstance(execution.outcome, CutOff)
        if self.executions % LOOK_EVERY == 0:
            self.show(self.executions, self.seen)

    def explored(self, executions: int, seen: float) -> None:
        """Hear how much of the whole has been explored, by estimate."""
        self.seen = seen


@contextmanager
def batches(total: int | None, before: int) -> Iterator[Callable[[Ran, int], None]]:
    """A function that is told of each batch of a campaign, and of how many causes are known by then.

    `total` executions are wanted in all, of which `before` were there already.
    """
    if not interactive():
        yield _sparse_lines(before)
        return
    with _bar(TextColumn("{task.completed:,} executions{task.fields[outlook]}")) as bar:
        task = bar.add_task("stress", total=total, completed=before, outlook="")
        begun = time.monotonic()

        def show(ran: Ran, causes: int) -> None:
            bar.advance(task, ran.executions)
            rate = (bar.tasks[task].completed - before) / max(time.monotonic() - begun, SHOW_EVERY)
            of = f" of {total:,}" if total else ""
            bar.update(task, outlook=f"{of}, {rate:,.0f}/s, {count(causes, 'cause')}", refresh=True)

        bar.refresh()
        yield show


def _sparse_lines(before: int) -> Callable[[Ran, int], None]:
    """A line for each new cause, and for the batches whose number in this run is a power of 2."""
    number, executions, known = 0, before, -1

    def line(ran: Ran, causes: int) -> None:
        nonlocal number, executions, known
        number, executions = number + 1, executions + ran.executions
        if number & (number - 1) == 0 or causes > known >= 0:
            last = f"{ran.batch.design} ({ran.batch.plan})"
            write(f"{count(executions, 'execution')}, {count(causes, 'cause')}; last {last}\n", sys.stderr)
        known = causes

    return line


@contextmanager
def executions(total: int | None) -> Iterator[Tally]:
    """A tally that is shown, on a terminal, while it grows."""
    tally = Tally()
    if not interactive():
        yield tally
        return
    with _bar(TextColumn("executions {task.completed:,}{task.fields[outlook]}")) as bar:
        task = bar.add_task("", total=total, outlook="")
        begun = shown = time.monotonic()

        def show(number: int, seen: float) -> None:
            nonlocal shown
            if time.monotonic() - shown > SHOW_EVERY:
                shown = time.monotonic()
                bar.update(task, completed=number, outlook=outlook(number, seen, shown - begun), refresh=True)

        tally.show = show
        yield tally


def outlook(executions: int, seen: float, elapsed: float) -> str:
    """How many executions there may be in all, and how long they may take, when `seen` of the whole took `elapsed`."""
    if not seen:
        return ""
    minutes, seconds = divmod(round(elapsed / seen - elapsed), 60)
    return f" of about {executions / seen:,.0f}, about {minutes}:{seconds:02} left"


def _bar(*columns: ProgressColumn) -> Progress:
    description = TextColumn("{task.description}", markup=False)
    return Progress(
        description,
        *columns,
        TimeElapsedColumn(),
        console=console_on(sys.stderr),
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )
