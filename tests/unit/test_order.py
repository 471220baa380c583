"""What orders say: of goroutines, of the clock, of rendezvous and choices; and in words."""

from collections.abc import Callable
from typing import Any

import pytest

from harness import (
    Channel,
    Falsified,
    Recv,
    ReplayDiverged,
    Shared,
    after,
    choose,
    go,
    gosched,
    prove,
    replay,
    select,
    sleep,
)
from harness.model.order import Arrival, Move, Order, Turn, ordinal
from harness.model.token import decode
from harness.oracles import returns


def turns(program: Callable[..., Any], *arguments: Any, wanted: Any = 0, clock: str = "idle") -> tuple[str, list[str]]:
    """The token of the counterexample to returning `wanted`, and its turns in words."""
    with pytest.raises(Falsified) as falsified:
        prove(program, *arguments, oracles=[returns(wanted)], clock=clock, canary=False)
    token = falsified.value.counterexample.token
    order = decode(token).order
    assert isinstance(order, Order)
    return token, [f"{turn.at}: {turn.move}" for turn in order.turns]


def test_moments_in_words() -> None:
    assert [
        str(Arrival("", "start", "", 1)),
        str(Arrival("main", "receive", "stream", 2)),
        str(Arrival("main/worker#1", "gosched", "", 11)),
        str(Arrival("main/worker#1", "end", "", 1)),
        str(Arrival("", "fires", "ticker", 3)),
        str(Arrival("", "tick", "", 1)),
    ] == [
        "at the start",
        "when main had come to its 2nd receive on stream",
        "when main/worker#1 had come to its 11th gosched",
        "when main/worker#1 had ended",
        "when ticker had fired for the 3rd time",
        "when time had moved for the 1st time",
    ]


def test_moves_in_words() -> None:
    assert [
        str(Move("main", "send", "stream", "main/reader#1")),
        str(Move("main", "choose", "", rank=2)),
        str(Move("", "fires", "ticker")),
        str(Move("", "tick", "")),
    ] == [
        "main was to go on with send on stream to main/reader#1",
        "main was to go on with choose (alternative 2)",
        "ticker was to fire",
        "time was to move",
    ]


def test_ordinals() -> None:
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 112, 122)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th", "122nd"]
    )


async def first_of_two(before: int = 0, more: float = 0) -> int:
    early, late = after(1), after(1 + more)
    for _ in range(before):
        await gosched()
    return (await select(Recv(early), Recv(late)))[0]


async def overtaken(before: int = 0, sleeps: bool = True) -> int:
    value = Shared(0, name="value")

    async def slow() -> None:
        if sleeps:
            await sleep(1)
        await value.store(1)

    for _ in range(before):
        await gosched()
    go(slow)
    await gosched()
    return await value.load()


async def chooses(first: int = 0) -> int:
    for _ in range(first):
        await gosched()
    return await choose(3)


async def meets(before: int = 0, elsewhere: bool = False) -> str:
    channel, result = Channel(name="channel"), Channel(1, name="result")

    async def one() -> None:
        await channel.send("one")

    async def other() -> None:
        for _ in range(before):
            await gosched()
        await channel.send("other")

    async def reader() -> None:
        await result.send((await channel.recv())[0])

    go(one)
    go(other)
    if elsewhere:
        go(reader)
    return str((await (result if elsewhere else channel).recv())[0])


def test_timers_take_turns_too() -> None:
    token, found = turns(first_of_two)
    assert found == [
        "at the start: TimerChannel@main.2 was to fire",
        "when TimerChannel@main.2 had fired for the 1st time: TimerChannel@main.4 was to fire",
        "when TimerChannel@main.4 had fired for the 1st time: main was to go on with receive on TimerChannel@main.4",
    ]
    fails_guided(token, first_of_two, 1)
    with pytest.raises(ReplayDiverged, match=r"TimerChannel@main\.4 was to fire, but no such time has come"):
        replay(first_of_two, 0, 1.0, token=token, oracles=[returns(0)])


def test_time_takes_turns_too() -> None:
    token, found = turns(overtaken, clock="adversarial")
    assert found == [
        "at the start: time was to move",
        "when time had moved for the 1st time: main/slow#1 was to go on with sleep",
    ]
    fails_guided(token, overtaken, 1)
    with pytest.raises(ReplayDiverged, match="at the start, time was to move, but no such time has come"):
        replay(overtaken, 0, False, token=token, oracles=[returns(0)])


def test_a_choice_is_a_turn() -> None:
    token, found = turns(chooses)
    assert found == ["at the start: main was to go on with choose (alternative 1)"]
    fails_guided(token, chooses, 1)


def test_a_rendezvous_is_told_with_its_partner() -> None:
    token, found = turns(meets, wanted="one")
    assert found[-1] == "at the start: main/other#1 was to go on with send on channel to main"
    fails_guided(token, meets, 1, wanted="one")
    fails_guided(token, meets, 0, True, wanted="one")  # with another one


def fails_guided(token: str, program: Callable[..., Any], *arguments: Any, wanted: Any = 0) -> None:
    with pytest.raises(Falsified) as falsified:
        replay(program, *arguments, token=token, oracles=[returns(wanted)])
    execution = falsified.value.counterexample.execution
    assert (execution.replayed, execution.missed) == ("guided", ())


def test_turns_are_values() -> None:
    turn = Turn(Arrival("main", "send", "c", 1), Move("main", "send", "c"), 0, 1)
    assert len({Order((turn,), 1), Order((turn,), 1), Order((), 1)}) == 2
