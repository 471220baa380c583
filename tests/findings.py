"""Findings to be shown, made of small programs: what is told of them is known beforehand."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from harness import Channel, Execution, Falsified, Mutex, Recv, Send, after, check, go, run, select, sleep
from harness.explain.account import account, explanation_of
from harness.model.explanation import Explanation, OrderedPair, PointOfNoReturn
from harness.strategies import RandomWalk

Program = Callable[[], Coroutine[Any, Any, Any]]
HOSTILE = "</script><img src=x onerror=alert(1)>\x1b[31m\u202e\u2028{{ 7*7 }}&amp;`\"'\ud800"


async def lost() -> str:
    """Main looks once, and may look too early."""
    events, done = Channel(2, name="events"), Channel(name="done")

    async def worker() -> None:
        await events.send("late")

    async def closer() -> None:
        await done.close()

    go(worker)
    go(closer)
    await done.recv()
    index, value, _ = await select(Recv(events), default=True)
    return str(value) if index == 0 else "nothing"


async def stuck() -> None:
    """Main waits for two, and one sends."""
    results = Channel(name="results")

    async def worker() -> None:
        await results.send("only")

    go(worker)
    await results.recv()
    await results.recv()


async def unmoved() -> None:
    """Two wait for each other before either has taken a step."""
    there, back = Channel(name="there"), Channel(name="back")

    async def worker() -> None:
        await there.send(1)
        await back.recv()

    go(worker)
    await back.send(2)
    await there.recv()


async def panicking() -> None:
    """A child sends after main has closed."""
    events = Channel(1, name="events")

    async def child() -> None:
        await sleep(2)
        await events.send("too late")

    go(child)
    await events.close()
    await sleep(5)


async def hostile() -> None:
    """Names and values that are after whoever shows them."""
    events = Channel(2, name=f"c{HOSTILE}")
    await events.send(HOSTILE)
    await events.send("x" * 1_000_000)
    await select(Recv(events), Send(events, b"\x00\xff"))
    await Channel(name="<b>nobody</b>").recv()


async def crossing() -> None:
    """Values that wait while others do what takes long labels to tell."""
    one, other = Channel(3, name="one_way_with_a_name"), Channel(3, name="the_other_way_round")

    async def worker() -> None:
        for number in range(3):
            await one.send(number)
        for _ in range(3):
            await other.recv()

    go(worker)
    for number in range(3):
        await other.send(number)
    for _ in range(3):
        await one.recv()


async def meeting() -> None:
    """The clock delivers, and then two meet."""
    results = Channel(name="results")

    async def worker() -> None:
        await after(2).recv()
        await results.send("only")

    go(worker)
    await results.recv()


async def many() -> None:
    """More goroutines than a terminal has room for; the last to lock never gets there."""
    results, mutex = Channel(12, name="results of many"), Mutex(name="mutex")

    async def worker(number: int) -> None:
        await mutex.lock()
        await results.send(number)
        if number < 9:
            await mutex.unlock()

    for number in range(11):
        go(worker, number)
    for _ in range(3):
        await results.recv()


def explained(program: Program, execution: Execution, *, oracle: str = "an_oracle", message: str = "") -> Explanation:
    """`execution` as a finding, with the parts that are always there."""
    return Explanation(oracle, message or "it is wrong", "h1.token", account(execution), f"m:{oracle}")


def walked(program: Program, seed: int = 0) -> Explanation:
    """One random walk as a finding."""
    return explained(program, run(program, strategy=RandomWalk(seed=seed)))


def is_nothing(execution: Execution) -> str | None:
    """Objects to the executions of `lost` in which the value is lost."""
    return "nothing came" if getattr(execution.outcome, "value", None) == "nothing" else None


def whole() -> Explanation:
    """The lost value with every part of an explanation, the passing execution included."""
    try:
        check(lost, strategy=RandomWalk(seed=0), oracles=(is_nothing,))
    except Falsified as falsified:
        failing = falsified.counterexample
    passing = next(e for e in (run(lost, strategy=RandomWalk(seed=seed)) for seed in range(99)) if not is_nothing(e))
    here, there = failing.execution.trace, passing.trace
    longest = max(len(here), len(there))
    return replace(
        explanation_of(failing, program="tests.findings:lost", plan="events=1"),
        passing=account(passing),
        aligned=tuple((n if n < len(here) else None, n if n < len(there) else None) for n in range(longest)),
        point_of_no_return=PointOfNoReturn(1, "worker sends first"),
        pairs=(OrderedPair(1, 2, "main looked before worker had sent"),),
        paragraph="Main looked into events before worker had sent.",
    )
