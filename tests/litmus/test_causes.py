"""What is found out about small failures whose causes one can see: races, deadlocks, leaks, lost values."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from harness import (
    Atomic,
    Channel,
    Execution,
    Falsified,
    Mutex,
    Recv,
    Send,
    Shared,
    WaitGroup,
    choose,
    go,
    gosched,
    prove,
    select,
)
from harness.causes.causes import with_causes
from harness.explain.account import explanation_of
from harness.model.explanation import Explanation, PointOfNoReturn
from harness.oracles import no_data_race, no_deadlock, no_goroutine_leak, no_panic, returns, terminates
from harness.report.explain import paragraph_of, sentences
from harness.runtime.execute import Subject
from harness.search.campaign import Oracle

Program = Callable[[], Coroutine[Any, Any, Any]]


def explained(program: Program, oracle: Oracle, limit: int = 2_000, **settings: Any) -> Explanation:
    """The smallest failure of a program, with its causes."""
    with pytest.raises(Falsified) as falsified:
        prove(program, oracles=(oracle,), canary=False, **settings)
    found = falsified.value.counterexample
    subject = Subject(program, (), found.execution.settings)
    explanation = with_causes(explanation_of(found), subject, oracle, limit=limit)
    return replace(explanation, paragraph=paragraph_of(explanation))


def step(explanation: Explanation, who: str, what: str) -> int:
    """The number of the only step in which somebody does something."""
    (found,) = (
        action.step
        for action in explanation.failing.execution.trace
        if action.participants and action.participants[0].goroutine == who and action.text.startswith(what)
    )
    return found


async def racy() -> int:
    """An update is lost between a load and a store."""
    total, done = Shared(0, name="total"), WaitGroup(name="all")
    await done.add(2)

    async def add() -> None:
        await total.store(await total.load() + 1)
        await done.done()

    go(add)
    go(add)
    await done.wait()
    return int(await total.load())


def test_a_lost_update_is_the_later_load_that_came_before_the_first_store() -> None:
    found = explained(racy, returns(2))
    (pair,) = found.pairs
    texts = [found.failing.execution.trace[number].text for number in (pair.first, pair.second or 0)]
    assert [text.split()[:2] for text in texts] == [["load", "total,"], ["store", "1"]]
    assert found.passing is not None and found.passing.execution.outcome.value == 2  # type: ignore[union-attr]
    assert found.point_of_no_return is not None and found.looked is not None and found.looked.complete


def test_a_race_that_every_schedule_has_is_told_as_one_with_its_two_accesses() -> None:
    found = explained(racy, no_data_race)
    racing = found.grounds.racing
    assert racing is not None and racing.variable == "total" and racing.second is not None
    assert {found.failing.execution.trace[number].kind for number in (racing.first, racing.second)} <= {"load", "store"}
    assert found.looked is not None and found.looked.always
    assert found.passing is None and found.point_of_no_return is None and not found.pairs
    assert "Nothing orders " in found.paragraph and "every schedule of this program fails" in found.paragraph


async def dining() -> None:
    """Each of three takes the fork at the left, then that at the right."""
    forks, done = [Mutex(name=f"fork{number}") for number in range(3)], WaitGroup(name="meal")
    await done.add(3)

    async def dine(number: int) -> None:
        mine = forks[number], forks[(number + 1) % 3]
        for fork in mine:
            await fork.lock()
        for fork in mine:
            await fork.unlock()
        await done.done()

    for number in range(3):
        go(dine, number)
    await done.wait()


def test_a_deadlock_of_three_is_told_as_a_circle() -> None:
    found = explained(dining, no_deadlock)
    names = [name for name, _ in found.grounds.circle]
    forks = [fork for _, fork in found.grounds.circle]
    assert sorted(names) == ["main/dine#1", "main/dine#2", "main/dine#3"] and set(forks) == {"fork0", "fork1", "fork2"}
    assert "In a circle, " in found.paragraph
    assert len(found.grounds.waits) == 4


def test_it_was_decided_by_the_third_fork_and_one_neighbour_going_first_is_enough() -> None:
    found = explained(dining, no_deadlock)
    locks = [action.step for action in found.failing.execution.trace if action.kind == "lock"]
    assert len(locks) == 3 and found.point_of_no_return is not None
    assert found.point_of_no_return.step == locks[-1]
    (pair,) = found.pairs
    assert pair.first in locks and pair.second is None and "without waiting for" in pair.words


async def crossed() -> None:
    """Two wait for each other's values on channels."""
    one, other, done = Channel(name="one"), Channel(name="other"), WaitGroup(name="both")
    await done.add(1)

    async def swap() -> None:
        await one.send(1)
        await other.recv()
        await done.done()

    go(swap)
    await other.send(2)
    await one.recv()
    await done.wait()


