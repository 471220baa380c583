"""What a paragraph says of small programs is literally true, in sentences, and in Go's words."""

from __future__ import annotations

import pytest

from harness import (
    Atomic,
    Channel,
    Cond,
    Mutex,
    Recv,
    RWMutex,
    Timer,
    WaitGroup,
    background,
    go,
    select,
    sleep,
    with_cancel,
)
from harness.oracles import Oracle, no_deadlock, no_goroutine_leak, no_panic, returns
from tests.litmus.test_causes import Program, explained


async def ended_on_another_channel() -> str:
    """The end may overtake the value."""
    events, done = Channel(1, name="events"), Channel(name="done")

    async def worker() -> None:
        await events.send("last")
        await done.close()

    go(worker)
    index, value, _ = await select(Recv(done), Recv(events))
    return str(value) if index == 1 else "nothing"


async def timed_out() -> int:
    """The timer and the end come at the same time."""
    timer, done = Timer(1, name="timer"), Channel(name="done")

    async def worker() -> None:
        await sleep(1)
        await done.close()

    go(worker)
    return (await select(Recv(timer.c), Recv(done)))[0]


async def cancelled() -> int:
    """The worker cancels before it sends."""
    ctx, cancel = with_cancel(background())
    results = Channel(1, name="results")

    async def worker() -> None:
        await results.send(1)
        await cancel()

    go(worker)
    return (await select(Recv(ctx.done()), Recv(results)))[0]


SELECTS = [
    (
        ended_on_another_channel,
        returns("last"),
        "worker closes done (step 1) before main comes to its select (step 2), which then finds done closed; "
        "had the select come first, main would have received 'last' from events.",
    ),
    (
        timed_out,
        returns(1),
        "timer fires (step 0) before main comes to its select (step 1), which then receives 1.0 from timer; "
        "had the select come first, main would have found done closed.",
    ),
    (
        cancelled,
        returns(1),
        "worker cancels Context@main.2 (step 1) before main comes to its select (step 2), which then finds "
        "Context@main.2.done closed; had the select come first, main would have received 1 from results.",
    ),
]


@pytest.mark.parametrize(("program", "oracle", "sentence"), SELECTS)
def test_a_select_is_named_by_what_it_came_to_in_either_order(program: Program, oracle: Oracle, sentence: str) -> None:
    assert f"What matters is that {sentence}" in explained(program, oracle).paragraph


async def fails_anyhow() -> None:
    """If the worker does not panic, it stays behind."""
    flag, never = Atomic(0, name="flag"), Channel(name="never")

    async def worker() -> None:
        if await flag.load() == 0:
            raise ValueError("zero")
        await never.recv()

    go(worker)
    await flag.store(1)


def test_what_does_not_pass_is_not_said_to_pass() -> None:
    found = explained(fails_anyhow, no_panic)
    assert (
        "as far as that is possible, does not violate it, but violates `no_goroutine_leak` "
        "(main returned, but left waiting for ever)."
    ) in found.paragraph
    assert "pass" not in found.paragraph.replace("test_true_paragraphs", "")


def test_where_every_schedule_fails_but_not_in_one_way_it_is_a_matter_of_timing() -> None:
    found = explained(fails_anyhow, no_goroutine_leak)
    assert "no matter of timing" not in found.paragraph
    assert (
        "Every schedule of this program fails (2 executions, one of each class), but 1 of them in another way, "
        "violating `no_panic` (worker panicked at "
    ) in found.paragraph


async def may_choose_the_default() -> None:
    """The select looks although a sender may be there."""
    channel = Channel(name="channel")
    go(channel.send, 1)
    await select(Recv(channel), default=True)


def test_a_default_that_need_not_have_been_taken_is_what_matters() -> None:
    found = explained(may_choose_the_default, no_goroutine_leak)
    assert (
        "What matters is that main finds nothing to receive on channel and takes its default (step 0), where main "
        "could have received 1 from channel."
    ) in found.paragraph


async def decided_by_another() -> None:
    """Main has much to do that does not matter before it locks."""
    flag, busy = Atomic(0, name="flag"), Atomic(0, name="busy")

    async def worker() -> None:
        if await flag.load() == 0:
            raise ValueError("zero")

    go(worker)
    for number in range(3):
        await busy.store(number)
    await flag.store(1)


def test_what_would_have_saved_it_is_what_matters_for_the_point_of_no_return() -> None:
    found = explained(decided_by_another, no_panic)
    assert found.point_of_no_return is not None and found.point_of_no_return.before
    assert found.point_of_no_return.alternative == "main: store 1 in flag"
    assert found.paragraph.endswith("; if main were first to store 1 in flag, it could still pass.")


async def woken_too_early() -> None:
    """The signal may come before the wait."""
    mutex = Mutex(name="mutex")
    ready = Cond(mutex, name="ready")

    async def waiter() -> None:
        async with mutex:
            await ready.wait()

    go(waiter)
    async with mutex:
        await ready.signal()


async def asks_between() -> None:
    """A writer asks between two read-locks."""
    lock = RWMutex(name="rw")

    async def write() -> None:
        async with lock:
            pass

    go(write)
    await lock.rlock()
    await lock.rlock()
    await lock.runlock()
    await lock.runlock()


async def done_too_early() -> int:
    """Main may look before both are done."""
    group, total = WaitGroup(name="group"), Atomic(0, name="total")
    await group.add(2)

    async def worker() -> None:
        await group.done()
        await total.add(1)

    go(worker)
    go(worker)
    await group.wait()
    return int(await total.load())


SAID = [
    (woken_too_early, no_goroutine_leak, "waits for ever at wait on ready ("),
    (woken_too_early, no_goroutine_leak, "where it passes, waiter wakes from waiting on ready."),
    (
        asks_between,
        no_deadlock,
        "write asks for rw to write (step 1) without waiting for main to lock rw for reading",
    ),
    (done_too_early, returns(2), "if worker#2 were first to add 1 to total, making 2, it could still pass."),
]


@pytest.mark.parametrize(("program", "oracle", "words"), SAID)
def test_what_goroutines_do_is_said_in_go_s_words(program: Program, oracle: Oracle, words: str) -> None:
    found = explained(program, oracle)
    assert words in found.paragraph
    for jargon in ("announce", "cond_", "atomic_", "Alarm@", "Channel@", "is up to", '"'):
        assert jargon not in found.paragraph


def test_what_is_counted_is_told_with_what_comes_of_it() -> None:
    texts = [action.text for action in explained(done_too_early, returns(2)).failing.execution.trace]
    assert "call done on group, making 1" in texts and "call done on group, making 0" in texts
    assert "add 1 to total, making 1" in texts
