"""Each oracle on an execution that it objects to, and on one that it accepts."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from harness import Channel, Execution, Mutex, Panic, Shared, Ticker, WaitGroup, check, go, gosched, prove, run
from harness.model.answers import Falsified
from harness.model.trace import Trace
from harness.oracles import (
    SAFE,
    Oracle,
    no_data_race,
    no_deadlock,
    no_goroutine_leak,
    no_panic,
    returns,
    terminates,
)
from harness.runtime.execute import Subject

Program = Callable[[], Awaitable[Any]]
HERE = "tests/unit/test_oracles.py"


def line_of(text: str) -> int:
    with open(__file__, encoding="utf-8") as file:
        return 1 + next(number for number, line in enumerate(file) if text in line)


async def fine() -> int:
    done = Channel(name="done")
    go(done.close)
    await done.recv()
    return 42


async def sends_late() -> None:
    events = Channel(1, name="events")

    async def worker() -> None:
        await events.send("late")

    await events.close()
    go(worker)


async def panics_of_its_own() -> None:
    go(gosched)
    raise Panic("no operation yet")


async def stuck() -> None:
    mutex, events = Mutex(name="mutex"), Channel(name="events")

    async def worker() -> None:
        await events.send(1)  # nobody receives

    go(worker)  # stuck
    await mutex.lock()
    await mutex.lock()  # again


async def leaves_behind() -> None:
    events = Channel(name="events")  # to leave behind

    async def worker() -> None:
        await events.send(1)  # left behind

    go(worker)  # and leave


async def races() -> None:
    total = Shared(0, name="total")
    go(total.store, 1)
    await total.load()


async def spins() -> None:
    async def worker() -> None:
        while True:
            await gosched()

    go(worker)


async def keeps_time() -> None:
    ticks = Ticker(1, name="ticks")

    async def worker() -> None:
        while True:
            await ticks.c.recv()

    go(worker)


PROGRAMS = [fine, sends_late, panics_of_its_own, stuck, leaves_behind, races, spins, keeps_time]


@pytest.mark.parametrize(
    ("oracle", "objected"),
    [
        (no_panic, [sends_late, panics_of_its_own]),
        (no_deadlock, [stuck]),
        (no_goroutine_leak, [leaves_behind]),
        (no_data_race, [races]),
        (terminates, [spins, keeps_time]),
        (returns(42), [sends_late, panics_of_its_own, stuck, leaves_behind, races]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_oracle_objects_to_its_own_programs_and_to_no_others(oracle: Oracle, objected: list[Program]) -> None:
    found = [program for program in PROGRAMS if oracle(run(program, max_steps=50)) is not None]
    assert found == objected


def test_a_panic_is_told_with_goroutine_and_line() -> None:
    line = line_of('await events.send("late")')
    assert no_panic(run(sends_late)) == f"main/worker#1 panicked at {HERE}:{line}: send on closed channel"


def test_a_panic_of_the_program_s_own_is_told_with_its_line() -> None:
    line = line_of('raise Panic("no operation yet")')
    assert no_panic(run(panics_of_its_own)) == f"main panicked at {HERE}:{line}: no operation yet"


def test_a_panic_that_is_recovered_is_none() -> None:
    async def main() -> None:
        done = Channel()
        await done.close()
        try:
            await done.close()
        except Panic:
            pass

    assert no_panic(run(main)) is None


def test_a_deadlock_names_everybody_who_waits_and_for_what() -> None:
    made, first, again = (
        line_of('Mutex(name="mutex"), Channel'),
        line_of("await mutex.lock()"),
        line_of("lock()  # again"),
    )
    sent, started = line_of("await events.send(1)  # nobody"), line_of("go(worker)  # stuck")
    assert no_deadlock(run(stuck)) == (
        f"deadlock, all goroutines wait for ever: main (lock on mutex at {HERE}:{again}; "
        f"mutex, made at {HERE}:{made}, is held by this goroutine itself, since {HERE}:{first}), "
        f"main/worker#1 (send on events at {HERE}:{sent}, started at {HERE}:{started}; "
        f"nobody is left to receive from events, made at {HERE}:{made})"
    )


def test_a_leak_names_who_is_left_and_where() -> None:
    made, sent, started = line_of("# to leave behind"), line_of("# left behind"), line_of("# and leave")
    assert no_goroutine_leak(run(leaves_behind)) == (
        f"main returned, but left waiting for ever: main/worker#1 (send on events at {HERE}:{sent}, "
        f"started at {HERE}:{started}; nobody is left to receive from events, made at {HERE}:{made})"
    )


def test_a_race_names_both_accesses() -> None:
    message = no_data_race(run(races))
    assert message is not None
    assert message.startswith("data race on total: nothing orders ")
    assert "store on total by main/store#1" in message and f"load on total by main ({HERE}:" in message


def test_an_endless_execution_names_who_still_moves() -> None:
    line = line_of("await ticks.c.recv()")
    assert terminates(run(keeps_time, max_steps=9)) == (
        f"no end after 9 steps; still running: main/worker#1 (receive on ticks at {HERE}:{line})"
    )


def test_going_round_without_changing_anything_is_a_livelock() -> None:
    assert terminates(run(spins, max_steps=9)) == (
        "livelock, the same steps can be repeated for ever, and nothing changes: main/worker#1 (gosched)"
    )


# -- data races: when there is nothing to look for ----------------------------------------------------------------


def pipeline(closer_sends: bool, synchronised: bool = True) -> Program:
    async def main() -> list[Any]:
        events, group = Channel(1, name="events"), WaitGroup()

        async def sender() -> None:
            await events.send(1)
            await group.done()

        async def closer() -> None:
            if closer_sends:
                await events.send(1)
            elif synchronised:
                await group.wait()
            await events.close()

        if not closer_sends:
            await group.add(1)
            go(sender)
        go(closer)
        return [value async for value in events]

    return main


def watched(program: Program) -> tuple[Execution, list[bool]]:
    """An execution of `program`, and the list in which requests for its trace are noted: is it to be readable?"""
    execution, requests = run(program), []

    def note(schedule: tuple[int, ...], readable: bool) -> Trace:
        requests.append(readable)
        return Subject(program).retrace(schedule, readable)

    noted = Execution(
        execution.outcome,
        execution.waiting,
        execution.steps,
        execution.shared,
        execution.settings,
        execution.schedule,
        note,
    )
    return noted, requests


def test_a_channel_closed_by_its_only_sender_needs_no_trace() -> None:
    execution, requests = watched(pipeline(closer_sends=True))
    assert no_data_race(execution) is None
    assert requests == []


def test_a_channel_closed_by_another_than_its_sender_needs_only_a_skeleton() -> None:
    execution, requests = watched(pipeline(closer_sends=False))
    assert no_data_race(execution) is None
    assert requests == [False]


def test_closing_without_waiting_for_the_sender_is_a_data_race() -> None:
    with pytest.raises(Falsified) as caught:
        prove(pipeline(closer_sends=False, synchronised=False), oracles=[no_data_race])
    assert "data race on events: nothing orders" in caught.value.counterexample.message


# -- what main returns ----------------------------------------------------------------------------------------


def even(value: int) -> bool:
    return value % 2 == 0


def test_returns_compares_or_asks() -> None:
    assert returns(42)(run(fine)) is None
    assert returns(41)(run(fine)) == "main returned 42, not 41"
    assert returns(even)(run(fine)) is None
    assert returns(lambda value: value < 0)(run(fine)) == "main returned 42, not a value that satisfies <lambda>"


def test_returns_is_named_after_what_it_expects() -> None:
    assert [returns(42).__name__, returns(even).__name__, returns([1]).__name__] == [
        "returns(42)",
        "returns(even)",
        "returns([1])",
    ]


def test_a_main_that_never_returns_does_not_return_the_right_value() -> None:
    assert returns(1)(run(stuck)) == f"main did not return 1: {no_deadlock(run(stuck))}"


def test_oracles_are_found_by_name_in_a_counterexample() -> None:
    with pytest.raises(Falsified) as caught:
        check(fine, oracles=[returns(41)])
    assert caught.value.counterexample.oracle == "returns(41)"


def test_safe_is_the_four_that_hold_for_every_program() -> None:
    assert [oracle.__name__ for oracle in SAFE] == ["no_panic", "no_deadlock", "no_goroutine_leak", "no_data_race"]
    assert prove(fine).outcomes == {42}
