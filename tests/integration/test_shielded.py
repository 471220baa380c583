"""The oracles that the command line asks are shielded; what they find is what the plain ones find."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from harness import Channel, Counterexample, Falsified, Panic, Shared, WaitGroup, go, prove
from harness.cli.judging import shielded
from harness.model.execution import Execution
from harness.oracles import Oracle, no_data_race, no_deadlock, no_goroutine_leak, no_panic, returns, terminates
from harness.search.cause import cause_of
from harness.stream import PROPERTIES, StreamPlan, serve
from scenarios.stream.done_channel import done_channel

Program = Callable[..., Awaitable[Any]]


async def races() -> None:
    done, first, second = Channel(2, name="done"), Shared(0, name="first"), Shared(0, name="second")

    async def write() -> None:
        await first.store(1)
        await second.store(1)
        await done.send(None)

    go(write)
    go(write)
    await done.recv()
    await second.load()
    await done.recv()


async def leaks() -> None:
    asked = Channel(name="asked")
    for _ in range(3):
        go(asked.send, 1)
    await asked.recv()


async def panics() -> None:
    value = Shared(0, name="value")

    async def count() -> None:
        await value.store(await value.load() + 1)

    go(count)
    go(count)
    if await value.load() == 1:
        raise Panic("one is too few")


async def waits() -> None:
    group, never = WaitGroup(name="group"), Channel(name="never")
    await group.add(1)
    go(never.recv)
    await group.wait()


async def spins() -> None:
    value = Shared(0, name="value")
    go(value.load)
    while True:
        await value.load()
        await value.store(0)


def lengthy(execution: Execution) -> str | None:
    return f"{execution.steps} steps" if execution.steps else None


FAILING: list[tuple[Program, Oracle]] = [
    (races, no_data_race),
    (leaks, no_goroutine_leak),
    (panics, no_panic),
    (panics, no_data_race),
    (waits, no_deadlock),
    (waits, returns(None)),
    (spins, terminates),
    (leaks, lengthy),
    (serve(done_channel, StreamPlan(events=2, capacity=1, children=1, late=1)), PROPERTIES["no_event_lost"]),
    (serve(done_channel, StreamPlan(events=2, capacity=0, watches_context=False, disconnect=True)), no_goroutine_leak),
]


def found(program: Program, oracle: Oracle) -> Counterexample:
    with pytest.raises(Falsified) as falsified:
        prove(program, oracles=[oracle], max_steps=200, canary=False)
    return falsified.value.counterexample


@pytest.mark.parametrize(("program", "oracle"), FAILING)
def test_a_shielded_oracle_finds_what_the_plain_one_finds(program: Program, oracle: Oracle) -> None:
    one, other = found(program, oracle), found(program, shielded(oracle))
    assert (one.token, one.oracle, one.message) == (other.token, other.oracle, other.message)
    assert (one.schedule, one.switches, one.minimal, one.plan) == (
        other.schedule, other.switches, other.minimal, other.plan,
    )  # fmt: skip
    causes = {str(cause_of(each, one.execution, one.message)) for each in (oracle, shielded(oracle))}
    assert len(causes) == 1
