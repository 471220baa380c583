"""The channel programs of tests/data/classes.json, by the names they have there.

Each is made by a function of its parameters; the program made takes `observe`, to which it hands a function that
reads its final state. Main starts the goroutines and returns; it has no operation that could interleave with theirs.
Goroutines that panic note it in the state.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any, TypeAlias

from harness import Channel, Mutex, Panic, Recv, Send, Shared, WaitGroup, go, select

State: TypeAlias = Callable[[], Any]
Observe: TypeAlias = Callable[[State], Any]
Program: TypeAlias = Callable[..., Coroutine[Any, Any, None]]


def ignore(state: State) -> None:
    """Nobody looks at the final state."""


def prodcons(producers: int, items: int, consumers: int, capacity: int) -> Program:
    """Producers send, consumers receive their share."""

    async def main(observe: Observe = ignore) -> None:
        channel = Channel(capacity)
        received: list[list[Any]] = [[] for _ in range(consumers)]
        observe(lambda: received)

        async def produce(number: int) -> None:
            for item in range(items):
                await channel.send((number, item))

        async def consume(log: list[Any]) -> None:
            for _ in range(producers * items // consumers):
                log.append((await channel.recv())[0])

        for number in range(producers):
            go(produce, number)
        for log in received:
            go(consume, log)

    return main


def prodcons_close(producers: int, items: int, consumers: int, capacity: int) -> Program:
    """Consumers range until a closer, which waits for all producers, closes the channel."""

    async def main(observe: Observe = ignore) -> None:
        channel, group = Channel(capacity), WaitGroup()
        received: list[list[Any]] = [[] for _ in range(consumers)]
        observe(lambda: received)
        await group.add(producers)

        async def produce(number: int) -> None:
            for item in range(items):
                await channel.send((number, item))
            await group.done()

        async def close() -> None:
            await group.wait()
            await channel.close()

        async def consume(log: list[Any]) -> None:
            async for value in channel:
                log.append(value)

        for number in range(producers):
            go(produce, number)
        go(close)
        for log in received:
            go(consume, log)

    return main


def close_race(senders: int) -> Program:
    """Senders race with a closer; there is always room. They recover: the order of panics is part of no state."""

    async def main(observe: Observe = ignore) -> None:
        channel = Channel(4)
        panicked: list[int] = []
        observe(lambda: {"buffer": list(channel.buffer), "panicked": sorted(panicked)})

        async def send(number: int) -> None:
            try:
                await channel.send(number)
            except Panic:
                panicked.append(number)

        for number in range(senders):
            go(send, number)
        go(channel.close)

    return main


def one_send_two_recv(capacity: int) -> Program:
    """One value for two receivers."""

    async def main(observe: Observe = ignore) -> None:
        channel = Channel(capacity)
        received: list[Any] = [None, None]
        observe(lambda: received)

        async def receive(number: int) -> None:
            received[number] = await channel.recv()

        go(channel.send, 1)
        go(receive, 0)
        go(receive, 1)

    return main


def select2(senders: int, capacity: int) -> Program:
    """Senders on each of two channels, one goroutine that selects among them."""

    async def main(observe: Observe = ignore) -> None:
        left, right = Channel(capacity), Channel(capacity)
        received: list[Any] = []
        observe(lambda: received)

        async def receive() -> None:
            for _ in range(2 * senders):
                received.append(await select(Recv(left), Recv(right)))

        for number in range(senders):
            go(left.send, number)
            go(right.send, number)
        go(receive)

    return main


def select_send(sends: int) -> Program:
    """A select that sends on whichever of two channels has a receiver; half of the receivers stay behind."""

    async def main(observe: Observe = ignore) -> None:
        left, right = Channel(), Channel()
        received: dict[int, Any] = {}
        observe(lambda: sorted(received.items()))

        async def receive(channel: Channel, number: int) -> None:
            received[number] = await channel.recv()

        async def send() -> None:
            for value in range(sends):
                await select(Send(left, value), Send(right, value))

        for number in range(sends):
            go(receive, left, 2 * number)
            go(receive, right, 2 * number + 1)
        go(send)

    return main


def select_default(polls: int, capacity: int) -> Program:
    """A sender and a poller, as often."""

    async def main(observe: Observe = ignore) -> None:
        channel = Channel(capacity)
        polled: list[Any] = []
        observe(lambda: polled)

        async def send() -> None:
            for value in range(polls):
                await channel.send(value)

        async def poll() -> None:
            for _ in range(polls):
                polled.append(await select(Recv(channel), default=True))

        go(send)
        go(poll)

    return main


def both_select() -> Program:
    """Two selects that can meet on two channels, and a third party at one of them."""

    async def main(observe: Observe = ignore) -> None:
        left, right = Channel(), Channel()
        result: dict[str, Any] = {}
        observe(lambda: sorted(result.items()))

        async def first() -> None:
            result["first"] = await select(Send(left, 1), Recv(right))

        async def second() -> None:
            result["second"] = await select(Recv(left), Send(right, 2))

        async def third() -> None:
            result["third"] = await left.recv()

        for function in (first, second, third):
            go(function)

    return main


def semaphore(goroutines: int, capacity: int) -> Program:
    """A channel as a counting semaphore around a read-modify-write."""

    async def main(observe: Observe = ignore) -> None:
        places, x = Channel(capacity), Shared(0)
        observe(lambda: x.value)

        async def work() -> None:
            await places.send(0)
            await x.store(await x.load() + 1)
            await places.recv()

        for _ in range(goroutines):
            go(work)

    return main


def wait_group(goroutines: int) -> Program:
    """Everybody is done, somebody waits."""

    async def main(observe: Observe = ignore) -> None:
        group = WaitGroup()
        observe(lambda: None)
        await group.add(goroutines)
        for _ in range(goroutines):
            go(group.done)
        go(group.wait)

    return main


def lock_unlock(goroutines: int) -> Program:
    """Everybody locks and unlocks."""

    async def main(observe: Observe = ignore) -> None:
        mutex = Mutex()
        observe(lambda: None)

        async def work() -> None:
            await mutex.lock()
            await mutex.unlock()

        for _ in range(goroutines):
            go(work)

    return main


def philosophers(count: int) -> Program:
    """Each takes the left fork, then the right one."""

    async def main(observe: Observe = ignore) -> None:
        forks = [Mutex() for _ in range(count)]
        observe(lambda: None)

        async def dine(left: Mutex, right: Mutex) -> None:
            await left.lock()
            await right.lock()
            await right.unlock()
            await left.unlock()

        for number in range(count):
            go(dine, forks[number], forks[(number + 1) % count])

    return main


def pipeline(stages: int, items: int, capacity: int) -> Program:
    """A source, stages that pass on, a sink; each closes behind itself."""

    async def main(observe: Observe = ignore) -> None:
        channels = [Channel(capacity) for _ in range(stages + 1)]
        received: list[Any] = []
        observe(lambda: received)

        async def source() -> None:
            for item in range(items):
                await channels[0].send(item)
            await channels[0].close()

        async def stage(before: Channel, after: Channel) -> None:
            async for value in before:
                await after.send(value)
            await after.close()

        async def sink() -> None:
            async for value in channels[-1]:
                received.append(value)

        go(source)
        for before, after in pairwise(channels):
            go(stage, before, after)
        go(sink)

    return main


def events(count: int, capacity: int, late: int) -> Program:
    """The done-channel handler: it drains by polling once done is closed, and late senders may miss it."""

    async def main(observe: Observe = ignore) -> None:
        stream, done = Channel(capacity), Channel()
        received: list[Any] = []
        observe(lambda: received)

        async def produce() -> None:
            for number in range(late):
                go(stream.send, ("late", number))
            for number in range(count):
                await stream.send(number)
            await done.close()

        async def handle() -> None:
            while True:
                index, value, _ = await select(Recv(stream), Recv(done))
                if index == 1:
                    break
                received.append(value)
            while True:
                index, value, _ = await select(Recv(stream), default=True)
                if index < 0:
                    return
                received.append(value)

        go(produce)
        go(handle)

    return main


def _programs() -> dict[str, Program]:
    found: dict[str, Program] = {}
    for p, k, q, c in [
        *((2, 1, 1, 1), (2, 2, 1, 1), (2, 2, 1, 2), (2, 3, 1, 1), (2, 3, 1, 2), (3, 1, 1, 1), (3, 2, 1, 2)),
        *((4, 1, 1, 2), (2, 2, 1, 0), (3, 2, 1, 0), (1, 4, 2, 1), (1, 4, 2, 2), (1, 6, 2, 2), (1, 6, 3, 2)),
        *((2, 2, 2, 1), (2, 2, 2, 2), (2, 2, 2, 4), (2, 3, 2, 2), (3, 1, 3, 1)),
    ]:
        found[f"prodcons P={p} K={k} Q={q} cap={c} ({p * k // q} recv each)"] = prodcons(p, k, q, c)
    for p, k, q in [(2, 1, 2), (2, 2, 2), (3, 1, 3), (2, 3, 2)]:
        found[f"prodcons P={p} K={k} Q={q} cap=0 (rendezvous)"] = prodcons(p, k, q, 0)
    for p, k, q, c in [
        *((1, 2, 2, 1), (1, 3, 2, 1), (1, 3, 2, 2), (2, 1, 2, 1), (2, 2, 1, 1), (2, 2, 2, 1), (2, 2, 2, 2)),
        *((1, 2, 3, 1), (2, 1, 2, 0), (1, 3, 2, 0)),
    ]:
        name = f"prodcons_close P={p} K={k} Q={q} cap={c} (range until close, WaitGroup)"
        found[name] = prodcons_close(p, k, q, c)
    for n in (1, 2, 3, 4):
        found[f"close_race n={n} senders vs 1 closer, cap 4"] = close_race(n)
    for c in (0, 1):
        found[f"one send, two receivers, cap={c} (one blocks forever)"] = one_send_two_recv(c)
    for n, c in [(1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (3, 1)]:
        found[f"select2 n={n} cap={c}: n senders on each of 2 chans, 2n selects"] = select2(n, c)
    for n in (1, 2, 3):
        found[f"select_send n={n}"] = select_send(n)
    for n, c in [(1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3), (4, 2)]:
        found[f"select_default n={n} cap={c}: poller vs sender"] = select_default(n, c)
    found["both_select (2 selects + third party, cap 0)"] = both_select()
    for n, c in [(2, 1), (3, 1), (2, 2), (3, 2), (3, 3), (4, 1)]:
        found[f"semaphore n={n} cap={c}"] = semaphore(n, c)
    for n in (2, 3, 5):
        found[f"WaitGroup n={n} Done + Wait"] = wait_group(n)
    for n in (2, 3, 4, 5):
        found[f"lock/unlock n={n}"] = lock_unlock(n)
        found[f"philosophers n={n}"] = philosophers(n)
    for s, i, c in [(1, 2, 0), (1, 3, 1), (2, 3, 1), (2, 3, 2)]:
        found[f"pipeline stages={s} items={i} cap={c}"] = pipeline(s, i, c)
    for n, c, late in [
        *((1, 1, 1), (2, 1, 1), (2, 2, 1), (3, 1, 1), (3, 2, 1), (3, 2, 2)),
        *((3, 2, 3), (3, 0, 1), (4, 2, 1), (5, 3, 1), (8, 4, 1), (10, 4, 1)),
    ]:
        found[f"events n={n} cap={c} late={late}"] = events(n, c, late)
    return found


PROGRAMS = _programs()
