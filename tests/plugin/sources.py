"""Small test files that several tests use: each with a bug, and without it."""

HEAD = """
import harness
import pytest
from harness import *
"""

COUNTER = (
    HEAD
    + """
async def counted(total, lock):
    async def worker():
        if lock:
            await lock.lock()
        seen = await total.load()
        await total.store(seen + 1)
        if lock:
            await lock.unlock()
        await done.done()
    done = WaitGroup()
    await done.add(2)
    go(worker)
    go(worker)
    await done.wait()
    return await total.load()
"""
)

LOSING = (
    COUNTER
    + """
@harness.explore
async def test_counter():
    value = await counted(Atomic(0), None)
    assert value == 2, "an update is lost"
"""
)

KEEPING = LOSING.replace("None)", "Mutex())")

STUCK = (
    HEAD
    + """
@harness.explore(strategy="dpor")
async def test_channel():
    channel = Channel(name="letters")
    marker = "the frame that the debugger shows"
    go(channel.send, 1)
    await channel.recv()
    await channel.recv()
"""
)

MOVING = STUCK.replace("    await channel.recv()\n", "", 1)

BOTH = """
async def both():
    x = Shared(0, name="x")

    async def writes():
        await x.store(1)
        raise Panic("boom")

    go(writes)
    await x.store(2)
"""
"""A program that panics and has a data race, in one execution."""
