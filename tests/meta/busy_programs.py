"""Small random programs whose goroutines spin: on variables, locks, channels, contexts, on two things at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, TypeAlias

from harness import Atomic, Channel, Mutex, Recv, RWMutex, Send, background, go, gosched, select, sleep, with_cancel

Verb: TypeAlias = Callable[["Objects"], Awaitable[Any]]


class Objects:
    """What the goroutines of one program share."""

    def __init__(self) -> None:
        self.x, self.y = Atomic(0, name="x"), Atomic(0, name="y")
        self.mutex, self.lock = Mutex(name="mutex"), RWMutex(name="lock")
        self.buffered, self.unbuffered = Channel(1, name="buffered"), Channel(name="unbuffered")
        self.context, self.cancel = with_cancel(background(), name="context")


async def spin_on_x(shared: Objects) -> None:
    while not await shared.x.load():
        pass


async def spin_on_y_politely(shared: Objects) -> None:
    while not await shared.y.load():
        await gosched()


async def spin_on_either(shared: Objects) -> None:
    while not await shared.x.load() and not await shared.y.load():
        pass


async def spin_on_difference(shared: Objects) -> None:
    while await shared.x.load() == await shared.y.load():
        pass


async def spin_lock(shared: Objects) -> None:
    while not await shared.mutex.try_lock():
        pass


async def spin_read_lock(shared: Objects) -> None:
    while not await shared.lock.try_rlock():
        pass
    await shared.lock.runlock()


async def take_x(shared: Objects) -> None:
    while not await shared.x.compare_and_swap(1, 0):
        pass


async def poll_buffered(shared: Objects) -> None:
    while (await select(Recv(shared.buffered), default=True))[0] < 0:
        pass


async def poll_unbuffered(shared: Objects) -> None:
    while (await select(Recv(shared.unbuffered), default=True))[0] < 0:
        pass


async def offer_unbuffered(shared: Objects) -> None:
    while (await select(Send(shared.unbuffered, 1), default=True))[0] < 0:
        pass


async def poll_both(shared: Objects) -> None:
    while (await select(Recv(shared.unbuffered), default=True))[0] < 0 and not await shared.x.load():
        pass


async def await_length(shared: Objects) -> None:
    while not await shared.buffered.length():
        pass


async def await_cancel(shared: Objects) -> None:
    while await shared.context.err() is None:
        pass


async def flicker_x(shared: Objects) -> None:
    await shared.x.store(1)
    await shared.x.store(0)


async def locked(shared: Objects) -> None:
    await shared.mutex.lock()
    await shared.mutex.unlock()


async def written(shared: Objects) -> None:
    await shared.lock.lock()
    await shared.lock.unlock()


async def polled_three_times(shared: Objects) -> None:
    for _ in range(3):
        if await shared.x.load():
            break


SPINNING: tuple[Verb, ...] = (
    spin_on_x,
    spin_on_y_politely,
    spin_on_either,
    spin_on_difference,
    spin_lock,
    spin_read_lock,
    take_x,
    poll_buffered,
    poll_unbuffered,
    offer_unbuffered,
    poll_both,
    await_length,
    await_cancel,
)


async def set_x(shared: Objects) -> None:
    await shared.x.store(1)


async def set_y(shared: Objects) -> None:
    await shared.y.store(1)


async def send_buffered(shared: Objects) -> None:
    await shared.buffered.send(1)


async def send_unbuffered(shared: Objects) -> None:
    await shared.unbuffered.send(1)


async def receive_unbuffered(shared: Objects) -> None:
    await shared.unbuffered.recv()


async def cancel(shared: Objects) -> None:
    await shared.cancel()


async def pause(shared: Objects) -> None:
    await sleep(1)


ANSWERS: dict[Verb, tuple[Verb, ...]] = {
    spin_on_x: (set_x, flicker_x, take_x),
    spin_on_y_politely: (set_y, pause),
    spin_on_either: (set_x, set_y, flicker_x),
    spin_on_difference: (set_x, set_y, flicker_x),
    spin_lock: (locked, spin_lock),
    spin_read_lock: (written, spin_read_lock),
    take_x: (set_x, flicker_x, take_x),
    poll_buffered: (send_buffered, pause),
    poll_unbuffered: (send_unbuffered, offer_unbuffered),
    offer_unbuffered: (receive_unbuffered, poll_unbuffered),
    poll_both: (send_unbuffered, set_x, flicker_x),
    await_length: (send_buffered, poll_buffered),
    await_cancel: (cancel, pause),
}
"""What each spinning verb may be waiting for."""
OTHERS: tuple[Verb, ...] = (*dict.fromkeys(verb for verbs in ANSWERS.values() for verb in verbs), polled_three_times)


def program(seed: int, goroutines: int = 3) -> Callable[..., Awaitable[Any]]:
    """The program with this seed: a goroutine that spins, and others that mostly do what it may be waiting for."""
    random = Random(seed)
    spinning = random.choice(SPINNING)
    bodies = [[spinning]]
    while len(bodies) < goroutines:
        verbs = (random.choice(ANSWERS[spinning] if random.random() < 0.7 else OTHERS) for _ in range(1 + seed % 2))
        bodies.append(list(verbs))

    async def main(observe: Callable[[Any], None] = lambda state: None) -> None:
        shared, log = Objects(), []  # type: ignore[var-annotated]
        observe(lambda: (sorted(log), shared.x.value, shared.y.value, len(shared.buffered.buffer)))

        async def body(number: int) -> None:
            for place, verb in enumerate(bodies[number]):
                await verb(shared)
                log.append((number, place))

        for number in range(goroutines):
            go(body, number)

    return main
