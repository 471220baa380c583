"""Steps per second and executions per second of the exploring runtime, on three programs.

    python -m benchmarks.speed [--seconds 1.0] [--repeat 5]

Processor time, the best of `--repeat` rounds (machines are noisy; the best round is the least disturbed one). The
last column is the ratio of the random walk to the plain loop that lists every enabled transition, measured in
alternate rounds of the same run.
"""

from __future__ import annotations

import argparse
import platform
import random
import time
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.programs import late_event
from harness import Channel, Mutex, Shared, go
from harness.runtime.execute import Subject
from harness.search.exhaustive import Exhaustive
from harness.stream import StreamPlan, serve
from scenarios.stream.close_channel import close_channel


async def lock_program() -> None:
    """Three goroutines: lock, load, store, unlock. 12 steps."""
    mutex, counter = Mutex(), Shared(0)

    async def increment() -> None:
        await mutex.lock()
        await counter.store(await counter.load() + 1)
        await mutex.unlock()

    for _ in range(3):
        go(increment)


async def producer_consumer() -> None:
    """Three producers and three consumers of 50 values each over a channel of capacity 2. 300 steps."""
    channel = Channel(2)

    async def produce() -> None:
        for value in range(50):
            await channel.send(value)

    async def consume() -> None:
        for _ in range(50):
            await channel.recv()

    for _ in range(3):
        go(produce)
        go(consume)


PROGRAMS: dict[str, Callable[..., Any]] = {
    "lock, 12 steps": lock_program,
    "3x3 producer-consumer, 300 steps": producer_consumer,
    "late event, events(3,2,1)": late_event,
    "close-channel handler, 3 events": serve(close_channel, StreamPlan(events=3, capacity=2)),
}


def random_walk(subject: Subject) -> Callable[[], int]:
    """The fast loop."""
    draw = random.Random(1).random
    return lambda: subject.walk(draw).steps


def plain_random(subject: Subject) -> Callable[[], int]:
    """The plain loop, choosing at random."""
    draw = random.Random(1).random
    return lambda: subject.execute(lambda enabled: int(draw() * len(enabled))).steps


def depth_first(subject: Subject) -> Callable[[], int]:
    """Naive exhaustive search, begun again when it is through."""
    searches = [Exhaustive()]

    def step() -> int:
        if not searches[0].begin():
            searches[0] = Exhaustive()
            searches[0].begin()
        return subject.execute(searches[0].choose).steps

    return step


def rates(once: Callable[[], int], seconds: float) -> tuple[float, float]:
    """Steps per second and executions per second, over about `seconds` of processor time."""
    steps = executions = 0
    start = time.process_time()
    while (elapsed := time.process_time() - start) < seconds:
        for _ in range(20):
            steps += once()
        executions += 20
    return steps / elapsed, executions / elapsed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=0.5, help="processor time for each round")
    parser.add_argument("--repeat", type=int, default=5, help="rounds; the best one counts")
    options = parser.parse_args()
    table = Table(title=f"CPython {platform.python_version()}, one core, best of {options.repeat} rounds")
    for column in ("program", "search", "million steps/s", "executions/s", "walk / plain"):
        table.add_column(column, justify="left" if column in ("program", "search") else "right")
    for name, program in PROGRAMS.items():
        searches = {f.__name__.replace("_", " "): f(Subject(program)) for f in (random_walk, plain_random, depth_first)}
        best: dict[str, tuple[float, float]] = {}
        for _ in range(options.repeat):
            for search, once in searches.items():
                best[search] = max(best.get(search, (0.0, 0.0)), rates(once, options.seconds))
        for search, (steps, executions) in best.items():
            ratio = f"{best['random walk'][0] / best['plain random'][0]:.2f}" if search == "random walk" else ""
            table.add_row(name, search, f"{steps / 1e6:.2f}", f"{executions:,.0f}", ratio)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
