"""The real event loop speaks Go too: each primitive, panics, deadlocks, leaks, timers; and never anything new.

Nothing here depends on how long something takes: where real time has a say, the claim holds for every speed.
"""

import asyncio
import gc
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from harness import (
    CANCELED,
    DEADLINE_EXCEEDED,
    NIL,
    Atomic,
    AtomicValue,
    Channel,
    Cond,
    Deadlocked,
    Mutex,
    Once,
    Panic,
    Panicked,
    Recv,
    Returned,
    RWMutex,
    Send,
    Shared,
    StepLimitReached,
    Ticker,
    Timer,
    WaitGroup,
    after,
    background,
    choose,
    go,
    gosched,
    now,
    select,
    sleep,
    with_cancel,
    with_timeout,
)
from harness.errors import BadInput, ForeignAwaitable
from harness.primitives.world import running
from harness.realtime import RealOutcome, run_realtime
from harness.verify import outcome_value

Program = Callable[..., Any]
NO_TIMEOUT = 60.0  # no passing test comes near it: the end is found from the state


async def play(program: Program, *arguments: Any, seed: int = 0) -> Any:
    """What main returned, or how else it ended."""
    real = await run_realtime(program, *arguments, seed=seed, timeout=NO_TIMEOUT)
    return outcome_value(real.outcome)


async def shown(program: Program, *arguments: Any, seeds: Iterable[int] = range(60)) -> set[Any]:
    """Everything that some seed shows."""
    return {await play(program, *arguments, seed=seed) for seed in seeds}


async def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """`go(call, f, x)` is Go's `go f(x)` for an operation `f`."""
    return await function(*arguments)


async def patience() -> None:
    """Let the other goroutines come as far as they can."""
    for _ in range(200):
        await gosched()


# -- channels ------------------------------------------------------------------------------------------------


async def produce(channel: Channel, *values: Any) -> None:
    for value in values:
        await channel.send(value)
    await channel.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("capacity", [0, 1, 2, 5])
async def test_a_channel_keeps_the_order_until_it_is_closed_and_empty(capacity: int) -> None:
    async def program() -> tuple[Any, ...]:
        channel = Channel(capacity)
        go(produce, channel, 1, 2, 3)
        received = [value async for value in channel]
        return (*received, await channel.recv())

    assert await shown(program) == {(1, 2, 3, (None, False))}


@pytest.mark.asyncio
async def test_a_rendezvous_lets_neither_side_go_before_the_other_has_come() -> None:
    async def program() -> tuple[int, int]:
        channel, arrived = Channel(), Atomic(0)

        async def sender() -> None:
            await arrived.add(1)
            await channel.send("value")

        go(sender)
        before = await channel.length()
        await channel.recv()
        return before, await arrived.load()

    assert await shown(program) == {(0, 1)}


@pytest.mark.asyncio
async def test_a_full_channel_blocks_its_sender_until_somebody_receives() -> None:
    async def program() -> bool:
        channel, sent = Channel(1), Atomic(0)

        async def sender() -> None:
            for _ in range(3):
                await channel.send(None)
                await sent.add(1)

        go(sender)
        await channel.recv()
        return await sent.load() <= 2

    assert await shown(program) == {True}


@pytest.mark.asyncio
async def test_misused_channels_panic_with_the_words_of_go_and_can_be_recovered() -> None:
    async def panic_of(operation: Any) -> str:
        try:
            await operation
        except Panic as panic:
            return str(panic)
        return "no panic"

    async def program() -> tuple[str, ...]:
        buffered, unbuffered = Channel(1), Channel()
        await buffered.close()
        await unbuffered.close()
        misuses = (buffered.send(1), unbuffered.send(1), select(Send(unbuffered, 1)), buffered.close(), NIL.close())
        return tuple([await panic_of(misuse) for misuse in misuses])

    send = "send on closed channel"
    assert await play(program) == (send, send, send, "close of closed channel", "close of nil channel")


