"""Where an unlocked lock is unlocked, the reduced search explores what naive search does, and nothing twice."""

from __future__ import annotations

import pytest

from harness import Cond, Mutex, RWMutex, WaitGroup, go, prove
from harness.causes.no_return import last_chance
from harness.errors import Falsified
from harness.model.execution import Execution
from harness.oracles import no_panic
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.dpor.strategy import DPOR
from tests.meta.random_programs import Program
from tests.meta.test_no_return_twin import every_execution


async def never_locked() -> None:
    """One operation."""
    await Mutex().unlock()


async def unlocked_twice() -> None:
    """One goroutine."""
    lock = Mutex()
    await lock.lock()
    await lock.unlock()
    await lock.unlock()


async def perhaps_locked() -> None:
    """It may be unlocked too early."""
    lock = Mutex()
    go(lock.lock)
    await lock.unlock()


async def never_locked_for_writing() -> None:
    """One operation."""
    await RWMutex().unlock()


async def waits_without_the_lock() -> None:
    """A wait unlocks."""
    lock = Mutex()
    go(lock.lock)
    await Cond(lock).wait()


@pytest.mark.parametrize(
    "program", [never_locked, unlocked_twice, perhaps_locked, never_locked_for_writing, waits_without_the_lock]
)
def test_a_fatal_error_is_explored_once(program: Program) -> None:
    reduced = [execution.schedule for execution in executions(Subject(program), DPOR())]
    assert sorted(reduced) == sorted(execution.schedule for execution in every_execution(Subject(program)))


async def done_too_often() -> None:
    """The search finds out that the group is misused, and starts again."""
    group = WaitGroup()
    await group.add(1)
    go(group.done)
    await group.done()
    await group.wait()


@pytest.mark.parametrize("program", [never_locked, done_too_often])
def test_a_search_that_starts_again_counts_every_class_once(program: Program) -> None:
    with pytest.raises(Falsified) as falsified:
        prove(program, oracles=(no_panic,), canary=False)
    failing: Execution = falsified.value.counterexample.execution
    last = last_chance(Subject(program), failing, lambda found: False, 10**6)
    assert last.complete and last.executions == len(every_execution(Subject(program)))