def test_a_circle_may_go_through_channels_and_a_deadlock_may_be_unconditional() -> None:
    found = explained(crossed, no_deadlock)
    assert found.grounds.circle == (("main", "other"), ("main/swap#1", "one"))
    assert found.looked is not None and found.looked.always
    assert (
        "In a circle, main waits at send on other for swap to receive, which waits at send on one for main to receive."
    ) in found.paragraph


async def leaking() -> str:
    """Who is slower than the other signal stays behind."""
    result, stop = Channel(name="result"), Channel(name="stop")

    async def work() -> None:
        await result.send("done")

    async def cancel() -> None:
        await stop.close()

    go(work)
    go(cancel)
    index, value, _ = await select(Recv(result), Recv(stop))
    return str(value) if index == 0 else "stopped"


def test_a_leak_is_told_with_who_could_have_served_it() -> None:
    found = explained(leaking, no_goroutine_leak)
    (wait,) = found.grounds.waits
    assert (wait.goroutine, wait.operation) == ("main/work#1", "send on result")
    assert wait.because.startswith("nobody is left to receive from result, made at ") and found.grounds.circle == ()
    assert found.point_of_no_return == PointOfNoReturn(
        step(found, "main", "receive from stop"), "main/work#1: send 'done' on result to main"
    )
    assert wait.served == "main/work#1: send 'done' on result to main"
    assert "At the end work waits for ever at send on result" in found.paragraph
    assert "; where it passes, work sends 'done' on result to main." in found.paragraph


def looking_once(*, gives_up: bool) -> Program:
    """Main looks once, and a buffered value may come too late; or the worker may choose not to send it."""

    async def looking() -> str:
        events, done = Channel(1, name="events"), Channel(name="done")

        async def worker() -> None:
            await done.close()
            await select(Send(events, "late"), *([Recv(done)] if gives_up else []))

        go(worker)
        await done.recv()
        index, value, _ = await select(Recv(events), default=True)
        return str(value) if index == 0 else "nothing"

    return looking


late, giving_up = looking_once(gives_up=False), looking_once(gives_up=True)


def test_a_late_value_is_what_came_after_the_empty_look() -> None:
    found = explained(late, returns("late"))
    (pair,) = found.pairs
    look = step(found, "main", "select takes its default")
    assert (pair.first, pair.second) == (look, step(found, "main/worker#1", "send 'late'"))
    assert "main finds nothing to receive on events and takes its default (step 2) before" in found.paragraph
    assert found.point_of_no_return == PointOfNoReturn(
        look, "main/worker#1: send 'late' on events (1 of 1 buffered)", True
    )


def test_a_sender_that_gives_up_could_have_sent() -> None:
    found = explained(giving_up, returns("late"))
    assert not found.pairs and [each.step for each in found.otherwise] == [1]
    assert "where it could be" in found.otherwise[0].words and "send 'late' on events" in found.otherwise[0].words


async def chosen() -> int:
    """The environment decides alone."""
    return await choose(3)


