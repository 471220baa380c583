"""Channels: every row of Go's channel axioms, order, capacity, and who is served.

Go specification: Channel types, Send statements, Receive operator, Close, Length and capacity, For statements.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from harness import NIL, Atomic, Channel, Deadlocked, Panicked, go, outcomes

Operation = Callable[[Channel], Awaitable[Any]]

BLOCKS = Deadlocked(("main",))
SEND_PANICS = Panicked("main", "send on closed channel")
CLOSE_PANICS = Panicked("main", "close of closed channel")

STATES: dict[str, dict[str, Any]] = {
    "nil": {"send": BLOCKS, "recv": BLOCKS, "close": Panicked("main", "close of nil channel"), "len": 0},
    "open, unbuffered, no partner": {"send": BLOCKS, "recv": BLOCKS, "close": None, "len": 0},
    "open, empty": {"send": None, "recv": BLOCKS, "close": None, "len": 0},
    "open, neither empty nor full": {"send": None, "recv": ("old", True), "close": None, "len": 1},
    "open, full": {"send": BLOCKS, "recv": ("old", True), "close": None, "len": 1},
    "closed, unbuffered": {"send": SEND_PANICS, "recv": (None, False), "close": CLOSE_PANICS, "len": 0},
    "closed, empty": {"send": SEND_PANICS, "recv": (None, False), "close": CLOSE_PANICS, "len": 0},
    "closed, values left": {"send": SEND_PANICS, "recv": ("old", True), "close": CLOSE_PANICS, "len": 1},
}
OPERATIONS: dict[str, Operation] = {
    "send": lambda channel: channel.send("new"),
    "recv": lambda channel: channel.recv(),
    "close": lambda channel: channel.close(),
    "len": lambda channel: channel.length(),
}


async def channel_in(state: str) -> Channel:
    if state == "nil":
        return NIL
    channel = Channel(0 if "unbuffered" in state else 2 if "neither" in state else 1)
    if state in ("open, neither empty nor full", "open, full", "closed, values left"):
        await channel.send("old")
    if state.startswith("closed"):
        await channel.close()
    return channel


@pytest.mark.parametrize(
    ("state", "operation", "outcome"),
    [(state, operation, outcome) for state, row in STATES.items() for operation, outcome in row.items()],
)
def test_channel_axiom(state: str, operation: str, outcome: Any) -> None:
    async def main() -> Any:
        return await OPERATIONS[operation](await channel_in(state))

    assert outcomes(main) == {outcome}


def test_values_of_one_sender_arrive_in_order() -> None:
    async def main() -> tuple[Any, ...]:
        channel = Channel(2)

        async def sender() -> None:
            for value in (1, 2, 3):
                await channel.send(value)

        go(sender)
        return tuple([(await channel.recv())[0] for _ in range(3)])

    assert outcomes(main) == {(1, 2, 3)}


def test_values_of_two_senders_interleave_freely() -> None:
    async def main() -> tuple[Any, ...]:
        channel = Channel(1)

        async def sender(first: str, second: str) -> None:
            await channel.send(first)
            await channel.send(second)

        go(sender, "a", "b")
        go(sender, "x", "y")
        return tuple([(await channel.recv())[0] for _ in range(4)])

    both_orders_kept = {"abxy", "axby", "axyb", "xaby", "xayb", "xyab"}
    assert outcomes(main) == {tuple(word) for word in both_orders_kept}


@pytest.mark.parametrize("capacity", [0, 1])
def test_any_waiting_receiver_may_be_served(capacity: int) -> None:
    async def main() -> str:
        channel, winner = Channel(capacity), Channel(1)

        async def receiver(name: str) -> None:
            await channel.recv()
            await winner.send(name)

        for name in ("first", "second", "third"):
            go(receiver, name)
        await channel.send(None)
        return str((await winner.recv())[0])

    assert outcomes(main) == {"first", "second", "third"}


@pytest.mark.parametrize("capacity", [0, 1])
def test_any_waiting_sender_may_be_served(capacity: int) -> None:
    async def main() -> str:
        channel = Channel(capacity)
        for name in ("first", "second", "third"):
            go(channel.send, name)
        return str((await channel.recv())[0])

    assert outcomes(main) == {"first", "second", "third"}


def test_an_unbuffered_send_completes_only_together_with_its_receive() -> None:
    async def main() -> int:
        channel, sent = Channel(), Atomic(0)

        async def sender() -> None:
            await channel.send(None)
            await sent.store(1)

        go(sender)
        before = await sent.load()
        await channel.recv()
        return int(before)

    assert outcomes(main) == {0}


def test_a_buffered_send_does_not_wait_for_its_receive() -> None:
    async def main() -> int:
        channel, sent = Channel(1), Atomic(0)

        async def sender() -> None:
            await channel.send(None)
            await sent.store(1)

        go(sender)
        before = await sent.load()
        await channel.recv()
        return int(before)

    assert outcomes(main) == {0, 1}


@pytest.mark.parametrize(("capacity", "seen"), [(1, {1}), (2, {1, 2})])
def test_a_buffered_channel_is_a_counting_semaphore(capacity: int, seen: set[int]) -> None:
    """The k-th receive comes before the completion of the k+C-th send (The Go Memory Model: Channel communication)."""

    async def main() -> int:
        places, inside, most, joined = Channel(capacity), Atomic(0), Atomic(0), Channel(2)

        async def worker() -> None:
            await places.send(None)
            count = await inside.add(1)
            if count > 1:
                await most.store(count)
            await inside.add(-1)
            await places.recv()
            await joined.send(None)

        go(worker)
        go(worker)
        await joined.recv()
        await joined.recv()
        return max(1, int(await most.load()))

    assert outcomes(main) == seen


def test_range_ends_when_the_channel_is_closed_and_drained() -> None:
    async def main() -> tuple[Any, ...]:
        channel = Channel(2)

        async def sender() -> None:
            for value in (1, 2, 3):
                await channel.send(value)
            await channel.close()

        go(sender)
        return tuple([value async for value in channel])

    assert outcomes(main) == {(1, 2, 3)}


def test_range_over_a_nil_channel_blocks_for_ever() -> None:
    async def main() -> None:
        async for _ in NIL:
            pass

    assert outcomes(main) == {BLOCKS}


def test_length_counts_what_is_buffered_now() -> None:
    async def main() -> int:
        channel = Channel(2)

        async def sender() -> None:
            await channel.send(1)
            await channel.send(2)

        go(sender)
        return await channel.length()

    assert outcomes(main) == {0, 1, 2}


def test_channels_can_be_sent_over_channels() -> None:
    async def main() -> Any:
        requests = Channel()

        async def server() -> None:
            reply, _ = await requests.recv()
            await reply.send("answer")

        go(server)
        reply = Channel()
        await requests.send(reply)
        return (await reply.recv())[0]

    assert outcomes(main) == {"answer"}
