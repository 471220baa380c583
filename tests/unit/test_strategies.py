"""A strategy has three methods and answers one question; the campaign keeps to that contract."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from harness import Atomic, Channel, ReplayDiverged, check, choose, go, outcomes, prove, run
from harness.errors import BadInput
from harness.model.operation import Transition
from harness.runtime.execute import Subject
from harness.search.campaign import decisions_of
from harness.strategies import Exhaustive, RandomWalk, Replay


async def three_writers() -> Any:
    x = Atomic(0)
    for value in (1, 2, 3):
        go(x.store, value)
    return await x.load()


async def sequential() -> str:
    await Channel(1).send(1)
    return "done"


class Diary:
    """Always the first transition; writes down what it was asked."""

    def __init__(self, limit: int = 10**9, answer: Any = 0) -> None:
        self.entries: list[Any] = []
        self.limit = limit
        self.answer = answer

    def begin(self) -> bool:
        self.entries.append("begin")
        return self.entries.count("begin") <= self.limit

    def choose(self, enabled: Sequence[Transition]) -> int:
        self.entries.append(len(enabled))
        answer: int = self.answer
        return answer

    def end(self) -> None:
        self.entries.append("end")


ONE = ["begin", 4, 3, 2, "end"]


def test_a_strategy_is_asked_only_where_there_is_a_choice() -> None:
    diary = Diary()
    check(three_writers, strategy=diary, executions=1)
    assert diary.entries[:4] == ONE[:4]
    diary = Diary()
    check(sequential, strategy=diary, executions=1)
    assert diary.entries[:1] == ["begin"] and not any(type(entry) is int for entry in diary.entries)


@pytest.mark.parametrize("verb", [run, lambda *a, **k: check(*a, executions=1, **k)])
def test_every_execution_that_was_begun_is_ended(verb: Callable[..., Any]) -> None:
    diary = Diary()
    verb(three_writers, strategy=diary)
    assert diary.entries == ONE


def test_begin_and_end_alternate() -> None:
    diary = Diary()
    check(three_writers, strategy=diary, executions=3)
    assert diary.entries == ONE * 3


def test_check_stops_when_the_strategy_has_nothing_left() -> None:
    diary = Diary(limit=2)
    assert check(three_writers, strategy=diary, executions=10).executions == 2
    assert diary.entries == [*ONE * 2, "begin"]


def test_check_stops_after_as_many_executions_as_it_was_given() -> None:
    assert check(three_writers, strategy=Diary(), executions=7).executions == 7


def test_run_with_a_strategy_that_has_nothing_left_is_refused() -> None:
    with pytest.raises(BadInput, match="strategy"):
        run(sequential, strategy=Diary(limit=0))


@pytest.mark.parametrize("answer", [-1, 4, None, "0", 1.0, True])
def test_an_answer_that_is_no_index_is_refused(answer: Any) -> None:
    with pytest.raises(BadInput, match="index"):
        run(three_writers, strategy=Diary(answer=answer))


@pytest.mark.parametrize("verb", [run, check])
def test_a_strategy_is_an_object_with_three_methods(verb: Callable[..., Any]) -> None:
    class Lazy:
        def begin(self) -> bool:
            return True

    for wrong, complaint in ((RandomWalk, "not a class"), (Lazy(), "choose, end"), ("dfs", "lacks"), (5, "lacks")):
        with pytest.raises(BadInput, match=complaint):
            verb(three_writers, strategy=wrong)


def test_a_random_walk_is_repeatable_by_its_seed() -> None:
    def schedules(seed: int) -> list[tuple[int, ...]]:
        subject, random = Subject(three_writers), RandomWalk(seed=seed).random
        return [subject.walk(random).schedule for _ in range(20)]

    assert schedules(1) == schedules(1)
    assert len({tuple(schedules(seed)) for seed in range(5)}) == 5
    assert len(set(schedules(1))) > 10


@pytest.mark.parametrize("seed", [None, "1", 1.5, True])
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    with pytest.raises(BadInput, match="seed"):
        RandomWalk(seed=seed)


def test_the_exhaustive_search_visits_every_schedule_once_in_lexicographic_order() -> None:
    subject, strategy, schedules = Subject(three_writers), Exhaustive(), []
    while strategy.begin():
        schedules.append(subject.execute(strategy.choose).schedule)
        strategy.end()
    assert schedules == sorted(set(schedules)) and len(schedules) == 24


def test_the_exhaustive_search_multiplies_choices() -> None:
    async def main() -> tuple[int, ...]:
        return await choose(2), await choose(3), await choose(4)

    assert prove(main).executions == len(outcomes(main)) == 24


def test_a_replay_is_one_execution() -> None:
    for program in (three_writers, sequential):
        execution = run(program)
        decisions = decisions_of(execution)
        assert check(program, strategy=Replay(decisions), executions=5).executions == 1
        again = run(program, strategy=Replay(decisions))
        assert (again.schedule, again.outcome, again.trace) == (execution.schedule, execution.outcome, execution.trace)


@pytest.mark.parametrize("decisions", [(), ((0, 4),), ((0, 3), (0, 3), (0, 2)), ((0, 4), (0, 3), (0, 2), (0, 2))])
def test_a_replay_that_does_not_fit_diverges(decisions: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ReplayDiverged, match="does not fit"):
        run(three_writers, strategy=Replay(decisions))


def test_strategies_say_what_they_are() -> None:
    assert check(three_writers, executions=3).strategy == "Mixed(seed=0)"
    assert [repr(Exhaustive()), repr(Replay(((0, 2),)))] == ["Exhaustive()", "Replay(1 decisions)"]
