"""Programs with a known bug, as source text, so that they can be edited after the bug was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness import api
from harness.oracles import no_deadlock, no_panic, returns
from harness.search.campaign import Oracle

LOST_UPDATE = """
async def program():
    counter, done = Shared(0, name="counter"), Channel(2, name="done")

    async def first():
        value = await counter.load()
        await counter.store(value + 1)
        await done.send("first")

    async def second():
        value = await counter.load()
        await counter.store(value + 1)
        await done.send("second")

    go(first)
    go(second)
    for _ in range(2):
        await done.recv()
    return await counter.load()
"""

LATE_SEND = """
async def program():
    stream, status = Channel(2, name="stream"), Channel(1, name="status")

    async def late():
        await gosched()
        await stream.send("late")

    async def executor():
        go(late)
        await stream.send("event")
        await stream.close()

    go(executor)
    async for event in stream:
        await status.send(event)
        await status.recv()
"""

DEADLOCK = """
async def program():
    left, right = Mutex(name="left"), Mutex(name="right")
    done = Channel(2, name="done")

    async def one():
        await left.lock()
        await right.lock()
        await done.send("one")
        await right.unlock()
        await left.unlock()

    async def other():
        await right.lock()
        await left.lock()
        await done.send("other")
        await left.unlock()
        await right.unlock()

    go(one)
    go(other)
    await done.recv()
    await done.recv()
"""

LOST_EVENT = """
async def program():
    stream, done = Channel(1, name="stream"), Channel(name="done")

    async def late():
        await stream.send("late")

    async def executor():
        go(late)
        await done.close()

    go(executor)
    got = []
    while True:
        case, event, _ = await select(Recv(done), Recv(stream))
        if case == 1:
            got.append(event)
            continue
        case, event, _ = await select(Recv(stream), default=True)
        if case == 0:
            got.append(event)
        return got
"""


@dataclass(frozen=True)
class Bug:
    """A program's source, and an oracle that objects to one of its executions."""

    name: str
    source: str
    oracle: Oracle


BUGS = {
    bug.name: bug
    for bug in (
        Bug("lost update", LOST_UPDATE, returns(2)),
        Bug("late send", LATE_SEND, no_panic),
        Bug("deadlock", DEADLOCK, no_deadlock),
        Bug("lost event", LOST_EVENT, returns(["late"])),
    )
}


def compiled(source: str) -> Callable[..., Any]:
    """The program in this source, always under the same name."""
    names = dict(vars(api))
    exec(compile(source, "edited.py", "exec"), names)
    program: Any = names["program"]
    program.reference = "edited:program"
    return program  # type: ignore[no-any-return]


def edited(source: str, *texts: str) -> str:
    """The source with old, new, old, new ...; each old text must stand there exactly once."""
    for old, new in zip(texts[::2], texts[1::2], strict=True):
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source
