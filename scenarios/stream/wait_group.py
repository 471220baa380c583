"""The seed's solution 1 as printed: wait for the executor with a WaitGroup, close the stream, then forward.

The handler does not receive while it waits, so an executor with more events than the buffer holds never finishes,
and neither does the handler: the "disadvantage" that the seed lists is a deadlock. A disconnect goes unnoticed, too.
"""

from __future__ import annotations

from harness import Channel, Context, Shared, WaitGroup, go
from harness.stream import FakeClient, FakeExecutor, kept_alive, promises
from scenarios.stream.events import START
from scenarios.stream.loop import forward_until_closed


@promises(kept_alive)
async def wait_group(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int = 100) -> None:
    """Wait for the executor, close the stream, forward what was buffered."""
    stream = Channel(capacity, name="streamChan")
    finished = WaitGroup(name="wg")
    exec_err = Shared(None, name="execErr")

    async def run_crew() -> None:
        try:
            await exec_err.store(await execute(ctx, stream))
        finally:
            await finished.done()

    await finished.add(1)
    go(run_crew)

    if not client.can_flush:
        client.refuse(500, "Streaming not supported")
        return

    await client.write(START)
    await finished.wait()
    await stream.close()
    await forward_until_closed(ctx, client, stream, exec_err.load)
