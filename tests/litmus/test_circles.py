"""Whoever is said to be waited for could end the wait; who merely holds the same object is not named."""

from __future__ import annotations

import pytest

from harness import Channel, Cond, Mutex, RWMutex, WaitGroup, background, go, run, with_cancel
from harness.model.explanation import Grounds
from harness.oracles import no_deadlock, no_goroutine_leak
from tests.litmus.test_causes import Program, explained


async def three_senders() -> None:
    """Main receives once, of three values."""
    errors = Channel(name="errors")
    for _ in range(3):
        go(errors.send, None)
    await errors.recv()


async def pool() -> None:
    """Nobody closes the channel that the workers range over."""
    jobs, group = Channel(name="jobs"), WaitGroup(name="group")
    await group.add(2)

    async def worker() -> None:
        async for _ in jobs:
            pass
        await group.done()

    go(worker)
    go(worker)
    await jobs.send(1)
    await group.wait()


async def collector() -> None:
    """Main waits for the senders before it receives."""
    errors, group = Channel(name="errors"), WaitGroup(name="group")
    await group.add(1)

    async def worker() -> None:
        await errors.send(None)
        await group.done()

    go(worker)
    await group.wait()
    await errors.recv()


async def closes_too_late() -> None:
    """Main closes only when the others have ended, which wait for that."""
    jobs, group = Channel(name="jobs"), WaitGroup(name="group")
    await group.add(1)

    async def worker() -> None:
        async for _ in jobs:
            pass
        await group.done()

    go(worker)
    await group.wait()
    await jobs.close()


async def read_twice() -> None:
    """A writer comes between two read-locks of one goroutine."""
    lock = RWMutex(name="lock")

    async def write() -> None:
        async with lock:
            pass

    go(write)
    await lock.rlock()
    await lock.rlock()
    await lock.runlock()
    await lock.runlock()


async def cancels_too_late() -> None:
    """Main would cancel after the worker has ended."""
    ctx, cancel = with_cancel(background(), name="request")
    group = WaitGroup(name="group")
    await group.add(1)

    async def worker() -> None:
        await ctx.done().recv()
        await group.done()

    go(worker)
    await group.wait()
    await cancel()


async def waits_for_itself() -> None:
    """A mutex is not reentrant."""
    lock = Mutex(name="lock")
    await lock.lock()
    await lock.lock()


CIRCLES = [
    (collector, (("main", "group", "call done"), ("main/worker#1", "errors", "receive"))),
    (closes_too_late, (("main", "group", "call done"), ("main/worker#1", "jobs", "close"))),
    (pool, (("main", "group", "call done"), ("main/worker#1", "jobs", "send more or close"))),
    (read_twice, (("main", "lock", "lock and unlock it first"), ("main/write#1", "lock", "unlock it"))),
    (cancels_too_late, (("main", "group", "call done"), ("main/worker#1", "request.done", "cancel"))),
    (waits_for_itself, (("main", "lock", "unlock it"),)),
]


def links(grounds: Grounds) -> tuple[tuple[str, str, str], ...]:
    """Who waits for what, for the next one to do what."""
    return tuple((*link, deed) for link, deed in zip(grounds.circle, grounds.deeds, strict=True))


@pytest.mark.parametrize(("program", "circle"), CIRCLES, ids=lambda each: getattr(each, "__name__", ""))
def test_a_circle_goes_through_those_who_could_end_the_wait(
    program: Program, circle: tuple[tuple[str, str, str], ...]
) -> None:
    assert links(explained(program, no_deadlock).grounds) == circle


def test_fellow_senders_are_no_circle_and_are_told_together() -> None:
    found = explained(three_senders, no_goroutine_leak)
    assert found.grounds.circle == () and len(found.grounds.waits) == 2
    assert "send#2 and send#3 wait for ever at send on errors" in found.paragraph
    assert "nobody is left to receive from errors" in found.paragraph and "In a circle" not in found.paragraph


def test_who_has_only_asked_for_a_lock_does_not_hold_it() -> None:
    found = explained(read_twice, no_deadlock)
    assert ", is kept for main/write#1, which asked for it at " in found.message
    assert "main waits for lock, asked for by main/write#1, who waits for lock, held by main" in found.message


async def unsignalled() -> None:
    """The signal has come before the wait."""
    mutex = Mutex(name="mutex")
    ready = Cond(mutex, name="ready")

    async def waiter() -> None:
        async with mutex:
            await ready.wait()

    go(waiter)
    await ready.signal()


def test_what_nobody_is_left_to_do_depends_on_what_is_waited_for() -> None:
    message = explained(unsignalled, no_goroutine_leak).message
    assert "nobody is left to signal ready, made at " in message and ", main having ended)" in message


async def many_senders() -> None:
    """Nobody receives."""
    errors = Channel(name="errors")
    for _ in range(12):
        go(errors.send, None)


def test_of_many_only_some_are_told_one_by_one() -> None:
    message = no_goroutine_leak(run(many_senders))
    assert message is not None and message.endswith(", and 6 others") and message.count("nobody is left") == 6
    assert len(explained(many_senders, no_goroutine_leak).paragraph) < 700


async def pool_without_a_reader() -> None:
    """Each worker ranges over one channel, sends on another, and waits for an answer on a third."""
    jobs, errors, answers = Channel(3, name="jobs"), Channel(name="errors"), Channel(name="answers")

    async def worker() -> None:
        async for _ in jobs:
            await errors.send(None)
            await answers.recv()

    for _ in range(3):
        await jobs.send(None)
        go(worker)
    await jobs.close()


def test_who_receives_on_other_channels_only_is_no_receiver() -> None:
    found = explained(pool_without_a_reader, no_goroutine_leak)
    assert found.grounds.circle == () and len(found.grounds.waits) == 3
    assert "nobody is left to receive from errors" in found.paragraph


async def helped_by_a_function() -> None:
    """The receiving is in a function that main would call."""
    errors, group = Channel(name="errors"), WaitGroup(name="group")
    await group.add(1)

    async def worker() -> None:
        await errors.send(None)
        await group.done()

    async def drain(channel: Channel) -> None:
        await channel.recv()

    go(worker)
    await group.wait()
    await drain(errors)


def test_who_would_call_what_receives_is_a_receiver() -> None:
    assert links(explained(helped_by_a_function, no_deadlock).grounds)[1] == ("main/worker#1", "errors", "receive")
