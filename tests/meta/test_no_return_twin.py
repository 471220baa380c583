"""The point of no return, found by a reduced search, is the one that looking at every schedule finds: on random
programs, for every value that they can return, under both clocks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

import pytest

from harness import Channel, Recv, Shared, Timer, WaitGroup, go, select, sleep
from harness.causes.no_return import last_chance
from harness.model.execution import Execution, Settings
from harness.model.outcome import Returned
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.exhaustive import Exhaustive
from tests.meta.random_programs import THEMES, Program, program

MOST = 400
"""Programs with more schedules are left out."""
FAILING = 6
"""Of so many failing executions of each value, evenly chosen, the point of no return is looked for."""
SETTINGS = [Settings(max_steps=60), Settings("adversarial", max_steps=60, early_firings=1)]


def value_of(execution: Execution) -> str | None:
    """What main returned; None if it did not. What comes after a panic does not count."""
    return str(execution.outcome.value) if isinstance(execution.outcome, Returned) else None


def every_execution(subject: Subject, most: int = MOST) -> list[Execution]:
    """All of them; none, if these are too many."""
    found: list[Execution] = []
    for execution in executions(subject, Exhaustive()):
        found.append(execution)
        if len(found) > most:
            return []
    return found


def last_common(failing: Execution, passing: list[Execution]) -> int | None:
    """How many steps a passing execution can have in common with a failing one, by comparing with all."""
    return max((common(failing, other) for other in passing), default=None)


def common(one: Execution, other: Execution) -> int:
    """How many choices two executions have in common at the beginning."""
    pairs = zip(one.schedule, other.schedule, strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


async def reused() -> int:
    """A wait group that is used again too early: what the search finds out on the way makes it start again."""
    group, variable = WaitGroup(), Shared(0)
    await group.add(1)

    async def worker() -> None:
        await group.done()
        await variable.store(1)
        await group.add(1)
        await group.done()

    async def waiter() -> None:
        await group.wait()
        await variable.store(2)

    go(worker)
    go(waiter)
    await group.wait()
    return int(await variable.load())


async def called_off() -> int:
    """A timer and whoever stops it are due at the same moment."""
    timer, done = Timer(1), Channel(name="done")

    async def stopper() -> None:
        await sleep(1)
        await timer.stop()
        await done.close()

    go(stopper)
    return (await select(Recv(timer.c), Recv(done)))[0]


async def ties() -> int:
    """Three wake at the same moment."""
    last = Shared(-1)

    async def worker(number: int) -> None:
        await sleep(1)
        await last.store(number)

    for number in range(3):
        go(worker, number)
    await sleep(2)
    return int(await last.load())


def compared(subject: Subject, every: list[Execution]) -> Iterator[int | None]:
    """For failing executions of every value, where they could still have passed; found in both ways."""
    for value in sorted({str(value_of(execution)) for execution in every} | {"never returned"}):
        passing = [execution for execution in every if value_of(execution) == value]
        failing = [execution for execution in every if value_of(execution) != value]
        for execution in failing[:: max(1, len(failing) // FAILING)]:
            last = last_chance(subject, execution, lambda found, value=value: value_of(found) == value, 10**9)
            expected = last_common(execution, passing)
            assert last.complete and (last.passing is None) == (expected is None)
            if last.passing is not None:
                assert last.common == expected == common(execution, last.passing)
                assert value_of(last.passing) == value
            yield expected


@pytest.mark.parametrize("settings", SETTINGS, ids=["idle", "adversarial"])
@pytest.mark.parametrize("theme", [*THEMES, None])
def test_the_last_chance_is_the_last_of_all(theme: str | None, settings: Settings) -> None:
    found: list[int | None] = []
    for seed in range(12):
        subject = Subject(program(seed, theme), (), settings)
        found += compared(subject, every_execution(subject))
    assert found.count(None) > 4 and len(set(found)) > 2


@pytest.mark.parametrize("subject", [reused, called_off, ties])
def test_so_it_is_where_a_search_starts_again_and_where_time_moves_in_several_ways(subject: Program) -> None:
    found = list(compared(Subject(subject), every_execution(Subject(subject), 10**6)))
    assert len(set(found)) > 2
