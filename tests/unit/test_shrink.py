"""The shrinker: what it returns still fails, is the smallest there is or says that it may not be, and is repeatable."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from harness import Channel, Falsified, Mutex, Recv, Shared, choose, go, gosched, select
from harness.model.answers import FEWEST_SWITCHES, ONE_MINIMAL, STOPPED_EARLY
from harness.model.execution import Execution, Settings
from harness.model.outcome import Deadlocked, Panicked, Returned
from harness.oracles import no_panic
from harness.runtime.execute import Subject
from harness.search.fewest import LARGE, Fewest, measure
from harness.search.shrink import shrink
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


APPROACHES: dict[str, dict[str, int]] = {"searching": {}, "greedily": {"steps": 0}}


@pytest.mark.parametrize("approach", APPROACHES)
@pytest.mark.parametrize("clock", ["idle", "adversarial"])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("program", "fails"), CASES)
def test_the_result_fails_and_is_not_larger(program: Any, fails: Fails, seed: int, clock: str, approach: str) -> None:
    subject, execution = failing(program, fails, seed, Settings(clock))
    found = shrink(subject, execution, fails, **APPROACHES[approach])
    assert fails(found.execution)
    assert found.measure == measure(subject, found.execution) <= measure(subject, execution)
    assert fails(subject.execute(iter_chooser(found.execution.schedule, found.execution)))


def iter_chooser(schedule: tuple[int, ...], execution: Execution) -> Callable[[Any], int]:
    """Answers with the schedule's choices wherever there was one."""
    answers = iter(action.index for action in execution.trace if action.alternatives > 1)
    return lambda enabled: next(answers)


@pytest.mark.parametrize(("program", "fails"), CASES)
def test_every_start_leads_to_the_same_smallest_execution(program: Any, fails: Fails) -> None:
    starts = [failing(program, fails, seed, Settings()) for seed in range(10)]
    found = [shrink(subject, execution, fails) for subject, execution in starts]
    assert len({each.measure for each in found}) == 1 < len({measure(*start) for start in starts})
    assert {each.minimal for each in found} == {FEWEST_SWITCHES}


@pytest.mark.parametrize(("program", "fails"), CASES)
def test_what_was_shrunk_greedily_cannot_be_shrunk_further_that_way(program: Any, fails: Fails) -> None:
    for seed in range(10):
        subject, execution = failing(program, fails, seed, Settings())
        found = shrink(subject, execution, fails, steps=0)
        assert found.minimal == ONE_MINIMAL
        assert shrink(subject, found.execution, fails, steps=0).execution is found.execution


def test_the_smallest_lost_update_has_three_switches() -> None:
    """One goroutine loads, the other increments, the first stores; then main: one of them is a preemption."""
    lost = CASES[0][1]
    subject, execution = failing(lost_update, lost, 0, Settings())
    switches, preemptions, length, _ = shrink(subject, execution, lost).measure
    assert (switches, preemptions, length) == (3, 1, 9)


def test_the_smallest_deadlock_of_two_locks_has_one_switch() -> None:
    """Main takes its first lock and is preempted; the other goroutine takes its own, and both wait."""
    stuck = CASES[1][1]
    subject, execution = failing(opposite_locks, stuck, 0, Settings())
    assert shrink(subject, execution, stuck).measure[:3] == (1, 1, 2)


@pytest.mark.parametrize("approach", APPROACHES)
@pytest.mark.parametrize(("program", "fails"), CASES)
def test_shrinking_is_repeatable(program: Any, fails: Fails, approach: str) -> None:
    subject, execution = failing(program, fails, 5, Settings())
    once, again = (shrink(subject, execution, fails, **APPROACHES[approach]) for _ in range(2))
    assert once.measure == again.measure


def test_without_attempts_nothing_changes_and_the_result_says_so() -> None:
    subject, execution = failing(lost_update, CASES[0][1], 5, Settings())
    found = shrink(subject, execution, CASES[0][1], steps=0, attempts=0)
    assert found.execution is execution and found.minimal == STOPPED_EARLY


