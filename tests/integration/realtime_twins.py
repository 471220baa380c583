"""Small programs with more than one outcome, and what exploration calls possible for each.

A twin is a program that both runtimes run. The event loop may show whatever exploration calls possible, and
nothing else. Real goroutines can be slow, so programs with timers are explored under the adversarial clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from harness import (
    CANCELED,
    Atomic,
    Channel,
    Cond,
    Mutex,
    Once,
    Panic,
    Recv,
    RWMutex,
    Send,
    Shared,
    Ticker,
    Timer,
    WaitGroup,
    after,
    after_func,
    background,
    choose,
    context_after_func,
    go,
    outcomes,
    select,
    sleep,
    with_cancel,
    with_timeout,
)
from harness.realtime import run_realtime
from harness.stream import Design, StreamPlan, serve
from harness.verify import outcome_value


@dataclass(frozen=True, slots=True)
class Twin:
    """A program for both runtimes.

    `timed` programs are explored with up to `early_firings` early deadlines. In the others no timer matters: on the
    event loop their seconds are real ones, so that none is seen.
    """

    program: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    timed: bool = False
    early_firings: int = 4
    name: str = ""

    def __str__(self) -> str:
        return self.name or self.program.__name__


async def play(twin: Twin, seed: int, time_scale: float = 0.001) -> Any:
    """What main returned on the event loop, or how else it ended."""
    time_scale = time_scale if twin.timed else 1.0
    real = await run_realtime(twin.program, *twin.arguments, seed=seed, time_scale=time_scale, timeout=60)
    return outcome_value(real.outcome)


@cache
def possible(twin: Twin) -> frozenset[Any]:
    """Every outcome there is, by exploration."""
    clock = "adversarial" if twin.timed else "idle"
    return frozenset(outcomes(twin.program, *twin.arguments, clock=clock, early_firings=twin.early_firings))


def stream_twin(design: Design, plan: StreamPlan) -> Twin:
    """A design that serves one request."""
    return Twin(serve(design.handler, plan), timed=bool(plan.delay or plan.slow), name=f"{design.name}: {plan}")


# -- memory and locks ----------------------------------------------------------------------------------------


async def racy_counter() -> int:
    counter, group = Shared(0), WaitGroup()

    async def increment() -> None:
        await counter.store(await counter.load() + 1)
        await group.done()

    await group.add(2)
    go(increment)
    go(increment)
    await group.wait()
    value: int = await counter.load()
    return value


async def lock_order() -> str:
    first, second, group = Mutex(), Mutex(), WaitGroup()

    async def both(one: Mutex, other: Mutex) -> None:
        async with one, other:
            await group.done()

    await group.add(2)
    go(both, first, second)
    go(both, second, first)
    await group.wait()
    return "lucky"


async def second_reader_behind_a_writer() -> str:
    lock, left = RWMutex(), Channel(1)

    async def writer() -> None:
        await lock.lock()
        await lock.unlock()
        await left.send(None)

    go(writer)
    await lock.rlock()
    await lock.rlock()
    await lock.runlock()
    await lock.runlock()
    await left.recv()
    return "lucky"


async def lost_wakeup() -> str:
    mutex = Mutex()
    cond = Cond(mutex)
    go(signal, cond)
    async with mutex:
        await cond.wait()
    return "woken"


async def signal(cond: Cond) -> None:
    await cond.signal()


async def two_compare_and_swaps() -> tuple[bool, Any]:
    winner, swapped = Atomic("nobody"), Channel(1)

    async def rival() -> None:
        await winner.compare_and_swap("nobody", "rival")
        await swapped.send(None)

    go(rival)
    won = await winner.compare_and_swap("nobody", "main")
    await swapped.recv()
    return won, await winner.load()


async def once_by_two() -> tuple[Any, bool]:
    once, by, done = Once(), Atomic(""), Channel(1)

    async def use(name: str) -> None:
        async def claim() -> None:
            await by.store(name)

        await once.do(claim)

    async def rival() -> None:
        await use("rival")
        await done.send(await by.load() != "")

    go(rival)
    await use("main")
    return await by.load(), (await done.recv())[0]


async def try_lock_against_lock() -> tuple[bool, bool]:
    mutex, answer = Mutex(), Channel(1)

    async def trying() -> None:
        await answer.send(await mutex.try_lock())

    go(trying)
    async with mutex:
        (locked, _) = await answer.recv()
    return locked, mutex.locked


async def late_add() -> str:
    group, early = WaitGroup(), Atomic(True)

    async def worker() -> None:
        await group.add(1)
        await early.store(False)
        await group.done()

    go(worker)
    await group.wait()
    return "too early" if await early.load() else "waited"


async def reused_waitgroup() -> str:
    group, left = WaitGroup(), Channel(1)

    async def waiter() -> None:
        await group.wait()
        await left.send(None)

    await group.add(1)
    go(waiter)
    await group.done()
    await group.add(1)
    await group.done()
    await left.recv()
    return "left"


# -- channels ------------------------------------------------------------------------------------------------


async def three_senders() -> tuple[Any, ...]:
    channel = Channel()

    async def sender(letter: str) -> None:
        await channel.send(letter)

    for letter in "abc":
        go(sender, letter)
    return tuple([(await channel.recv())[0] for _ in range(3)])


async def default_or_rendezvous() -> int:
    channel = Channel()

    async def sender() -> None:
        await channel.send("value")

    go(sender)
    return (await select(Recv(channel), default=True))[0]


async def drain_after_done() -> tuple[Any, ...]:
    """The done-channel design in small: what is sent late is lost."""
    events, done = Channel(2), Channel()
    delivered = []

    async def late() -> None:
        await events.send("late")

    async def execute() -> None:
        go(late)
        await events.send("event")
        await done.close()

    go(execute)
    while True:
        index, value, _ = await select(Recv(done), Recv(events))
        if index == 0:
            break
        delivered.append(value)
    while True:
        index, value, _ = await select(Recv(events), default=True)
        if index < 0:
            return tuple(delivered)
        delivered.append(value)


async def close_under_a_sender() -> tuple[Any, ...]:
    """The close-channel design in small: a late sender panics."""
    events = Channel(2)

    async def late() -> None:
        await events.send("late")

    async def execute() -> None:
        go(late)
        await events.send("event")
        await events.close()

    go(execute)
    return tuple([value async for value in events])


async def recovered_panic() -> str:
    channel, answer = Channel(), Channel(1)

    async def sender() -> None:
        try:
            await select(Send(channel, "value"), Send(answer, "answered"))
        except Panic as panic:
            await answer.send(str(panic))

    go(sender)
    await channel.close()
    text: str = (await answer.recv())[0]
    return text


async def full_buffer_and_early_return(events: int) -> tuple[int, int]:
    """Who returns without receiving leaves a sender behind; the number sent depends on the decision."""
    channel, sent = Channel(1), Atomic(0)

    async def sender() -> None:
        for number in range(events):
            await channel.send(number)
            await sent.add(1)

    go(sender)
    received = await choose(events + 1)
    for _ in range(received):
        await channel.recv()
    return received, await sent.load()


# -- contexts and time ---------------------------------------------------------------------------------------


async def cancel_or_event() -> tuple[str, Any]:
    context, cancel = with_cancel(background())
    events = Channel(1)

    async def client() -> None:
        await cancel()

    async def executor() -> None:
        await select(Send(events, "event"), Recv(context.done()))

    go(client)
    go(executor)
    index, _, _ = await select(Recv(events), Recv(context.done()))
    cause = await context.err()
    return "event" if index == 0 else "cancelled", cause == CANCELED


async def cancelled_as_far_as(children: int) -> tuple[bool, ...]:
    """How far has a cancellation come when the parent's done channel wakes somebody?"""
    parent, cancel = with_cancel(background())
    contexts = [with_cancel(parent)[0] for _ in range(children)]
    go(cancel)
    await parent.done().recv()
    return tuple([await context.err() is not None for context in contexts])


