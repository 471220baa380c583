"""A sound handler for the stream, and mutants of it, each with one fault.

The sound handler forwards until the stream is closed and leaves when the client has gone. A mutant replaces one of its
four parts: what it starts besides, how it delivers an event, how it concludes, how it leaves.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from harness import NIL, Channel, Context, Panic, Recv, Shared, go, select, sleep
from harness.stream import Event, FakeClient, FakeExecutor, StreamPlan
from harness.stream.serve import Handler
from scenarios.stream.events import DONE, PING, START, execution_error
from tests.scenarios.judging import STUCK

Part = Callable[..., Awaitable[Any]]


async def start_nothing(error: Shared) -> None:
    """Besides the executor."""


async def deliver_once(client: FakeClient, event: Event) -> bool:
    """True if the handler is to return at once."""
    await client.write(event)
    return False


async def conclude_truly(client: FakeClient, error: str | None) -> None:
    await client.write(DONE if error is None else execution_error(error))


async def leave_in_silence(client: FakeClient) -> None:
    """The client has gone."""


@dataclass(frozen=True)
class Parts:
    """What a handler is made of."""

    start: Part = start_nothing
    deliver: Part = deliver_once
    conclude: Part = conclude_truly
    leave: Part = leave_in_silence


SOUND = Parts()


def handler_of(parts: Parts) -> Handler:
    """A handler made of these parts."""

    async def handle(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
        stream, error = Channel(capacity), Shared(None, name="error")

        async def run() -> None:
            await error.store(await execute(ctx, stream))
            await stream.close()

        go(run)
        await parts.start(error)
        await client.write(START)
        while True:
            case, event, ok = await select(Recv(stream), Recv(ctx.done()))
            if case == 1:
                await parts.leave(client)
                return
            if not ok:
                await parts.conclude(client, await error.load())
                return
            if await parts.deliver(client, event):
                return

    return handle


# -- mutants -------------------------------------------------------------------------------------------------------


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
    await client.write(execution_error("no idea"))


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


QUIET = StreamPlan(events=2, capacity=1)
FAILED = StreamPlan(events=1, capacity=1, ending="error")
JOINED = StreamPlan(events=0, capacity=1, children=1)
LEAVING = StreamPlan(events=1, capacity=1, disconnect=True)

MUTANTS: tuple[tuple[str, Parts, StreamPlan, frozenset[str]], ...] = (
    ("drops an event", Parts(deliver=drop_the_second), QUIET, frozenset({"no_event_lost"})),
    ("reorders", Parts(deliver=keep_the_first_back), QUIET, frozenset({"order_kept"})),
    ("sends twice", Parts(deliver=send_twice), QUIET, frozenset({"no_duplicate"})),
    ("two statuses", Parts(conclude=conclude_twice), QUIET, frozenset({"one_final_status"})),
    ("a ping after the status", Parts(conclude=conclude_and_ping), QUIET, frozenset({"one_final_status"})),
    ("a refusal after the status", Parts(conclude=conclude_and_refuse), QUIET, frozenset({"one_final_status"})),
    ("no status", Parts(conclude=never_conclude), QUIET, frozenset({"one_final_status"})),
    ("success for failure", Parts(conclude=always_report_success), FAILED, frozenset({"status_correct"})),
    ("failure for success", Parts(conclude=always_report_failure), QUIET, frozenset({"status_correct"})),
    ("a status before the end", Parts(deliver=conclude_with_the_last), JOINED, frozenset({"status_correct"})),
    ("writes after return", Parts(leave=write_after_returning), LEAVING, frozenset({"no_write_after_return"})),
    ("waits for ever", Parts(conclude=wait_for_ever), QUIET, STUCK),
    ("leaks", Parts(start=leave_somebody_behind), QUIET, frozenset({"no_goroutine_leak"})),
    ("panics", Parts(start=start_a_panic), QUIET, frozenset({"no_panic"})),
    ("races", Parts(start=start_a_peeker), QUIET, frozenset({"no_data_race"})),
)