@pytest.mark.asyncio
async def test_a_close_wakes_every_receiver_and_panics_a_blocked_sender() -> None:
    async def receiver(channel: Channel, answers: Channel) -> None:
        await answers.send(await channel.recv())

    async def program() -> tuple[Any, Any]:
        channel, answers = Channel(), Channel(2)
        go(receiver, channel, answers)
        go(receiver, channel, answers)
        await channel.close()
        return (await answers.recv())[0], (await answers.recv())[0]

    async def sending() -> None:
        channel = Channel()
        go(call, channel.close)
        await channel.send(1)

    assert await shown(program) == {((None, False), (None, False))}
    assert await shown(sending) == {Panicked("main", "send on closed channel")}


# -- select --------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_select_takes_any_ready_case_and_no_other() -> None:
    async def program() -> tuple[int, Any, bool]:
        first, second, never = Channel(1), Channel(1), Channel()
        await first.send("a")
        return await select(Recv(first), Send(second, "b"), Recv(never), Recv(None), Send(None, 0), default=True)

    assert await shown(program) == {(0, "a", True), (1, None, False)}


@pytest.mark.asyncio
async def test_select_takes_its_default_if_nothing_is_ready() -> None:
    async def program() -> tuple[int, Any, bool]:
        return await select(Recv(Channel(1)), Send(Channel(), 1), Recv(None), default=True)

    assert await shown(program) == {(-1, None, False)}


@pytest.mark.asyncio
async def test_select_takes_its_default_unless_the_partner_has_parked_already() -> None:
    async def program() -> tuple[int, Any, bool]:
        channel = Channel()
        go(call, channel.send, "value")
        return await select(Recv(channel), default=True)

    assert await shown(program) == {(0, "value", True), (-1, None, False)}


@pytest.mark.asyncio
@pytest.mark.parametrize("waits", ["recv", "select"])
async def test_select_meets_a_receiver_that_has_had_time_to_park(waits: str) -> None:
    async def program() -> int:
        channel = Channel()

        async def receiver() -> None:
            await (channel.recv() if waits == "recv" else select(Recv(None), Recv(channel)))

        go(receiver)
        await patience()
        return (await select(Send(channel, 1), default=True))[0]

    assert await shown(program) == {0}


@pytest.mark.asyncio
async def test_two_selects_meet() -> None:
    async def program() -> tuple[int, Any, bool]:
        left, right = Channel(), Channel()
        go(call, select, Send(left, "l"), Send(right, "r"))
        return await select(Recv(right), Recv(left))

    assert await shown(program) == {(0, "r", True), (1, "l", True)}


@pytest.mark.asyncio
async def test_a_select_does_not_meet_itself() -> None:
    async def program() -> None:
        channel = Channel()
        await select(Send(channel, 1), Recv(channel))

    assert await play(program) == Deadlocked(("main",))


# -- sync and memory -----------------------------------------------------------------------------------------


async def twice(function: Callable[[], Any]) -> None:
    """Run `function` in two goroutines and wait for both."""
    group = WaitGroup()

    async def worker() -> None:
        await function()
        await group.done()

    await group.add(2)
    go(worker)
    go(worker)
    await group.wait()


@pytest.mark.asyncio
@pytest.mark.parametrize("locked", [True, False])
async def test_a_mutex_and_nothing_less_keeps_every_update(locked: bool) -> None:
    async def program() -> int:
        counter, mutex = Shared(0), Mutex()

        async def update() -> None:
            await counter.store(await counter.load() + 1)

        async def update_locked() -> None:
            async with mutex:
                await update()

        await twice(update_locked if locked else update)
        value: int = await counter.load()
        return value

    assert await shown(program) == ({2} if locked else {1, 2})


@pytest.mark.asyncio
async def test_atomics_lose_nothing() -> None:
    async def program() -> tuple[Any, ...]:
        counter, value = Atomic(0), AtomicValue()

        async def update() -> None:
            while not await counter.compare_and_swap(seen := await counter.load(), seen + 1):
                pass
            await counter.add(10)

        await twice(update)
        await value.store("text")
        return await counter.load(), await counter.swap(5), await counter.load(), await value.load()

    assert await shown(program) == {(22, 22, 5, "text")}


@pytest.mark.asyncio
async def test_try_lock_tells_whether_it_locked() -> None:
    async def program() -> tuple[bool, ...]:
        mutex, lock = Mutex(), RWMutex()
        first = await mutex.try_lock(), await mutex.try_lock()
        return *first, await lock.try_rlock(), await lock.try_lock(), await lock.try_rlock()

    assert await play(program) == (True, False, True, False, True)


