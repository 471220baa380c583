"""The event loop of the seed's solution 3, which solutions 1, 2 and 4 share: forward until the stream is closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from harness import Channel, Context, Recv, after, select
from harness.stream import FakeClient
from scenarios.stream.events import DONE, PING, execution_error


async def forward_until_closed(
    ctx: Context, client: FakeClient, stream: Channel, load_error: Callable[[], Awaitable[str | None]]
) -> None:
    """Forward events and pings; tell the status when the stream is closed; leave when the client is gone."""
    while True:
        case, event, ok = await select(Recv(stream), Recv(after(client.keep_alive)), Recv(ctx.done()))
        if case == 0:
            if not ok:
                error = await load_error()
                await client.write(execution_error(error) if error is not None else DONE)
                return
            if event is not None:
                await client.write(event)
        elif case == 1:
            await client.write(PING)
        else:
            return
