"""A sound handler for the stream, and what makes it a faulty one.

The sound handler forwards until the stream is closed and leaves when the client has gone. A faulty one replaces one of
its parts: the context it hands on, what it starts besides, how it waits, how it delivers an event, how it concludes,
how it leaves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from harness import NIL, Channel, Context, Panic, Recv, Shared, after, go, select, sleep, with_cancel
from harness.stream import event as events
from harness.stream.client import FakeClient
from harness.stream.event import Event
from harness.stream.executor import FakeExecutor
from harness.stream.serve import Handler

START, PING, DONE = Event(events.START), Event(events.PING), Event(events.DONE)

Part = Callable[..., Awaitable[Any]]


def hand_on(ctx: Context) -> Context:
    """The context for the executor."""
    return ctx


async def start_nothing(error: Shared) -> None:
    """Besides the executor."""


async def await_next(stream: Channel, ctx: Context) -> tuple[int, Any, bool]:
    """What `select` says: case 1 is that the client has gone, and otherwise the stream has closed if not ok."""
    return await select(Recv(stream), Recv(ctx.done()))


async def deliver_once(client: FakeClient, event: Event) -> bool:
    """True if the handler is to return at once."""
    await client.write(event)
    return False


async def conclude_truly(client: FakeClient, error: str | None) -> None:
    await client.write(DONE if error is None else Event(events.ERROR, text=error))


async def leave_in_silence(client: FakeClient) -> None:
    """The client has gone."""


@dataclass(frozen=True)
class Parts:
    """What a handler is made of."""

    derive: Callable[[Context], Context] = hand_on
    start: Part = start_nothing
    wait: Part = await_next
    deliver: Part = deliver_once
    conclude: Part = conclude_truly
    leave: Part = leave_in_silence


SOUND = Parts()


def handler_of(parts: Parts) -> Handler:
    """A handler made of these parts."""

    async def handle(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
        stream, error = Channel(capacity), Shared(None, name="error")

        async def run() -> None:
            await error.store(await execute(parts.derive(ctx), stream))
            await stream.close()

        go(run)
        await parts.start(error)
        await client.write(START)
        while True:
            case, event, ok = await parts.wait(stream, ctx)
            if case == 1:
                await parts.leave(client)
                return
            if not ok:
                await parts.conclude(client, await error.load())
                return
            if await parts.deliver(client, event):
                return

    return handle


# -- faults --------------------------------------------------------------------------------------------------------


def derive_and_forget(ctx: Context) -> Context:
    derived, _ = with_cancel(ctx)
    return derived


async def drop_the_second(client: FakeClient, event: Event) -> bool:
    if event.number != 2:
        await client.write(event)
    return False


async def keep_the_first_back(client: FakeClient, event: Event) -> bool:
    if event.number > 1:
        await client.write(event)
    if event.number == 2:
        await client.write(replace(event, number=1))
    return False


async def send_twice(client: FakeClient, event: Event) -> bool:
    await client.write(event)
    await client.write(event)
    return False


async def conclude_with_the_last(client: FakeClient, event: Event) -> bool:
    await client.write(event)
    await client.write(DONE)
    return True


async def conclude_twice(client: FakeClient, error: str | None) -> None:
    await conclude_truly(client, error)
    await conclude_truly(client, error)


async def conclude_and_ping(client: FakeClient, error: str | None) -> None:
    await conclude_truly(client, error)
    await client.write(PING)


async def conclude_and_refuse(client: FakeClient, error: str | None) -> None:
    await conclude_truly(client, error)
    client.refuse(500, "too late")


async def never_conclude(client: FakeClient, error: str | None) -> None:
    """No status."""


async def always_report_success(client: FakeClient, error: str | None) -> None:
    await client.write(DONE)


async def always_report_failure(client: FakeClient, error: str | None) -> None:
    await client.write(Event(events.ERROR, text="no idea"))


async def write_after_returning(client: FakeClient) -> None:
    async def farewell() -> None:
        await sleep(1)
        await client.write(PING)

    go(farewell)


async def idle_for_ever(client: FakeClient, error: str | None) -> None:
    await conclude_truly(client, error)
    while True:
        await sleep(1)


async def wait_for_ever(client: FakeClient, error: str | None) -> None:
    await conclude_truly(client, error)
    await NIL.recv()


async def leave_somebody_behind(error: Shared) -> None:
    async def waits_for_ever() -> None:
        await NIL.recv()

    go(waits_for_ever)


async def start_a_panic(error: Shared) -> None:
    async def panics() -> None:
        await sleep(0)
        raise Panic("nobody recovers")

    go(panics)


async def start_a_peeker(error: Shared) -> None:
    async def peeks() -> None:
        await error.load()

    go(peeks)


async def await_next_for_a_minute(stream: Channel, ctx: Context) -> tuple[int, Any, bool]:
    case, event, ok = await select(Recv(stream), Recv(ctx.done()), Recv(after(60)))
    return (case, event, ok) if case < 2 else (0, None, False)
