"""Two violations have one cause if they are the same bug: whatever the numbers, not whatever the sentence."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from harness import Channel, Panic, Shared, WaitGroup, go, run
from harness.model.cause import Cause
from harness.model.execution import Execution
from harness.oracles import Oracle, no_data_race, no_deadlock, no_goroutine_leak, no_panic, returns, terminates
from harness.search.cause import cause_of

Program = Callable[..., Awaitable[Any]]


def cause(program: Program, oracle: Oracle, *args: Any, **settings: Any) -> Cause:
    execution = run(program, *args, **settings)
    message = oracle(execution)
    assert message is not None
    return cause_of(oracle, execution, message)


async def leaks(senders: int, receivers: int) -> None:
    asked, answered = Channel(name="asked"), Channel(name="answered")
    for _ in range(senders):
        go(asked.send, 1)
    for _ in range(receivers):
        go(answered.recv)


async def panics(number: int) -> None:
    raise Panic(f"index out of range [{number}]")


async def panics_elsewhere(number: int) -> None:
    raise Panic(f"index out of range [{number}]")


async def closes_twice() -> None:
    channel = Channel()
    await channel.close()
    await channel.close()


async def waits(workers: int) -> None:
    group, never = WaitGroup(name="group"), Channel(name="never")
    for _ in range(workers):
        await group.add(1)
        go(never.recv)
    await group.wait()


async def races(names: str) -> None:
    done = Channel(len(names))

    async def write(x: Shared) -> None:
        await x.store(1)
        await done.send(None)

    variables = [Shared(0, name=name) for name in names]
    for x in variables:
        go(write, x)
    for x in variables:
        await x.store(2)


async def answers(value: int) -> int:
    return value


async def spins(name: str) -> None:
    x = Shared(0, name=name)
    while True:
        await x.load()
        await x.store(0)


ALIKE: list[tuple[Cause, Cause]] = [
    (cause(leaks, no_goroutine_leak, 3, 0), cause(leaks, no_goroutine_leak, 1, 0)),
    (cause(panics, no_panic, 17), cause(panics, no_panic, 4)),
    (cause(waits, no_deadlock, 3), cause(waits, no_deadlock, 1)),
    (cause(races, no_data_race, "x"), cause(races, no_data_race, "x")),
    (cause(answers, returns(1), 2), cause(answers, returns(1), 33)),
    (cause(spins, terminates, "x", max_steps=30), cause(spins, terminates, "x", max_steps=60)),
]
DIFFERENT: list[tuple[Cause, Cause]] = [
    (cause(leaks, no_goroutine_leak, 1, 0), cause(leaks, no_goroutine_leak, 0, 1)),
    (cause(panics, no_panic, 17), cause(panics_elsewhere, no_panic, 17)),
    (cause(panics, no_panic, 17), cause(closes_twice, no_panic)),
    (cause(races, no_data_race, "x"), cause(races, no_data_race, "y")),
    (cause(waits, no_deadlock, 1), cause(waits, returns(None), 1)),
    (cause(spins, terminates, "x", max_steps=30), cause(spins, terminates, "y", max_steps=30)),
    (cause(waits, returns(None), 1), cause(panics, returns(None), 1)),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_the_same_bug_in_other_numbers_has_the_same_cause(one: Cause, other: Cause) -> None:
    assert one.covers(other) and other.covers(one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_bug_has_another_cause(one: Cause, other: Cause) -> None:
    assert not one.covers(other) and not other.covers(one)


def test_of_two_leaks_one_may_be_left_but_none_may_come_in() -> None:
    both, one = cause(leaks, no_goroutine_leak, 1, 1), cause(leaks, no_goroutine_leak, 1, 0)
    assert both.covers(one) and not one.covers(both)


def test_a_cause_reads_like_this() -> None:
    assert str(cause(leaks, no_goroutine_leak, 1, 1)) == (
        "no_goroutine_leak: returned, receive on answered, send on asked"
    )


def test_an_oracle_of_ones_own_is_told_by_its_sentence_up_to_the_first_semicolon() -> None:
    def odd(execution: Execution) -> str:
        return f"{execution.steps} steps; that is all"

    assert cause(answers, odd, 1).particulars == {"# steps"}
