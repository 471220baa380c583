"""Programs with a known bug, and their correct versions: yardsticks for finding bugs quickly.

Next to each program stands the oracle that objects to its bug, so that

    check(s2c, oracles=(NOTHING_LOST,))

finds it. The S programs are the smallest lost update and the smallest lost event; the others are eight bugs that
few schedules show. `depth` in their docstrings is the number of ordering constraints that the bug needs (Burckhardt
et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from harness import Atomic, Channel, Mutex, Recv, WaitGroup, go, gosched, select, sleep
from harness.oracles import Oracle, no_goroutine_leak, no_panic, returns

DONE = "done"
LATE = 99

# -- the smallest lost update ------------------------------------------------------------------------------


async def s1() -> int:
    """Two goroutines increment a counter in two operations each. Invariant: main returns 2."""
    counter, finished = Atomic(0), WaitGroup()

    async def increment() -> None:
        await counter.store(await counter.load() + 1)
        await finished.done()

    await finished.add(2)
    go(increment)
    go(increment)
    await finished.wait()
    return int(await counter.load())


async def s1f(goroutines: int = 2) -> bool:
    """As `s1` for any number of goroutines, under a mutex: correct. Invariant: main returns True."""
    counter, mutex, finished = Atomic(0), Mutex(), WaitGroup()

    async def increment() -> None:
        async with mutex:
            await counter.store(await counter.load() + 1)
        await finished.done()

    await finished.add(goroutines)
    for _ in range(goroutines):
        go(increment)
    await finished.wait()
    return bool(await counter.load() == goroutines)


# -- the smallest lost event -------------------------------------------------------------------------------


async def _nothing() -> None:
    """No pause."""


async def _consume(channel: Channel, produced: int) -> int:
    """Receive until DONE, drain what is left, and tell how many events were not there."""
    missing = produced
    async for event in channel:
        if event == DONE:
            break
        missing -= 1
    while (await select(Recv(channel), default=True))[0] == 0:
        missing -= 1
    return missing


async def _late(events: int, *, join_first: bool, pause: Callable[[], Awaitable[None]] = _nothing) -> int:
    """A producer's child sends a late event, and the producer joins it before DONE or after; all pause before sending.

    A join is one step, and the joiner's: the end of the child is none. Hence the unbuffered channel, on which the
    child waits when it has nothing left to do.
    """
    channel, ended = Channel(events + 2), Channel()

    async def child() -> None:
        await pause()
        await channel.send(LATE)
        await ended.recv()

    async def produce() -> None:
        go(child)
        for event in range(events):
            await pause()
            await channel.send(event)
        if join_first:
            await ended.send(None)
        await pause()
        await channel.send(DONE)
        if not join_first:
            await ended.send(None)

    go(produce)
    return await _consume(channel, events + 1)


async def s2a(events: int = 3) -> int:
    """The producer sends DONE and only then tells its child to send. Invariant: no event is lost, main returns 0."""
    channel, signal = Channel(events + 2), Channel()

    async def child() -> None:
        await signal.recv()
        await channel.send(LATE)

    async def produce() -> None:
        go(child)
        for event in (*range(events), DONE):
            await channel.send(event)
        await signal.close()

    go(produce)
    return await _consume(channel, events + 1)


async def s2b(events: int = 3) -> int:
    """The producer sends DONE without waiting for its child. Invariant: no event is lost, main returns 0."""
    return await _late(events, join_first=False)


async def s2c(events: int = 3) -> int:
    """As `s2b`, with a step that does nothing before every send: the child has a head start, the bug is rare."""
    return await _late(events, join_first=False, pause=gosched)


async def s2c_sleep(events: int = 3) -> int:
    """As `s2c`, with a millisecond's sleep instead: the bug needs `events` + 1 early timer firings."""
    return await _late(events, join_first=False, pause=lambda: sleep(0.001))


async def s2f(events: int = 3) -> int:
    """The producer joins its child before DONE: correct. Invariant: no event is lost, main returns 0."""
    return await _late(events, join_first=True)


# -- eight rarer bugs --------------------------------------------------------------------------------------


