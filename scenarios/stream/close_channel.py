"""The seed's solution 3, the one it recommends: closing the stream is the signal of completion.

Right as long as every send happens before the close. A child of the executor that sends later panics; an executor
that ignores its context blocks for ever in a send once the handler is gone and the buffer is full.
"""

from __future__ import annotations

from harness import Channel, Context, Shared, go
from harness.stream import FakeClient, FakeExecutor, kept_alive, promises
from scenarios.stream.events import START
from scenarios.stream.loop import forward_until_closed


@promises(kept_alive)
async def close_channel(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int = 100) -> None:
    """Forward until the executor's goroutine closes the stream."""
    stream = Channel(capacity, name="streamChan")
    exec_err = Shared(None, name="execErr")

    async def run_crew() -> None:
        try:
            await exec_err.store(await execute(ctx, stream))
        finally:
            await stream.close()

    go(run_crew)

    if not client.can_flush:
        client.refuse(500, "Streaming not supported")
        return

    await client.write(START)
    await forward_until_closed(ctx, client, stream, exec_err.load)
