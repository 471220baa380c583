"""The seed's handler as it was (http.go, lines 113-174): completion is announced on a separate `done` channel.

When `done` closes, the handler takes what is in the buffer *now*, and ends. An event that a child of the executor sends
after that is accepted by the buffer and never delivered.
"""

from __future__ import annotations

from harness import Channel, Context, Recv, Shared, after, go, select
from harness.stream import FakeClient, FakeExecutor, kept_alive, promises
from scenarios.stream.events import DONE, PING, START, execution_error


@promises(kept_alive)
async def done_channel(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int = 100) -> None:
    """Wait for `done`, drain what is buffered at that moment, then tell the status."""
    stream = Channel(capacity, name="streamChan")
    done = Channel(name="done")
    exec_err = Shared(None, name="execErr")

    async def run_crew() -> None:
        await exec_err.store(await execute(ctx, stream))
        await done.close()

    go(run_crew)

    if not client.can_flush:
        client.refuse(500, "Streaming not supported")
        return

    await client.write(START)

    while True:
        case, event, _ = await select(Recv(done), Recv(stream), Recv(after(client.keep_alive)), Recv(ctx.done()))
        if case == 0:
            while True:
                case, event, _ = await select(Recv(stream), default=True)
                if case == 0:
                    if event is not None:
                        await client.write(event)
                    continue
                error = await exec_err.load()
                await client.write(execution_error(error) if error is not None else DONE)
                return
        elif case == 1:
            if event is not None:
                await client.write(event)
        elif case == 2:
            await client.write(PING)
        else:
            return