@pytest.mark.asyncio
async def test_a_writer_is_alone_and_readers_are_not() -> None:
    async def program() -> tuple[bool, bool]:
        lock, inside, writing, together = RWMutex(), Atomic(0), Atomic(0), Atomic(False)
        alone, group = Atomic(True), WaitGroup()

        async def reader() -> None:
            await lock.rlock()
            if await inside.add(1) > 1:
                await together.store(True)
            if await writing.load():
                await alone.store(False)
            await inside.add(-1)
            await lock.runlock()
            await group.done()

        async def writer() -> None:
            async with lock:
                await writing.store(1)
                if await inside.load():
                    await alone.store(False)
                await writing.store(0)
            await group.done()

        await group.add(3)
        for role in (reader, reader, writer):
            go(role)
        await group.wait()
        return await alone.load(), await together.load()

    assert await shown(program) == {(True, True), (True, False)}


@pytest.mark.asyncio
async def test_a_waiting_writer_keeps_new_readers_out() -> None:
    async def program() -> str:
        lock = RWMutex()
        await lock.rlock()

        async def writer() -> None:
            await lock.lock()

        go(writer)
        await patience()
        await lock.rlock()
        return "entered"

    assert await shown(program) == {Deadlocked(("main", "main/writer#1"))}


@pytest.mark.asyncio
async def test_once_runs_one_function_and_everybody_waits_for_it() -> None:
    async def program() -> tuple[int, int]:
        once, runs, done = Once(), Atomic(0), Atomic(0)

        async def initialise() -> None:
            await runs.add(1)
            await gosched()
            await done.store(1)

        async def user() -> None:
            await once.do(initialise)
            assert await done.load() == 1

        await twice(user)
        return await runs.load(), await done.load()

    assert await shown(program) == {(1, 1)}


@pytest.mark.asyncio
async def test_a_condition_wakes_whom_it_is_told_to() -> None:
    async def program(broadcast: bool) -> int:
        mutex, woken, waiting = Mutex(), Atomic(0), WaitGroup()
        cond = Cond(mutex)

        async def waiter() -> None:
            await mutex.lock()
            await waiting.done()
            await cond.wait()
            await woken.add(1)
            await mutex.unlock()

        await waiting.add(2)
        go(waiter)
        go(waiter)
        await waiting.wait()
        async with mutex:
            await (cond.broadcast() if broadcast else cond.signal())
        while await woken.load() < 1 + broadcast:
            await gosched()
        count: int = await woken.load()
        return count

    assert await shown(program, True) == {2}
    assert await shown(program, False) == {1}


@pytest.mark.asyncio
async def test_a_waitgroup_waits_for_all_and_panics_below_zero() -> None:
    async def program() -> None:
        await twice(gosched)
        await WaitGroup().done()

    assert await shown(program) == {Panicked("main", "sync: negative WaitGroup counter")}


@pytest.mark.asyncio
async def test_choose_shows_every_number() -> None:
    async def program() -> int:
        return await choose(3)

    assert await shown(program) == {0, 1, 2}


# -- time and contexts ---------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_time_has_passed_when_a_sleeper_or_a_timer_wakes() -> None:
    async def program() -> bool:
        began = now()
        await sleep(2)
        slept = now()
        fired, ok = await after(3).recv()
        return began + 2 <= slept and ok and slept + 3 <= fired <= now()

    assert await play(program) is True


@pytest.mark.asyncio
async def test_real_seconds_are_scaled() -> None:
    async def program() -> None:
        await sleep(20)

    loop = asyncio.get_running_loop()
    began = loop.time()
    await run_realtime(program, time_scale=0.001)
    assert loop.time() - began >= 0.02


@pytest.mark.asyncio
async def test_an_earlier_timer_has_fired_when_a_later_one_does() -> None:
    async def program() -> int:
        early, late = after(1), after(2)
        await late.recv()
        return (await select(Recv(early), default=True))[0]

    assert await shown(program, seeds=range(5)) == {0}


