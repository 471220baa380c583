"""The shrinker: what it returns still fails, is never larger, and is the same every time."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from harness import Channel, Falsified, Mutex, Recv, Shared, go, select
from harness.model.execution import Execution, Settings
from harness.model.outcome import Deadlocked, Panicked, Returned
from harness.oracles import no_panic
from harness.runtime.execute import Subject
from harness.search.shrink import shrink, size
from harness.verify import check, replay


async def lost_update() -> Any:
    x, joined = Shared(0), Channel(2)

    async def increment() -> None:
        await x.store(await x.load() + 1)
        await joined.send(None)

    go(increment)
    go(increment)
    await joined.recv()
    await joined.recv()
    return await x.load()


async def opposite_locks() -> None:
    locks = Mutex(), Mutex()

    async def worker(first: int) -> None:
        async with locks[first], locks[1 - first]:
            pass

    go(worker, 0)
    await worker(1)


async def late_sender() -> int:
    events, done = Channel(2), Channel()

    async def sender() -> None:
        await events.send(1)
        await events.send(2)
        await events.close()
        await done.close()

    async def child() -> None:
        await events.send(3)

    go(sender)
    go(child)
    received = 0
    while (await select(Recv(events), Recv(done)))[2]:
        received += 1
    return received


Fails = Callable[[Execution], bool]
CASES: list[tuple[Any, Fails]] = [
    (lost_update, lambda e: e.outcome == Returned(1)),
    (opposite_locks, lambda e: isinstance(e.outcome, Deadlocked)),
    (late_sender, lambda e: isinstance(e.outcome, Panicked)),
    (late_sender, lambda e: e.outcome == Returned(2)),
]


def failing(program: Any, fails: Fails, seed: int, settings: Settings) -> tuple[Subject, Execution]:
    subject, source = Subject(program, (), settings), random.Random(seed)
    while True:
        execution = subject.walk(source.random)
        if fails(execution):
            return subject, execution


@pytest.mark.parametrize("clock", ["idle", "adversarial"])
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("program", "fails"), CASES)
def test_the_result_fails_and_is_not_larger(program: Any, fails: Fails, seed: int, clock: str) -> None:
    subject, execution = failing(program, fails, seed, Settings(clock))
    found = shrink(subject, execution, fails)
    assert fails(found)
    assert size(found) <= size(execution)
    assert fails(subject.execute(iter_chooser(found.schedule, found)))


def iter_chooser(schedule: tuple[int, ...], execution: Execution) -> Callable[[Any], int]:
    """Answers with the schedule's choices wherever there was one."""
    answers = iter(action.index for action in execution.trace if action.alternatives > 1)
    return lambda enabled: next(answers)


@pytest.mark.parametrize(("program", "fails"), CASES)
def test_what_was_shrunk_cannot_be_shrunk_further(program: Any, fails: Fails) -> None:
    for seed in range(10):
        subject, execution = failing(program, fails, seed, Settings())
        found = shrink(subject, execution, fails)
        assert shrink(subject, found, fails) is found


def test_some_start_shrinks_to_the_smallest_lost_update() -> None:
    """One goroutine loads, the other increments, the first stores; then main: three switches."""
    lost = CASES[0][1]
    starts = [failing(lost_update, lost, seed, Settings()) for seed in range(10)]
    switches = [size(shrink(subject, execution, lost))[0] for subject, execution in starts]
    assert min(switches) == 3
    assert max(switches) < max(size(execution)[0] for _, execution in starts)


@pytest.mark.parametrize(("program", "fails"), CASES)
def test_shrinking_is_repeatable(program: Any, fails: Fails) -> None:
    subject, execution = failing(program, fails, 5, Settings())
    assert shrink(subject, execution, fails).schedule == shrink(subject, execution, fails).schedule


def test_without_attempts_nothing_changes() -> None:
    subject, execution = failing(lost_update, CASES[0][1], 5, Settings())
    assert shrink(subject, execution, CASES[0][1], attempts=0) is execution


def test_the_number_of_attempts_is_a_bound() -> None:
    asked = []
    subject, execution = failing(lost_update, CASES[0][1], 5, Settings())

    def fails(candidate: Execution) -> bool:
        asked.append(candidate)
        return CASES[0][1](candidate)

    shrink(subject, execution, fails, attempts=7)
    assert len(asked) <= 7


def test_the_counterexample_of_a_check_is_a_shrunk_one_that_replays() -> None:
    with pytest.raises(Falsified) as caught:
        check(late_sender, oracles=[no_panic])
    found = caught.value.counterexample
    assert found.oracle == "no_panic" and found.schedule == found.execution.schedule
    with pytest.raises(Falsified) as again:
        replay(late_sender, token=found.token, oracles=[no_panic])
    assert again.value.counterexample.execution.trace == found.execution.trace
    assert again.value.counterexample.token == found.token
