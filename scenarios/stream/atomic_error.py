"""The seed's solution 2 as printed: solution 1 with the error in an `atomic.Value`.

`atomic.Value.Store(nil)` panics, and a successful execution stores exactly that: a nil `error` becomes a nil
interface. So this design crashes whenever nothing goes wrong. Otherwise it behaves like solution 1.
"""

from __future__ import annotations

from harness import AtomicValue, Channel, Context, WaitGroup, go
from harness.stream import FakeClient, FakeExecutor, kept_alive, promises
from scenarios.stream.events import START
from scenarios.stream.loop import forward_until_closed


@promises(kept_alive)
async def atomic_error(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int = 100) -> None:
    """As `wait_group`, with the error handed over through an atomic value."""
    stream = Channel(capacity, name="streamChan")
    finished = WaitGroup(name="wg")
    exec_err = AtomicValue(name="execErr")

    async def run_crew() -> None:
        try:
            error = await execute(ctx, stream)
            await exec_err.store(error)
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