@pytest.mark.asyncio
async def test_a_stopped_timer_never_fires_and_a_reset_one_fires_anew() -> None:
    async def stopped() -> None:
        timer = Timer(1_000_000)
        assert await timer.stop()
        await timer.c.recv()

    async def reset() -> tuple[bool, bool]:
        timer = Timer(1_000_000)
        active = await timer.reset(1)
        return active, (await timer.c.recv())[1]

    assert await play(stopped) == Deadlocked(("main",))
    assert await play(reset) == (True, True)


@pytest.mark.asyncio
async def test_a_ticker_ticks_until_it_is_stopped() -> None:
    async def program() -> bool:
        ticker = Ticker(1)
        ticks = [(await ticker.c.recv())[0] for _ in range(3)]
        await ticker.stop()
        index, _, _ = await select(Recv(ticker.c), default=True)
        return ticks == sorted(ticks) and ticks[0] >= 1 and ticks[2] >= 3 and index == -1

    assert await play(program) is True


@pytest.mark.asyncio
async def test_a_cancel_reaches_every_descendant() -> None:
    async def program() -> tuple[Any, ...]:
        parent, cancel = with_cancel(background())
        child, _ = with_timeout(parent, 1_000_000)
        go(call, cancel)
        _, ok = await child.done().recv()
        late, _ = with_cancel(child)
        return ok, await parent.err(), await child.err(), await late.err()

    assert await shown(program) == {(False, CANCELED, CANCELED, CANCELED)}


@pytest.mark.asyncio
async def test_a_deadline_cancels_the_context() -> None:
    async def program() -> tuple[Any, ...]:
        context, _ = with_timeout(background(), 1)
        before = context.done().closed
        await context.done().recv()
        return before, await context.err()

    assert await play(program) == (False, DEADLINE_EXCEEDED)


# -- endings -------------------------------------------------------------------------------------------------


async def stuck(cleaned: list[str]) -> None:
    try:
        await Channel().recv()
    finally:
        cleaned.append("cleaned")


@pytest.mark.asyncio
async def test_who_is_left_behind_is_a_leak_and_does_not_clean_up() -> None:
    async def program(cleaned: list[str]) -> str:
        go(stuck, cleaned)
        go(call, gosched)
        return "value"

    cleaned: list[str] = []
    real = await run_realtime(program, cleaned, timeout=NO_TIMEOUT)
    gc.collect()
    assert real.outcome == Returned("value")
    assert real.leaked == ("main/stuck#1",)
    assert cleaned == []


@pytest.mark.asyncio
async def test_a_goroutine_that_can_still_move_after_main_is_no_leak() -> None:
    async def late(done: Atomic) -> None:
        await sleep(3)
        await done.store("done")

    async def program() -> Atomic:
        done = Atomic("not yet")
        go(late, done)
        return done

    real = await run_realtime(program, timeout=NO_TIMEOUT)
    assert isinstance(real.outcome, Returned)
    assert (real.outcome.value.value, real.leaked) == ("done", ())


@pytest.mark.asyncio
async def test_a_timer_that_nobody_waits_for_does_not_delay_the_end() -> None:
    async def program() -> None:
        after(1_000_000)
        Ticker(1_000)
        go(stuck, [])
        await Channel(name="nobody").recv()

    assert await play(program) == Deadlocked(("main", "main/stuck#1"))


@pytest.mark.asyncio
async def test_a_deadlock_names_all_who_take_part() -> None:
    async def program() -> None:
        first, second = Mutex(), Mutex()

        async def other() -> None:
            async with second, first:
                pass

        go(other)
        async with first, second:
            pass

    assert await shown(program) == {Deadlocked(("main", "main/other#1")), None}


@pytest.mark.asyncio
async def test_a_panic_anywhere_ends_the_run_after_the_cleanup_of_the_panicking_goroutine() -> None:
    async def worker(cleaned: list[str]) -> None:
        try:
            await gosched()
            raise Panic("boom")
        finally:
            await gosched()
            cleaned.append("worker")

    async def program(cleaned: list[str]) -> None:
        go(stuck, cleaned)
        go(worker, cleaned)
        while True:
            await gosched()

    cleaned: list[str] = []
    assert await play(program, cleaned) == Panicked("main/worker#1", "boom")
    assert cleaned == ["worker"]