async def _pad(private: Atomic, steps: int) -> None:
    """Steps that concern nobody else."""
    for _ in range(steps):
        await private.store(0)


async def late_event(events: int = 3, capacity: int = 2, late: int = 1) -> int:
    """The handler drains and goes when `done` is closed, which `late` senders need not have noticed (depth 1).

    Invariant: no event is lost, main returns 0.
    """
    channel, done = Channel(capacity), Channel()
    missing = events + late

    async def produce() -> None:
        for _ in range(late):
            go(channel.send, LATE)
        for event in range(events):
            await channel.send(event)
        await done.close()

    go(produce)
    while (await select(Recv(channel), Recv(done)))[0] == 0:
        missing -= 1
    while (await select(Recv(channel), default=True))[0] == 0:
        missing -= 1
    return missing


async def starve(noise: int = 2, steps: int = 20) -> int:
    """Main looks at `x` after `steps` steps; the writer, one among many, must not have come by then (depth 1).

    Invariant: main returns 1.
    """
    x, own = Atomic(0), Atomic(0)
    for _ in range(noise):
        go(_pad, Atomic(0), steps)
    go(x.store, 1)
    await _pad(own, steps)
    return int(await x.load())


async def double_close(steps: int = 10) -> None:
    """Two goroutines close a channel unless it is closed, and can both find it open (depth 2). Invariant: no panic."""
    done = Channel()

    async def close_once(private: Atomic) -> None:
        await _pad(private, steps)
        if (await select(Recv(done), default=True))[0] != 0:
            await done.close()
        await _pad(private, steps)

    for _ in range(2):
        go(close_once, Atomic(0))


async def torn(steps: int = 10) -> tuple[int, int]:
    """A writer writes twice, main reads twice (depth 3). Invariant: main never returns (0, 1)."""
    x, own = Atomic(0), Atomic(0)

    async def write(private: Atomic) -> None:
        await _pad(private, steps)
        await x.store(1)
        await _pad(private, steps // 2)
        await x.store(2)
        await _pad(private, steps)

    go(write, Atomic(0))
    await _pad(own, steps)
    first = await x.load()
    await _pad(own, steps // 2)
    second = await x.load()
    await _pad(own, steps)
    return first, second


async def chain(links: int = 2, steps: int = 3) -> bool:
    """A writer counts, and main reads every number in turn (depth 2 * `links`). Invariant: main returns False."""
    x, own = Atomic(0), Atomic(0)

    async def count(private: Atomic) -> None:
        for number in range(1, links + 2):
            await x.store(number)
            await _pad(private, steps)

    go(count, Atomic(0))
    in_turn = True
    for number in range(1, links + 1):
        in_turn &= await x.load() == number
        await _pad(own, steps)
    return in_turn


async def philosophers(number: int = 4, steps: int = 5) -> None:
    """Each takes the left fork, then the right one (depth `number`). Invariant: nobody waits for ever."""
    forks = [Mutex() for _ in range(number)]

    async def dine(left: Mutex, right: Mutex, private: Atomic) -> None:
        await _pad(private, steps)
        await left.lock()
        await _pad(private, min(steps, 1))
        await right.lock()
        await right.unlock()
        await left.unlock()

    for seat in range(number):
        go(dine, forks[seat], forks[(seat + 1) % number], Atomic(0))


def untorn(pair: tuple[int, int]) -> bool:
    """Not the second value without the first."""
    return pair != (0, 1)


NOTHING_LOST = returns(0)

# Each with its arguments and its oracle.
RARER_BUGS: dict[str, tuple[Callable[..., Any], tuple[int, ...], Oracle]] = {
    "events(3,2)": (late_event, (3, 2), NOTHING_LOST),
    "events(10,4)": (late_event, (10, 4), NOTHING_LOST),
    "starve(2,20)": (starve, (2, 20), returns(1)),
    "double_close(10)": (double_close, (10,), no_panic),
    "torn(10)": (torn, (10,), returns(untorn)),
    "chain(2,3)": (chain, (2, 3), returns(False)),
    "philosophers(4,5)": (philosophers, (4, 5), no_goroutine_leak),
    "philosophers(5,5)": (philosophers, (5, 5), no_goroutine_leak),
}
