"""Ours: the design that holds under every fault class.

The handler answers for everything it starts. It checks the flusher before starting anything; owns a context
derived from the request's, and cancels it on every exit; gives the executor an outlet instead of the bare channel, so
that every send also gives up on that context and every child is counted; closes the stream only after the executor and
all children have ended; turns a panic of the executor into an error status; and always drains until closed, so that it
leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness import Channel, Context, Recv, Send, Shared, WaitGroup, after, go, select, with_cancel
from harness.stream import Event, FakeClient, FakeExecutor, kept_alive, no_lost_cancel, no_work_after_return, promises
from scenarios.stream.events import DONE, PING, START, execution_error

CONTRACT = (
    "The executor ends once its sends are refused, sends through the outlet it is given, and starts goroutines that "
    "outlive it through the outlet. No handler can end an executor that never returns, join a child it never heard "
    "of, or recover a panic in another goroutine."
)


class Outlet:
    """The executor's end of the stream."""

    def __init__(self, ctx: Context, stream: Channel) -> None:
        self.ctx = ctx
        self.stream = stream
        self.children = WaitGroup(name="children")

    async def send(self, event: Event | None) -> bool:
        """Send; False if the handler does not want any more."""
        case, _, _ = await select(Send(self.stream, event), Recv(self.ctx.done()))
        return case == 0

    async def go(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Start a child that may outlive the executor, but not the stream."""

        async def child() -> None:
            try:
                await function(*arguments)
            finally:
                await self.children.done()

        await self.children.add(1)
        go(child)


@promises(kept_alive, no_lost_cancel, no_work_after_return)
async def supervised(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int = 100) -> None:
    """Forward until everything that was started has ended."""
    if not client.can_flush:
        client.refuse(500, "Streaming not supported")
        return

    ctx, cancel = with_cancel(ctx, name="stream")
    stream = Channel(capacity, name="streamChan")
    outlet = Outlet(ctx, stream)
    exec_err = Shared(None, name="execErr")

    async def run_crew() -> None:
        try:
            error = await execute(ctx, outlet)
        except Exception as panic:
            error = f"panic: {panic}"
        await outlet.children.wait()
        await exec_err.store(error)
        await stream.close()

    go(run_crew)
    if await client.write(START) and await forward(ctx, client, stream):
        error = await exec_err.load()
        await client.write(execution_error(error) if error is not None else DONE)
    await cancel()  # now: the server would notice a broken connection in its own time
    async for _ in stream:
        pass


async def forward(ctx: Context, client: FakeClient, stream: Channel) -> bool:
    """Forward events and pings; True when the stream is closed, False when the client is gone."""
    while True:
        case, event, ok = await select(Recv(stream), Recv(after(client.keep_alive)), Recv(ctx.done()))
        if case == 2 or (case == 0 and not ok):
            return case == 0
        if case == 1:
            event = PING
        if event is not None and not await client.write(event):
            return False
