"""Sleep and timers (package time, Go 1.23 and later) under the idle clock: time moves only when nothing else can.

"For a chan-based timer created with NewTimer, as of Go 1.23, any receive from t.C after Stop has returned is
guaranteed to block rather than receive any stale time value from before the Stop" (time.Timer.Stop).
"""

from typing import Any

import pytest

from harness import (
    Atomic,
    Channel,
    Deadlocked,
    Recv,
    Timer,
    after,
    go,
    gosched,
    now,
    outcomes,
    prove,
    select,
    sleep,
)
from harness.errors import BadInput


async def order_of(*delays: tuple[float, ...]) -> tuple[Any, ...]:
    """The order in which goroutines that sleep for these delays wake up."""
    woken = Channel(len(delays))

    async def sleeper(number: int, parts: tuple[float, ...]) -> None:
        for seconds in parts:
            await sleep(seconds)
        await woken.send(number)

    for number, parts in enumerate(delays):
        go(sleeper, number, parts)
    return tuple([(await woken.recv())[0] for _ in delays])


def test_sleepers_wake_in_the_order_of_their_deadlines() -> None:
    assert outcomes(order_of, (2,), (3,), (1,)) == {(2, 0, 1)}


def test_sleepers_with_equal_deadlines_wake_in_any_order() -> None:
    assert outcomes(order_of, (1,), (1,)) == {(0, 1), (1, 0)}


def test_a_deadline_reached_in_two_naps_equals_one_reached_in_one() -> None:
    """Go counts in whole nanoseconds: 100 ms and 200 ms are exactly 300 ms."""
    assert outcomes(order_of, (0.1, 0.2), (0.3,)) == {(0, 1), (1, 0)}


def test_time_does_not_move_while_a_goroutine_can() -> None:
    async def main() -> tuple[Any, ...]:
        x = Atomic(0)

        async def worker() -> None:
            for _ in range(3):
                await x.add(1)

        go(worker)
        await sleep(0.001)
        return await x.load(), now()

    assert outcomes(main) == {(3, 0.001)}


@pytest.mark.parametrize("seconds", [0, -5])
def test_sleeping_for_no_time_takes_none(seconds: float) -> None:
    async def main() -> float:
        await sleep(seconds)
        return now()

    assert outcomes(main) == {0}


def test_after_delivers_the_time_once() -> None:
    async def main() -> Any:
        channel = after(2)
        value = await channel.recv()
        assert value == (2, True)
        await channel.recv()

    assert outcomes(main) == {Deadlocked(("main",))}


def test_a_timeout_wins_only_over_what_is_not_ready_in_time() -> None:
    async def main(seconds: float) -> int:
        result = Channel(1)

        async def worker() -> None:
            await sleep(seconds)
            await result.send("result")

        go(worker)
        index, _, _ = await select(Recv(result), Recv(after(1)))
        return index

    assert outcomes(main, 0.5) == {0}
    assert outcomes(main, 1) == {0, 1}
    assert outcomes(main, 2) == {1}


def test_equal_deadlines_of_two_timers_come_in_any_order() -> None:
    async def main() -> int:
        index, _, _ = await select(Recv(after(1)), Recv(after(1)))
        return index

    assert outcomes(main) == {0, 1}


def test_a_stopped_timer_does_not_fire() -> None:
    async def main() -> Any:
        timer = Timer(1)
        assert await timer.stop() is True
        await timer.c.recv()

    assert outcomes(main) == {Deadlocked(("main",))}


def test_stop_tells_whether_it_prevented_a_delivery() -> None:
    async def main() -> tuple[bool, ...]:
        timer = Timer(1)
        await timer.c.recv()
        fired = await timer.stop()
        other = Timer(1)
        return fired, await other.stop(), await other.stop()

    assert outcomes(main) == {(False, True, False)}


def test_stop_after_the_deadline_takes_back_what_nobody_has_received() -> None:
    async def main() -> Any:
        timer = Timer(1)
        await sleep(2)
        assert await timer.stop() is True
        await timer.c.recv()

    assert outcomes(main) == {Deadlocked(("main",))}


def test_reset_after_the_deadline_delivers_the_new_time_only() -> None:
    async def main() -> tuple[Any, ...]:
        timer = Timer(1)
        await sleep(2)
        active = await timer.reset(5)
        return active, (await timer.c.recv())[0]

    assert outcomes(main) == {(True, 7)}


def test_reset_starts_a_timer_that_has_fired() -> None:
    async def main() -> tuple[Any, ...]:
        timer = Timer(1)
        await timer.c.recv()
        active = await timer.reset(1)
        return active, (await timer.c.recv())[0]

    assert outcomes(main) == {(False, 2)}


def test_reset_postpones() -> None:
    async def main() -> int:
        timer, other = Timer(1), Timer(2)
        await timer.reset(3)
        index, _, _ = await select(Recv(timer.c), Recv(other.c))
        return index

    assert outcomes(main) == {1}


def test_stopping_a_timer_that_another_goroutine_waits_for_leaves_that_goroutine_waiting() -> None:
    async def main() -> bool:
        timer = Timer(1)
        go(timer.c.recv)
        return await timer.stop()

    assert outcomes(main) == {True}
    with pytest.raises(AssertionError, match="main/recv#1"):
        prove(main)


def test_stop_at_the_deadline_races_with_the_receiver() -> None:
    async def main() -> bool:
        timer = Timer(1)
        go(timer.c.recv)
        await sleep(1)
        return await timer.stop()

    assert outcomes(main) == {True, False}


def test_the_channel_of_an_expired_timer_shows_length_zero() -> None:
    async def main() -> tuple[Any, ...]:
        timer = Timer(1)
        await sleep(2)
        length = await timer.c.length()
        return length, (await select(Recv(timer.c), default=True))[:2]

    assert outcomes(main) == {(0, (0, 1))}


def test_polling_a_timer_at_its_deadline_finds_it_fired_or_not() -> None:
    async def main() -> int:
        timer = Timer(1)
        await sleep(1)
        index, _, _ = await select(Recv(timer.c), default=True)
        return index

    assert outcomes(main) == {0, -1}


def test_a_goroutine_that_spins_stops_the_idle_clock() -> None:
    async def main() -> float:
        async def spinner() -> None:
            for _ in range(5):
                await gosched()

        go(spinner)
        await after(1).recv()
        return now()

    assert outcomes(main) == {1}


@pytest.mark.parametrize("seconds", ["1", None, float("nan"), 1j])
@pytest.mark.parametrize("call", [sleep, after, Timer])
def test_a_duration_is_a_number(call: Any, seconds: Any) -> None:
    async def main() -> None:
        made = call(seconds)
        if call is sleep:
            await made

    with pytest.raises(BadInput, match="number of seconds"):
        outcomes(main)
