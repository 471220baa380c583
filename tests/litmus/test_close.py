"""Close: what it does to those who wait, to what is buffered, and to those who come too late.

Go specification: Close, Send statements, Receive operator. The Go Memory Model: Channel communication.
"""

from typing import Any

import pytest

from harness import Channel, Deadlocked, Once, Panic, Panicked, Recv, Send, Shared, go, outcomes, prove, select


def test_close_wakes_every_waiting_receiver() -> None:
    async def main() -> tuple[Any, ...]:
        channel, answers = Channel(), Channel(2)

        async def receiver() -> None:
            await answers.send(await channel.recv())

        go(receiver)
        go(receiver)
        await channel.close()
        return (await answers.recv())[0] + (await answers.recv())[0]

    assert outcomes(main) == {(None, False, None, False)}


@pytest.mark.parametrize("capacity", [0, 1])
def test_close_under_a_blocked_sender_panics_the_sender(capacity: int) -> None:
    async def main() -> None:
        channel = Channel(capacity)
        for _ in range(capacity):
            await channel.send("fills the buffer")

        async def sender() -> None:
            await channel.send("late")

        go(sender)
        await channel.close()

    assert outcomes(main) == {Panicked("main/sender#1", "send on closed channel")}


def test_send_races_with_close() -> None:
    async def main() -> None:
        channel = Channel(1)

        async def sender() -> None:
            await channel.send(1)

        go(sender)
        await channel.close()

    assert outcomes(main) == {None, Panicked("main/sender#1", "send on closed channel")}


def test_an_unbuffered_value_is_handed_over_before_the_close_or_never() -> None:
    async def main() -> tuple[Any, bool]:
        channel = Channel()

        async def closer() -> None:
            await channel.close()

        async def sender() -> None:
            try:
                await channel.send("value")
            except Panic:
                pass

        go(closer)
        go(sender)
        return await channel.recv()

    assert outcomes(main) == {("value", True), (None, False)}


def test_values_sent_before_close_are_received_after_it() -> None:
    async def main() -> tuple[Any, ...]:
        channel = Channel(2)
        await channel.send(1)
        await channel.send(2)
        await channel.close()
        return await channel.recv() + await channel.recv() + await channel.recv()

    assert outcomes(main) == {(1, True, 2, True, None, False)}


def test_of_two_closers_exactly_one_panics() -> None:
    async def main() -> None:
        channel = Channel()

        async def closer() -> None:
            await channel.close()

        go(closer)
        go(closer)

    twice = "close of closed channel"
    assert outcomes(main) == {Panicked("main/closer#1", twice), Panicked("main/closer#2", twice)}


def test_once_makes_close_safe_to_repeat() -> None:
    async def main() -> tuple[Any, bool]:
        channel, once = Channel(), Once()

        async def closer() -> None:
            await once.do(channel.close)

        go(closer)
        go(closer)
        return await channel.recv()

    assert outcomes(main) == {(None, False)}
    assert prove(main).executions > 1


def test_what_happened_before_close_is_seen_after_the_receive_that_it_caused() -> None:
    async def main() -> Any:
        done, data = Channel(), Shared(0)

        async def writer() -> None:
            await data.store(1)
            await done.close()

        go(writer)
        await done.recv()
        return await data.load()

    assert outcomes(main) == {1}


def test_a_closed_channel_is_a_ready_select_case_for_ever() -> None:
    async def main() -> tuple[Any, ...]:
        channel = Channel()
        await channel.close()
        first = await select(Recv(channel), default=True)
        second = await select(Recv(channel), default=True)
        return first + second

    assert outcomes(main) == {(0, None, False, 0, None, False)}


def test_a_select_that_sends_on_a_closed_channel_panics() -> None:
    async def main() -> Any:
        channel = Channel()
        await channel.close()
        return await select(Send(channel, 1), default=True)

    assert outcomes(main) == {Panicked("main", "send on closed channel")}


def test_close_panics_a_select_that_waits_to_send() -> None:
    async def main() -> None:
        channel, never = Channel(), Channel()

        async def sender() -> None:
            await select(Send(channel, 1), Recv(never))

        go(sender)
        await channel.close()

    assert outcomes(main) == {Panicked("main/sender#1", "send on closed channel")}


def test_a_send_panic_can_be_recovered() -> None:
    async def main() -> str:
        channel = Channel()
        await channel.close()
        try:
            await channel.send(1)
        except Panic as panic:
            return str(panic)
        return "sent"

    assert outcomes(main) == {"send on closed channel"}


def test_forgetting_to_close_leaves_the_ranging_goroutine_behind() -> None:
    async def main() -> None:
        channel = Channel()

        async def ranger() -> None:
            async for _ in channel:
                pass

        go(ranger)
        await channel.send(1)

    assert outcomes(main) == {None}
    with pytest.raises(AssertionError, match="main/ranger#1"):
        prove(main)


def test_main_ranging_over_a_channel_that_nobody_closes_deadlocks() -> None:
    async def main() -> None:
        channel = Channel()

        async def sender() -> None:
            await channel.send(1)

        go(sender)
        async for _ in channel:
            pass

    assert outcomes(main) == {Deadlocked(("main",))}