def test_where_only_a_choice_matters_there_are_no_pairs() -> None:
    found = explained(chosen, returns(2))
    assert not found.pairs and [each.step for each in found.otherwise] == [0]
    assert found.point_of_no_return == PointOfNoReturn(0, "main: choose 2 out of 0 to 2")
    assert "main chooses 0 out of 0 to 2 (step 0), where main could have chosen 2 out of 0 to 2." in found.paragraph


async def two_panics() -> None:
    """Both of two goroutines close."""
    gate, done = Channel(name="gate"), WaitGroup(name="both")
    await done.add(2)

    async def close() -> None:
        await gate.close()
        await done.done()

    go(close)
    go(close)
    await done.wait()


def test_a_panic_that_always_comes_is_no_matter_of_timing() -> None:
    found = explained(two_panics, no_panic)
    assert found.looked is not None and found.looked.always and "no matter of timing" in found.paragraph


async def waiting_for_ever() -> None:
    """Polls for what may be set."""
    flag = Shared(False, name="flag")

    async def writer() -> None:
        await flag.store(True)

    go(writer)
    while not await flag.load():
        pass


def test_an_execution_that_was_cut_off_may_still_be_saved_at_its_end() -> None:
    found = explained(waiting_for_ever, terminates, max_steps=30, fair_bound=0)
    assert found.passing is not None and found.point_of_no_return is None
    assert "Nothing was final when it was cut off" in found.paragraph


def test_a_search_that_is_stopped_says_so() -> None:
    found = explained(dining, no_deadlock, limit=1)
    assert found.looked is not None and not found.looked.complete and found.point_of_no_return is None
    assert "Where it was decided is not known: the search was stopped after 1 execution." in found.paragraph


EVERY = [
    (racy, returns(2), {}),
    (racy, no_data_race, {}),
    (dining, no_deadlock, {}),
    (crossed, no_deadlock, {}),
    (leaking, no_goroutine_leak, {}),
    (late, returns("late"), {}),
    (giving_up, returns("late"), {}),
    (chosen, returns(2), {}),
    (two_panics, no_panic, {}),
    (waiting_for_ever, terminates, {"max_steps": 30, "fair_bound": 0}),
]


@pytest.mark.parametrize(("program", "oracle", "settings"), EVERY)
def test_there_are_at_most_six_sentences_and_what_passes_passes(
    program: Program, oracle: Oracle, settings: dict[str, Any]
) -> None:
    found = explained(program, oracle, **settings)
    assert 2 <= len(sentences(found)) <= 6 and all(each.endswith(".") for each in sentences(found))
    passing = found.passing
    assert passing is None or (passes_again(program, passing.execution) and oracle(passing.execution) is None)
    assert (
        explained(program, oracle, **settings) == found
        or found.paragraph == explained(program, oracle, **settings).paragraph
    )


def passes_again(program: Program, execution: Execution) -> bool:
    """Does running the schedule once more come to the same end?"""
    script = iter(execution.schedule)
    subject = Subject(program, (), execution.settings)
    return subject.execute(lambda enabled: next(script), always_ask=True).outcome == execution.outcome


def test_an_execution_that_nobody_objects_to_has_no_paragraph() -> None:
    found = explained(chosen, returns(2))
    assert paragraph_of(replace(found, oracle="", message="")) == ""


async def published_too_early() -> None:
    """The flag is set before the data; main asserts, and the worker is too late only because main is gone."""
    ready, data = Atomic(0, name="ready"), Atomic(0, name="data")

    async def worker() -> None:
        await ready.store(1)
        await data.store(42)

    go(worker)
    while await ready.load() == 0:
        await gosched()
    assert await data.load() == 42


def test_what_comes_only_after_the_panic_may_be_what_had_to_come_first() -> None:
    found = explained(published_too_early, no_panic)
    (pair,) = found.pairs
    texts = found.failing.execution.trace[pair.first].text, pair.other
    assert texts == ("load data, which is 0", "main/worker#1: store 42 in data")
    assert pair.second is None
