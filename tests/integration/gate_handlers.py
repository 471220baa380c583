"""Handlers for tests of the gate: one that tells of errors, and one that lies about them."""

from tests.integration.cli_runs import Place

FORWARDING = """
from harness import Channel, go
from harness.stream import Design, Event

async def {name}(ctx, client, execute, *, capacity):
    \"\"\"Forwards until the stream is closed.\"\"\"
    if not client.can_flush:
        client.refuse(500, "Streaming not supported")
        return
    events, failed = Channel(capacity, name="events"), []
    async def run():
        failed.append(await execute(ctx, events))
        await events.close()
    go(run)
    async for event in events:
        await client.write(event)
    await client.write(Event("error" if failed[0] and {honest} else "done"))
"""
HONEST = FORWARDING.format(name="honest", honest=True)
LYING = FORWARDING.format(name="lying", honest=False)


def handler(place: Place, honest: bool) -> str:
    """A module with a handler called `handler`; its reference."""
    return f"{place.module(FORWARDING.format(name='handler', honest=honest))}:handler"