async def stop_or_start_after_cancel() -> bool:
    context, cancel = with_cancel(background())
    ran = Channel(1)
    stop = context_after_func(context, lambda: ran.send(None))
    go(cancel)
    stopped = await stop()
    if not stopped:
        await ran.recv()
    return stopped


async def stop_or_start_after_time() -> tuple[bool, int]:
    ran = Channel(1)
    timer = after_func(1, lambda: ran.send(None))
    await sleep(1)
    stopped = await timer.stop()
    await sleep(1)
    return stopped, await ran.length()


async def expiring_tree() -> tuple[bool, ...]:
    parent, _ = with_timeout(background(), 1)
    child, _ = with_cancel(parent)
    await parent.done().recv()
    before = await child.err() is not None
    await child.done().recv()
    return before, await child.err() is not None


async def timeout_or_worker() -> tuple[int, Any]:
    context, cancel = with_timeout(background(), 1)
    result = Channel(1)

    async def worker() -> None:
        await sleep(0.5)
        await result.send("result")

    go(worker)
    index, _, _ = await select(Recv(result), Recv(context.done()))
    await cancel()
    return index, await context.err()


async def two_sleepers() -> tuple[Any, ...]:
    woken = Channel(2)

    async def sleeper(seconds: float) -> None:
        await sleep(seconds)
        await woken.send(seconds)

    go(sleeper, 1)
    go(sleeper, 2)
    return (await woken.recv())[0], (await woken.recv())[0]