def test_a_search_that_stopped_has_shown_that_fewer_switches_are_not_enough() -> None:
    """All that has fewer switches than what the other way comes to may have been looked through before."""
    lost = CASES[0][1]
    subject, execution = failing(lost_update, lost, 5, Settings())
    minimal, finished = [], []
    for steps in range(0, 3_000, 50):
        minimal.append(shrink(subject, execution, lost, steps=steps).minimal)
        finished.append(Fewest(subject, lost, drained=False, steps=steps).search() is not None)
    assert finished == sorted(finished) and finished[-1]
    assert minimal == sorted(minimal) and minimal[0] == ONE_MINIMAL
    assert finished.index(True) > minimal.index(FEWEST_SWITCHES)


def test_the_number_of_attempts_is_a_bound() -> None:
    asked = []
    subject, execution = failing(lost_update, CASES[0][1], 5, Settings())

    def fails(candidate: Execution) -> bool:
        asked.append(candidate)
        return CASES[0][1](candidate)

    assert shrink(subject, execution, fails, steps=0, attempts=7).minimal == STOPPED_EARLY
    assert len(asked) <= 7


def test_an_oracle_that_looks_at_the_order_of_independent_steps_is_shrunk_the_other_way() -> None:
    """Of each class one execution is looked at, and it may not be one that such an oracle objects to."""

    async def two_counters() -> None:
        async def count(name: str) -> None:
            x = Shared(0, name=name)
            for _ in range(3):
                await x.store(0)

        go(count, "a")
        go(count, "b")

    def alternating(execution: Execution) -> bool:
        return [action.name for action in execution.trace] == list("bababa")

    subject, execution = failing(two_counters, alternating, 0, Settings())
    found = shrink(subject, execution, alternating)
    assert alternating(found.execution) and found.minimal == ONE_MINIMAL


def test_the_counterexample_of_a_check_is_a_shrunk_one_that_replays() -> None:
    with pytest.raises(Falsified) as caught:
        check(late_sender, oracles=[no_panic])
    found = caught.value.counterexample
    assert found.oracle == "no_panic" and found.schedule == found.execution.schedule
    with pytest.raises(Falsified) as again:
        replay(late_sender, token=found.token, oracles=[no_panic])
    assert again.value.counterexample.execution.trace == found.execution.trace
    assert again.value.counterexample.token == found.token


def test_of_many_goroutines_only_so_much_is_kept() -> None:
    """Sets of events are kept as bits, so what the search remembers grows with the square of what it has planned."""

    async def crowd() -> None:
        events = Channel(40)

        async def sender(number: int) -> None:
            for _ in range(5):
                await events.send(number)

        for number in range(40):
            go(sender, number)

    search = Fewest(Subject(crowd), lambda execution: False, drained=True, steps=20_000)
    assert search.search() is None and not search.complete
    assert len(search.known) > LARGE
    assert sum(events.bit_length() for events, _ in search.cheapest) < 30e6 * 8


class Alternating:
    """One execution: the last transition and the first, in turns."""

    turn = 1

    def begin(self) -> bool:
        return True

    def choose(self, enabled: list[Any]) -> int:
        self.turn = 1 - self.turn
        return 0 if self.turn else len(enabled) - 1

    def end(self) -> None:
        pass


def test_an_oracle_that_cannot_judge_smaller_ones_has_still_found_what_it_has_found() -> None:
    def hasty(execution: Execution) -> str | None:
        if execution.steps < 12:
            raise LookupError("it expects at least twelve steps")
        return "an update was lost" if execution.outcome == Returned(1) else None

    async def longer() -> Any:
        if await choose(2):
            for _ in range(4):
                await gosched()
        return await lost_update()

    with pytest.raises(Falsified) as found:
        check(longer, oracles=[hasty], strategy=Alternating(), executions=1)
    assert found.value.counterexample.execution.steps >= 12
