"""What a drawn schedule does with its numbers: every schedule can be had, and small numbers switch seldom."""

from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from harness import Channel, Execution, Falsified, Panicked, Returned, Shared, check, choose, go, gosched, outcomes, run
from harness.errors import BadInput, NondeterministicProgram, ReplayDiverged
from harness.generators import Schedule, schedules, stream_plans
from harness.generators.drawn import CALM, Drawn
from harness.oracles import returns
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.strategies import Exhaustive

DENSE = CALM.index(min(CALM))


class Numbers:
    """Gives these numbers and then zeros, and remembers what it was asked for."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = iter(numbers)
        self.asked: list[int] = []

    def __call__(self, ceiling: int) -> int:
        self.asked.append(ceiling)
        number = next(self.numbers, 0)
        assert number < ceiling
        return number


def drawn(*numbers: int, most: int = 500) -> Schedule:
    return Schedule(lambda: Drawn(Numbers(*numbers), most), "drawn")


def every_sequence(program: Callable[..., object]) -> Iterator[Execution]:
    """An execution for each sequence of numbers, if nobody is late."""
    pending: list[list[int]] = [[]]
    while pending:
        begun = pending.pop()
        numbers = Numbers(0, 0, *begun)
        yield run(program, strategy=Schedule(lambda numbers=numbers: Drawn(numbers, 500), "numbers"))
        for position in range(len(begun), len(numbers.asked) - 2):
            given = begun + [0] * (position - len(begun))
            pending += [[*given, number] for number in range(1, numbers.asked[position + 2])]


async def two_writers() -> str:
    word = Shared("", name="word")

    async def write(letter: str) -> None:
        await word.store(await word.load() + letter)

    go(write, "a")
    go(write, "b")
    return await word.load() + "xy"[await choose(2)]


def test_every_schedule_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.generators.drawn.CALM", (0,))  # or else many sequences mean the same
    every = [execution.schedule for execution in executions(Subject(two_writers), Exhaustive())]
    found = list(every_sequence(two_writers))
    assert sorted(execution.schedule for execution in found) == sorted(every)
    assert {execution.outcome.value for execution in found if isinstance(execution.outcome, Returned)} == outcomes(
        two_writers
    )
    assert len(every) > 20


def test_zeros_switch_only_where_they_must_and_then_to_the_oldest() -> None:
    schedule = drawn()
    execution = run(two_writers, strategy=schedule)
    assert [action.participants[0].goroutine for action in execution.trace] == [
        *["main"] * 2,
        *["main/write#1"] * 2,
        *["main/write#2"] * 2,
    ]
    assert (schedule.switches, schedule.steps) == (2, 6)


def test_a_number_passes_over_as_many_transitions_and_one_too_large_over_none() -> None:
    def first(number: int) -> str:
        return run(two_writers, strategy=drawn(DENSE, 0, number)).trace[0].participants[0].goroutine

    assert [first(number) for number in range(5)] == ["main", "main/write#1", "main/write#2", "main", "main"]


def test_who_is_late_moves_when_nobody_else_can() -> None:
    execution = run(two_writers, strategy=drawn(0, 1, 0, 1, 1, 0))
    assert [action.participants[0].goroutine for action in execution.trace] == [
        *["main/write#2"] * 2,
        *["main"] * 2,
        *["main/write#1"] * 2,
    ]


def test_no_more_numbers_are_drawn_than_allowed() -> None:
    for most in range(8):
        numbers = Numbers(1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
        run(two_writers, strategy=Schedule(lambda numbers=numbers, most=most: Drawn(numbers, most), "few"))
        assert len(numbers.asked) <= most


async def two_play_until_a_third_stops_them() -> int:
    ball, stop, rounds = Channel(name="ball"), Shared(False, name="stop"), 0

    async def returner() -> None:
        async for number in ball:
            await ball.send(number)

    async def stopper() -> None:
        await stop.store(True)

    go(returner)
    go(stopper)
    while not await stop.load():
        await ball.send(rounds)
        await ball.recv()
        rounds += 1
    return rounds


async def spins() -> None:
    flag = Shared(False, name="flag")
    go(flag.store, True)
    while not await flag.load():
        await gosched()


@pytest.mark.parametrize("numbers", [(), (0, 1, 2)], ids=["undisturbed", "the one they wait for is late"])
@pytest.mark.parametrize("program", [two_play_until_a_third_stops_them, spins])
def test_nobody_is_kept_waiting_for_ever(program: Callable[..., object], numbers: tuple[int, ...]) -> None:
    assert isinstance(run(program, strategy=drawn(*numbers), fair_bound=0).outcome, Returned)


# -- as a strategy -------------------------------------------------------------------------------------------------


async def loses_an_update() -> int:
    value, done = Shared(0, name="value"), Channel(2, name="done")

    async def add() -> None:
        await value.store(await value.load() + 1)
        await done.send(None)

    go(add)
    go(add)
    await done.recv()
    await done.recv()
    return await value.load()


TWO = [returns(2)]


def test_each_verb_gets_one_execution_and_a_second_verb_another_one() -> None:
    numbers = Numbers(DENSE, 0)
    schedule = Schedule(lambda: Drawn(numbers, 500), "numbers")
    assert check(loses_an_update, strategy=schedule, oracles=TWO).executions == 1
    assert check(loses_an_update, strategy=schedule, oracles=TWO, executions=5_000).executions == 1
    once = len(numbers.asked)
    run(loses_an_update, strategy=schedule)
    assert len(numbers.asked) * 2 == once * 3


def test_a_failure_is_raised_as_it_was_drawn_and_not_made_smaller() -> None:
    noisy = (DENSE, 0, 1, 1, 1, 1, 1)
    first = drawn(*noisy)
    with pytest.raises(Falsified) as falsified:
        check(loses_an_update, strategy=first, oracles=TWO)
    found = falsified.value.counterexample
    assert found.execution.schedule == run(loses_an_update, strategy=drawn(*noisy)).schedule
    assert found.message == "main returned 1, not 2"
    again = Schedule.parse(found.token)
    for _ in range(2):
        with pytest.raises(Falsified) as repeated:
            check(loses_an_update, strategy=again, oracles=TWO)
        assert repeated.value.counterexample.schedule == found.schedule
        assert (again.steps, again.switches) == (found.execution.steps, first.switches)
    assert repr(again) == f"Schedule.parse({found.token!r})"


def test_a_written_schedule_must_fit() -> None:
    token = token_of(loses_an_update, DENSE, 0, 1, 1, 1, 1, 1)
    with pytest.raises(ReplayDiverged):
        run(two_writers, strategy=Schedule.parse(token))
    with pytest.raises(BadInput, match="token"):
        Schedule.parse(token[:-4])


def token_of(program: Callable[..., object], *numbers: int) -> str:
    with pytest.raises(Falsified) as falsified:
        check(program, strategy=drawn(*numbers), oracles=TWO)
    return falsified.value.counterexample.token


def test_a_written_schedule_takes_two_runs_one_to_follow_its_order_and_one_to_count() -> None:
    begun = []

    async def counted() -> int:
        begun.append(None)
        return await loses_an_update()

    token = token_of(counted, DENSE, 0, 1, 1, 1, 1, 1)
    begun.clear()
    assert len(list(islice(executions(Subject(counted), Schedule.parse(token)), 1))) == 1
    assert len(begun) == 2


def test_a_written_schedule_that_needs_more_steps_than_it_may_take_does_not_fit() -> None:
    token = token_of(loses_an_update, DENSE, 0, 1, 1, 1, 1, 1)
    with pytest.raises(ReplayDiverged, match="the execution ended after 3 of the 9 steps"):
        run(loses_an_update, strategy=Schedule.parse(token), max_steps=3)


calls = 0


async def differs_every_time() -> None:
    global calls  # noqa: PLW0603 (the mistake that is to be noticed)
    calls += 1
    raise ValueError(str(calls))


def test_a_program_that_differs_every_time_is_told_apart_from_a_failure() -> None:
    assert isinstance(run(differs_every_time, strategy=drawn()).outcome, Panicked)
    with pytest.raises(NondeterministicProgram, match="did not show it"):
        check(differs_every_time, strategy=drawn())


def test_bounds_that_make_no_sense_are_refused() -> None:
    with pytest.raises(BadInput, match="max_choices is a whole number of at least 0; found -1"):
        schedules(max_choices=-1)
    with pytest.raises(BadInput, match="endings names at least one of success"):
        stream_plans(endings=())
