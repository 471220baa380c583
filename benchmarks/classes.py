"""Programs whose number of classes is known: from the literature, from closed forms, or from two independent searches.

A class is a set of executions that differ only in the order of independent steps; exhaustive search with optimal
reduction makes one execution of each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.programs import NOTHING_LOST, late_event, philosophers, s1, s1f, s2a, s2b, s2c, s2f
from harness import Channel, go
from harness.oracles import Oracle, no_deadlock, no_goroutine_leak, returns


async def prodcons(producers: int, items: int, consumers: int, capacity: int) -> None:
    """Producers send so many items each over one channel, consumers receive equal shares.

    Of a buffered channel the classes are (ways to order the sends) x (ways to order the receives).
    """
    channel = Channel(capacity)

    async def produce() -> None:
        for item in range(items):
            await channel.send(item)

    async def consume() -> None:
        for _ in range(producers * items // consumers):
            await channel.recv()

    for _ in range(producers):
        go(produce)
    for _ in range(consumers):
        go(consume)


async def pipeline(stages: int, items: int, capacity: int) -> None:
    """A source, stages that pass on, a sink; each closes behind itself. There is one class."""
    channels = [Channel(capacity) for _ in range(stages + 1)]

    async def source() -> None:
        for item in range(items):
            await channels[0].send(item)
        await channels[0].close()

    async def stage(before: Channel, after: Channel) -> None:
        async for item in before:
            await after.send(item)
        await after.close()

    async def sink() -> None:
        async for _ in channels[-1]:
            pass

    go(source)
    for number in range(stages):
        go(stage, channels[number], channels[number + 1])
    go(sink)


@dataclass(frozen=True, slots=True)
class Case:
    """A program, what objects to its bug, and the exact numbers.

    Attributes:
        classes: how many there are.
        bad: in how many of them the oracle objects.
        interleavings: how many schedules there are, where that is known.
    """

    name: str
    program: Callable[..., Any]
    arguments: tuple[int, ...]
    oracle: Oracle
    classes: int
    bad: int = 0
    interleavings: int | None = None


def _events(events: int, capacity: int, late: int, classes: int, bad: int, interleavings: int) -> Case:
    arguments = (events, capacity, late)
    name = f"events({events},{capacity},{late})"
    return Case(name, late_event, arguments, NOTHING_LOST, classes, bad, interleavings)


def _prodcons(*arguments: int, classes: int, interleavings: int | None = None) -> Case:
    name = f"prodcons({','.join(map(str, arguments))})"
    return Case(name, prodcons, arguments, no_deadlock, classes, interleavings=interleavings)


CASES = (
    Case("S1", s1, (), returns(2), 4, 2, 20),
    *(Case(f"S1F({n})", s1f, (n,), returns(True), classes) for n, classes in ((2, 2), (3, 6), (4, 24))),
    Case("S2a", s2a, (), NOTHING_LOST, 2, 1, 311),
    Case("S2b", s2b, (), NOTHING_LOST, 6, 1, 884),
    Case("S2c", s2c, (), NOTHING_LOST, 6, 1),
    Case("S2F, 1 event", s2f, (1,), NOTHING_LOST, 2),
    Case("S2F, 3 events", s2f, (), NOTHING_LOST, 4, interleavings=360),
    _events(3, 2, 1, 16, 3, 226),
    _events(3, 2, 2, 102, 32, 3_300),
    _events(8, 4, 1, 51, 5, 245_987),
    _prodcons(2, 2, 2, 1, classes=36, interleavings=36),
    _prodcons(1, 6, 3, 2, classes=90, interleavings=2_880),
    _prodcons(2, 3, 2, 2, classes=400, interleavings=12_800),
    _prodcons(2, 4, 2, 2, classes=4_900),
    Case("philosophers(4)", philosophers, (4, 0), no_goroutine_leak, 15, 1, 98_184),
    Case("philosophers(5)", philosophers, (5, 0), no_goroutine_leak, 31, 1, 66_468_720),
    Case("pipeline(1,3,1)", pipeline, (1, 3, 1), no_deadlock, 1, interleavings=416),
    Case("pipeline(2,3,2)", pipeline, (2, 3, 2), no_deadlock, 1, interleavings=10_842_458),
)