@pytest.mark.asyncio
async def test_an_exception_of_python_is_a_panic_and_a_fatal_error_cannot_be_recovered() -> None:
    async def divide() -> float:
        await gosched()
        return 1 / 0

    async def unlock() -> str:
        try:
            await Mutex().unlock()
        except BaseException:
            return "recovered"
        return "unlocked"

    assert await play(divide) == Panicked("main", "ZeroDivisionError: division by zero")
    assert await play(unlock) == Panicked("main", "fatal error: sync: unlock of unlocked mutex")


@pytest.mark.asyncio
async def test_a_program_that_never_ends_is_cut_off() -> None:
    async def program() -> None:
        go(stuck, [])
        while True:
            await gosched()

    real = await run_realtime(program, timeout=0.02)
    assert real == RealOutcome(StepLimitReached(real.steps), (), real.steps)
    assert real.steps > 0


@pytest.mark.asyncio
async def test_awaiting_something_of_asyncio_is_refused() -> None:
    async def program() -> None:
        await asyncio.sleep(0)

    async def later() -> None:
        await gosched()
        await asyncio.sleep(1)

    for foreign in (program, later):
        with pytest.raises(ForeignAwaitable, match=r"main awaited .* use harness\.sleep"):
            await run_realtime(foreign, timeout=NO_TIMEOUT)


@pytest.mark.asyncio
async def test_a_refused_program_does_not_clean_up_either() -> None:
    async def foreign() -> None:
        await asyncio.sleep(0)

    async def program(cleaned: list[str]) -> None:
        go(stuck, cleaned)
        go(foreign)
        await gosched()

    cleaned: list[str] = []
    with pytest.raises(ForeignAwaitable, match="main/foreign#1"):
        await run_realtime(program, cleaned, timeout=NO_TIMEOUT)
    assert cleaned == []


@pytest.mark.asyncio
async def test_bad_input_is_refused() -> None:
    async def program() -> None:
        await gosched()

    async def nested() -> None:
        await run_realtime(program)

    for options in ({"time_scale": 0.0}, {"timeout": 0.0}, {"time_scale": float("nan")}):
        with pytest.raises(BadInput):
            await run_realtime(program, **options)
    with pytest.raises(BadInput, match="async function"):
        await run_realtime(lambda: 3)
    with pytest.raises(BadInput, match="in progress already"):
        await run_realtime(nested)


@pytest.mark.asyncio
async def test_nothing_stays_behind_on_the_event_loop() -> None:
    async def program() -> None:
        go(stuck, [])
        go(call, sleep, 1_000_000)
        raise Panic("boom")

    before = asyncio.all_tasks()
    await play(program)
    assert asyncio.all_tasks() == before
    assert running.world is None


@pytest.mark.asyncio
async def test_a_cancelled_run_takes_its_goroutines_along() -> None:
    cleaned: list[str] = []

    async def program() -> None:
        go(stuck, cleaned)
        while True:
            await gosched()

    before = asyncio.all_tasks()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(run_realtime(program, timeout=NO_TIMEOUT), 0.01)
    assert asyncio.all_tasks() == before
    assert cleaned == []


# -- runs ----------------------------------------------------------------------------------------------------


async def gathering() -> tuple[Any, ...]:
    """Three senders, one receiver: every order is possible."""
    channel = Channel()
    for letter in "abc":
        go(call, channel.send, letter)
    return tuple([(await channel.recv())[0] for _ in range(3)])


@pytest.mark.asyncio
async def test_equal_seeds_give_equal_runs_and_different_seeds_different_ones() -> None:
    once = [await run_realtime(gathering, seed=seed) for seed in range(10)]
    again = [await run_realtime(gathering, seed=seed) for seed in range(10)]
    assert once == again
    assert len({real.outcome for real in once}) > 1


@pytest.mark.asyncio
async def test_runs_on_one_event_loop_do_not_disturb_each_other() -> None:
    alone = [await play(gathering, seed=seed) for seed in range(10)]
    assert await asyncio.gather(*(play(gathering, seed=seed) for seed in range(10))) == alone
