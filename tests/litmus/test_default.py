"""Select with default: it is taken only if no communication can proceed (Go specification: Select statements).

On an unbuffered channel a communication can proceed once the partner waits. A partner that is on its way there
may or may not have arrived, so both are possible; once time has passed it has.
"""

from typing import Any

from harness import Channel, Recv, Send, Shared, go, outcomes, select, sleep

DEFAULT = (-1, None, False)


def test_default_is_taken_when_nothing_else_can_happen() -> None:
    async def main() -> Any:
        full = Channel(1)
        await full.send(1)
        return await select(Recv(Channel()), Recv(Channel(1)), Send(full, 2), Send(None, 3), default=True)

    assert outcomes(main) == {DEFAULT}


def test_a_select_of_nothing_but_default_takes_it() -> None:
    async def main() -> Any:
        return await select(default=True)

    assert outcomes(main) == {DEFAULT}


def test_default_is_not_taken_while_a_value_is_buffered() -> None:
    async def main() -> Any:
        channel = Channel(1)
        await channel.send("value")
        return await select(Recv(channel), default=True)

    assert outcomes(main) == {(0, "value", True)}


def test_default_is_not_taken_while_there_is_room() -> None:
    async def main() -> Any:
        return await select(Send(Channel(1), "value"), default=True)

    assert outcomes(main) == {(0, None, False)}


def test_polling_a_buffered_channel_races_with_its_sender() -> None:
    async def main() -> Any:
        channel = Channel(1)
        go(channel.send, "value")
        return await select(Recv(channel), default=True)

    assert outcomes(main) == {(0, "value", True), DEFAULT}


def test_a_pending_receiver_may_not_have_parked_yet() -> None:
    async def main() -> Any:
        channel = Channel()
        go(channel.recv)
        return await select(Send(channel, "value"), default=True)

    assert outcomes(main) == {(0, None, False), DEFAULT}


def test_a_pending_sender_may_not_have_parked_yet() -> None:
    async def main() -> Any:
        channel = Channel()
        go(channel.send, "value")
        return await select(Recv(channel), default=True)

    assert outcomes(main) == {(0, "value", True), DEFAULT}


def test_a_receiver_has_parked_once_time_has_passed() -> None:
    async def main() -> Any:
        channel = Channel()
        go(channel.recv)
        await sleep(1)
        return await select(Send(channel, "value"), default=True)

    assert outcomes(main) == {(0, None, False)}


def test_a_sender_has_parked_once_time_has_passed() -> None:
    async def main() -> Any:
        channel = Channel()
        go(channel.send, "value")
        await sleep(1)
        return await select(Recv(channel), default=True)

    assert outcomes(main) == {(0, "value", True)}


def test_a_waiting_select_has_parked_once_time_has_passed() -> None:
    async def main() -> Any:
        channel = Channel()
        go(select, Recv(channel), Recv(Channel()))
        await sleep(1)
        return await select(Send(channel, "value"), default=True)

    assert outcomes(main) == {(0, None, False)}


def test_having_parked_at_an_earlier_operation_proves_nothing_about_the_next() -> None:
    async def main() -> Any:
        first, second = Channel(), Channel()

        async def receiver() -> None:
            await first.recv()
            await second.recv()

        go(receiver)
        await sleep(1)
        await first.send(None)
        return await select(Send(second, "value"), default=True)

    assert outcomes(main) == {(0, None, False), DEFAULT}


def test_under_the_adversarial_clock_passing_time_does_not_prove_that_anybody_has_parked() -> None:
    """`time.Sleep` is no synchronisation: a real goroutine can be slower than any sleep."""

    async def main() -> Any:
        channel = Channel()
        go(channel.recv)
        await sleep(1)
        return await select(Send(channel, "value"), default=True)

    assert outcomes(main, clock="adversarial") == {(0, None, False), DEFAULT}


def test_a_flag_set_before_receiving_does_not_prove_that_the_receiver_waits() -> None:
    async def main() -> str:
        channel, ready = Channel(), Shared(False)

        async def receiver() -> None:
            await ready.store(True)
            await channel.recv()

        go(receiver)
        if not await ready.load():
            return "not ready"
        index, _, _ = await select(Send(channel, "signal"), default=True)
        return "sent" if index == 0 else "lost"

    assert outcomes(main) == {"not ready", "sent", "lost"}


def test_two_selects_with_default_never_meet() -> None:
    """Neither ever waits, so neither finds the other waiting."""

    async def main() -> tuple[int, int]:
        channel, answer = Channel(), Channel(1)

        async def other() -> None:
            await answer.send((await select(Recv(channel), default=True))[0])

        go(other)
        mine, _, _ = await select(Send(channel, "value"), default=True)
        return mine, (await answer.recv())[0]

    assert outcomes(main) == {(-1, -1)}


def test_a_signal_channel_of_capacity_one_is_never_lost_by_polling() -> None:
    async def main() -> Any:
        signal = Channel(1)
        await select(Send(signal, None), default=True)
        await select(Send(signal, None), default=True)
        return await signal.length()

    assert outcomes(main) == {1}


def test_draining_by_polling_misses_what_a_sender_has_not_sent_yet() -> None:
    async def main() -> int:
        events, drained = Channel(2), 0

        async def sender() -> None:
            await events.send(1)
            await events.send(2)

        go(sender)
        while (await select(Recv(events), default=True))[0] == 0:
            drained += 1
        return drained

    assert outcomes(main) == {0, 1, 2}