async def stop_a_timer() -> tuple[bool, int]:
    timer, quit, winner = Timer(1), Channel(), Channel(1)

    async def receiver() -> None:
        index, _, _ = await select(Recv(timer.c), Recv(quit))
        await winner.send(index)

    go(receiver)
    await sleep(1)
    stopped = await timer.stop()
    await quit.close()
    return stopped, (await winner.recv())[0]


async def ping_or_event() -> tuple[str, ...]:
    ticker, events = Ticker(1), Channel()
    told = []

    async def executor() -> None:
        await events.send("event")
        await sleep(1)
        await events.close()

    go(executor)
    while len(told) < 3:
        index, _, ok = await select(Recv(events), Recv(ticker.c))
        if index == 0 and not ok:
            break
        told.append("event" if index == 0 else "ping")
    await ticker.stop()
    return tuple(told)


async def deadline_of_an_unbuffered_send() -> str:
    channel = Channel()

    async def receiver() -> None:
        await sleep(1)
        await channel.recv()

    go(receiver)
    index, _, _ = await select(Send(channel, 1), Recv(after(1)))
    return "sent" if index == 0 else "late"


UNTIMED = [
    Twin(racy_counter),
    Twin(lock_order),
    Twin(second_reader_behind_a_writer),
    Twin(lost_wakeup),
    Twin(two_compare_and_swaps),
    Twin(once_by_two),
    Twin(try_lock_against_lock),
    Twin(late_add),
    Twin(reused_waitgroup),
    Twin(three_senders),
    Twin(default_or_rendezvous),
    Twin(drain_after_done),
    Twin(close_under_a_sender),
    Twin(recovered_panic),
    Twin(full_buffer_and_early_return, (2,)),
    Twin(cancel_or_event),
    Twin(cancelled_as_far_as, (2,)),
    Twin(stop_or_start_after_cancel),
]
TIMED = [
    Twin(timeout_or_worker, timed=True),
    Twin(stop_or_start_after_time, timed=True),
    Twin(expiring_tree, timed=True),
    Twin(two_sleepers, timed=True),
    Twin(stop_a_timer, timed=True),
    Twin(ping_or_event, timed=True),
    Twin(deadline_of_an_unbuffered_send, timed=True),
]
TWINS = UNTIMED + TIMED
