"""The seed's solution 4: close the stream *and* wait for the executor's goroutine before reading its error.

The wait adds nothing that the close does not give already, and repairs none of what solution 3 leaves open.
"""

from __future__ import annotations

from harness import Channel, Context, Shared, WaitGroup, go
from harness.stream import FakeClient, FakeExecutor, kept_alive, promises
from scenarios.stream.events import START
from scenarios.stream.loop import forward_until_closed


@promises(kept_alive)
async def combined(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int = 100) -> None:
    """As `close_channel`, with a WaitGroup between the close and the error."""
    stream = Channel(capacity, name="streamChan")
    finished = WaitGroup(name="wg")
    exec_err = Shared(None, name="execErr")

    async def run_crew() -> None:
        try:
            try:
                await exec_err.store(await execute(ctx, stream))
            finally:
                await stream.close()
        finally:
            await finished.done()

    async def load_error() -> str | None:
        await finished.wait()
        error: str | None = await exec_err.load()
        return error

    await finished.add(1)
    go(run_crew)

    if not client.can_flush:
        client.refuse(500, "Streaming not supported")
        return

    await client.write(START)
    await forward_until_closed(ctx, client, stream, load_error)
