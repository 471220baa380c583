"""How long the race detector takes over one long trace, and making that trace: `python -m benchmarks --only races`.

The fold alone is happens-before; what the detector adds is looking for unordered accesses.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from benchmarks.report import Table
from harness import Mutex, Shared, go
from harness.detect.happens_before import with_pasts
from harness.detect.races import races
from harness.model.execution import Settings
from harness.runtime.execute import Subject

REPEATS = 5


async def locked(goroutines: int, rounds: int) -> None:
    """Everybody updates one of four variables under a lock."""
    variables, mutex = [Shared(0) for _ in range(4)], Mutex()

    async def worker() -> None:
        for number in range(rounds):
            async with mutex:
                variable = variables[number % 4]
                await variable.store(await variable.load() + 1)

    for _ in range(goroutines):
        go(worker)


async def many_places(goroutines: int, rounds: int) -> None:
    """Everybody accesses one variable from several lines, under a lock."""
    variable, mutex = Shared(0), Mutex()

    async def worker() -> None:
        for number in range(rounds):
            async with mutex:
                await variable.load()
                await variable.load()
                await variable.load()
                await variable.store(number)
                await variable.store(number)

    for _ in range(goroutines):
        go(worker)


def milliseconds(action: Callable[[], Any]) -> str:
    """The shortest of a few times, in milliseconds of this process."""
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        action()
        times.append(time.process_time() - began)
    return f"{1000 * min(times):.2f}"


def row(program: Callable[..., Any], goroutines: int, rounds: int) -> list[str]:
    """A line of the table."""
    subject = Subject(program, (goroutines, rounds), Settings(max_steps=100_000))
    execution = subject.walk(random.Random(1).random)
    trace, schedule = execution.skeleton, execution.schedule
    assert not races(trace)
    return [
        program.__name__,
        str(goroutines),
        f"{len(trace):,}",
        milliseconds(lambda: subject.retrace(schedule, readable=False)),
        milliseconds(lambda: list(with_pasts(trace))),
        milliseconds(lambda: races(trace)),
    ]


def tables(quick: bool) -> list[Table]:
    """One table."""
    sizes = (1, 5) if quick else (1, 10, 50)
    rows = [row(locked, 8, 3 * size) for size in sizes]
    rows += [row(many_places, goroutines, 90 * sizes[-1] // goroutines // 5) for goroutines in (8, 32)]
    columns = ("program", "goroutines", "steps", "trace, ms", "fold, ms", "detector, ms")
    notes = ["The trace is a skeleton: what is made for every execution that shares something."]
    return [Table("Races in one trace", columns, rows, notes)]
