"""Select without default (Go specification: Select statements).

"If one or more of the communications can proceed, a single one that can proceed is chosen."
"""

from typing import Any

import pytest

from harness import Channel, Deadlocked, Panicked, Recv, Send, go, outcomes, select


async def filled(*values: Any) -> Channel:
    channel = Channel(max(1, len(values)))
    for value in values:
        await channel.send(value)
    return channel


def test_any_of_several_ready_cases_may_be_chosen() -> None:
    async def main() -> tuple[int, Any, bool]:
        closed = Channel()
        await closed.close()
        return await select(Recv(await filled("a")), Send(Channel(1), "b"), Recv(closed), Recv(Channel(1)))

    assert outcomes(main) == {(0, "a", True), (1, None, False), (2, None, False)}


def test_the_order_of_the_cases_is_no_priority() -> None:
    async def main() -> tuple[int, Any, bool]:
        return await select(Recv(await filled("a")), Recv(await filled("b")))

    assert outcomes(main) == {(0, "a", True), (1, "b", True)}


def test_an_empty_select_blocks_for_ever() -> None:
    async def main() -> None:
        await select()

    assert outcomes(main) == {Deadlocked(("main",))}


def test_nil_channels_are_never_ready() -> None:
    async def main() -> Any:
        await select(Recv(None), Send(None, 1))

    assert outcomes(main) == {Deadlocked(("main",))}


def test_a_nil_case_leaves_the_others_alone() -> None:
    async def main() -> Any:
        return await select(Recv(None), Recv(await filled("a")), Send(None, 1))

    assert outcomes(main) == {(1, "a", True)}


def test_send_and_receive_on_one_buffered_channel_are_two_cases() -> None:
    async def main() -> tuple[int, int]:
        channel = Channel(2)
        await channel.send("old")
        index, _, _ = await select(Send(channel, "new"), Recv(channel))
        return index, await channel.length()

    assert outcomes(main) == {(0, 2), (1, 0)}


@pytest.mark.parametrize(("length", "ready"), [(0, 0), (1, 1)])
def test_a_full_channel_cannot_be_sent_to_and_an_empty_one_not_received_from(length: int, ready: int) -> None:
    async def main() -> int:
        channel = Channel(1)
        for _ in range(length):
            await channel.send("old")
        index, _, _ = await select(Send(channel, "new"), Recv(channel))
        return index

    assert outcomes(main) == {ready}


def test_a_select_does_not_meet_itself() -> None:
    async def main() -> None:
        channel = Channel()
        await select(Send(channel, 1), Recv(channel))

    assert outcomes(main) == {Deadlocked(("main",))}


def test_two_selects_meet_in_either_direction() -> None:
    async def main() -> tuple[Any, ...]:
        channel, answer = Channel(), Channel(1)

        async def other() -> None:
            await answer.send(await select(Send(channel, "other's"), Recv(channel)))

        go(other)
        mine = await select(Send(channel, "main's"), Recv(channel))
        return mine + (await answer.recv())[0]

    assert outcomes(main) == {(0, None, False, 1, "main's", True), (1, "other's", True, 0, None, False)}


def test_the_same_channel_may_stand_in_two_cases() -> None:
    async def main() -> int:
        channel = await filled("a")
        index, _, _ = await select(Recv(channel), Recv(channel))
        return index

    assert outcomes(main) == {0, 1}


def test_a_send_case_on_a_closed_channel_can_proceed_and_panics() -> None:
    async def main() -> int:
        closed = Channel(1)
        await closed.close()
        index, _, _ = await select(Send(closed, 1), Recv(await filled("a")))
        return index

    assert outcomes(main) == {1, Panicked("main", "send on closed channel")}


def test_a_waiting_select_takes_whichever_case_becomes_ready_first() -> None:
    async def main() -> tuple[int, Any, bool]:
        left, right = Channel(1), Channel()
        go(left.send, "left")
        go(right.send, "right")
        return await select(Recv(left), Recv(right))

    assert outcomes(main) == {(0, "left", True), (1, "right", True)}


def test_a_done_case_may_win_over_events_that_are_buffered_already() -> None:
    """No case is preferred, so reacting to `done` without draining loses events."""

    async def main() -> int:
        events, done = await filled(1, 2), Channel()
        await done.close()
        received = 0
        while True:
            index, _, _ = await select(Recv(events), Recv(done))
            if index == 1:
                return received
            received += 1

    assert outcomes(main) == {0, 1, 2}


def test_setting_a_drained_channel_to_nil_merges_two_streams_completely() -> None:
    async def main() -> frozenset[Any]:
        sources: list[Channel | None] = [await filled(1, 2), await filled(3)]
        for source in sources:
            assert source is not None
            await source.close()
        received = set()
        while any(source is not None for source in sources):
            index, value, ok = await select(*(Recv(source) for source in sources))
            if ok:
                received.add(value)
            else:
                sources[index] = None
        return frozenset(received)

    assert outcomes(main) == {frozenset({1, 2, 3})}


def test_one_send_satisfies_one_of_two_waiting_selects() -> None:
    async def main() -> str:
        channel, winner = Channel(), Channel(1)

        async def waiter(name: str) -> None:
            await select(Recv(channel), Recv(None))
            await winner.send(name)

        go(waiter, "first")
        go(waiter, "second")
        await channel.send(None)
        return str((await winner.recv())[0])

    assert outcomes(main) == {"first", "second"}
