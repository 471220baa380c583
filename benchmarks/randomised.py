"""Random search: how many executions until the first bug, and how many executions and steps a second.

Every campaign starts cold and has its own seed; the counts are equal on every machine, the rates are not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import islice
from statistics import mean, median
from typing import Any

from benchmarks.programs import NOTHING_LOST, RARER_BUGS, late_event, s2c
from benchmarks.report import Table, number
from benchmarks.speed import producer_consumer
from harness.oracles import Oracle
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.strategies import (
    DPOR,
    PCT,
    POS,
    DelayBounded,
    Exhaustive,
    Mixed,
    PreemptionBounded,
    RandomWalk,
    Strategy,
    UniformRandomWalk,
)

Make = Callable[[int], Strategy]

RANDOM: dict[str, Make] = {
    "RW": lambda seed: RandomWalk(seed=seed),
    "URW": lambda seed: UniformRandomWalk(seed=seed),
    "SURW": lambda seed: UniformRandomWalk(selective=True, seed=seed),
    "PCT 1": lambda seed: PCT(depth=1, seed=seed),
    "PCT 2": lambda seed: PCT(depth=2, seed=seed),
    "PCT 3": lambda seed: PCT(depth=3, seed=seed),
    "POS": lambda seed: POS(seed=seed),
    "Delay 2": lambda seed: DelayBounded(delays=2, seed=seed),
    "Mixed": lambda seed: Mixed(seed=seed),
}
SYSTEMATIC: dict[str, Make] = {
    "DPOR": lambda seed: DPOR(),
    "PB 2": lambda seed: PreemptionBounded(preemptions=2),
    "naive": lambda seed: Exhaustive(),
}
GIVE_UP = 5
"""After so many campaigns in vain, a strategy is taken not to find the bug."""


def first_bug(subject: Subject, strategy: Strategy, oracle: Oracle, limit: int) -> int:
    """Which execution is the first one that the oracle objects to; `limit` if none before is."""
    tried = enumerate(islice(executions(subject, strategy), limit - 1), start=1)
    return next((number for number, execution in tried if oracle(execution) is not None), limit)


def campaigns(subject: Subject, make: Make, oracle: Oracle, seeds: range, limit: int) -> list[int]:
    """The first bugs of campaigns, one for each seed."""
    found: list[int] = []
    for seed in seeds:
        found.append(first_bug(subject, make(seed), oracle, limit))
        if found == [limit] * GIVE_UP:
            break
    return found


def typical(found: Sequence[int], limit: int, *, by_mean: bool) -> str:
    """The middle of the campaigns: "never" without a success, and a lower bound if some were cut off."""
    if min(found) == limit:
        return "never"
    bound = "≥ " if by_mean and max(found) == limit else ""
    middle = mean(found) if by_mean else median(found)
    return f"{bound}{number(float(f'{middle:.3g}'))}"


def first_bugs(quick: bool) -> Table:
    """Programs down, strategies across."""
    limit, few, many = (200, 10, 20) if quick else (1_000, 40, 200)
    lines: list[tuple[str, Callable[..., Any], tuple[int, ...], Oracle, int]] = [
        ("S2c (median)", s2c, (), NOTHING_LOST, many),
        *((name, program, arguments, oracle, few) for name, (program, arguments, oracle) in RARER_BUGS.items()),
    ]
    rows = []
    for name, program, arguments, oracle, seeds in lines:
        subject, by_mean = Subject(program, arguments), program is not s2c
        makes = [(make, range(seeds)) for make in RANDOM.values()] + [(make, range(1)) for make in SYSTEMATIC.values()]
        found = [campaigns(subject, make, oracle, those, limit) for make, those in makes]
        rows.append([name, *(typical(each, limit, by_mean=by_mean) for each in found)])
    notes = [
        "RW: RandomWalk; URW and SURW: UniformRandomWalk, plain and selective; PCT 1: PCT of depth 1; Delay 2: "
        "DelayBounded with 2 delays; PB 2: PreemptionBounded with 2 preemptions; naive: Exhaustive.",
        f"The median of {many} seeds for S2c, the mean of {few} seeds for the others; systematic ones have none. "
        f"A campaign ends after {limit:,} executions: `never` means that {GIVE_UP} of them found nothing, `≥` that one "
        "or more of them found nothing and count as the limit.",
    ]
    return Table("Executions to the first bug", ("program", *RANDOM, *SYSTEMATIC), rows, notes)


def rate(subject: Subject, strategy: Strategy, seconds: float) -> tuple[float, float]:
    """Executions and steps for a second of processor time; a random strategy does not come to an end."""
    tried = steps = 0
    search = executions(subject, strategy)
    start = time.process_time()
    while (elapsed := time.process_time() - start) < seconds:
        for execution in islice(search, 20):
            steps += execution.steps
        tried += 20
    return tried / elapsed, steps / elapsed


def rates(quick: bool) -> Table:
    """The best of some rounds; the strategies take turns, so that all of them see the same noise."""
    rounds, seconds = (2, 0.05) if quick else (5, 0.4)
    subjects = {"3x3 prodcons": Subject(producer_consumer), "events(3,2,1)": Subject(late_event, (3, 2))}
    best: dict[tuple[str, str], tuple[float, float]] = {}
    for _ in range(rounds):
        for name, make in RANDOM.items():
            for program, subject in subjects.items():
                best[name, program] = max(best.get((name, program), (0.0, 0.0)), rate(subject, make(1), seconds))
    columns = [f"{program}: {unit}" for program in subjects for unit in ("executions/s", "million steps/s")]
    rows = []
    for name in RANDOM:
        figures = [best[name, program] for program in subjects]
        rows.append([name, *(text for tried, steps in figures for text in (number(tried), f"{steps / 1e6:.2f}"))])
    notes = [f"Processor time, the best of {rounds} rounds. 3x3 prodcons: 50 values each over capacity 2, 300 steps."]
    return Table("Random search: rates", ("strategy", *columns), rows, notes)


def tables(quick: bool) -> list[Table]:
    """Both tables."""
    return [first_bugs(quick), rates(quick)]
