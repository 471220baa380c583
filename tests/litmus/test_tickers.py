"""Tickers (package time, Go 1.23 and later): "the ticker will adjust the time interval or drop ticks to make up for
slow receivers" (time.NewTicker).
"""

from typing import Any

import pytest

from harness import Channel, Deadlocked, Panicked, Recv, StepLimitReached, Ticker, go, now, outcomes, run, select, sleep


def test_a_ticker_ticks_at_its_interval() -> None:
    async def main() -> tuple[Any, ...]:
        ticker = Ticker(1)
        return tuple([(await ticker.c.recv())[0] for _ in range(3)])

    assert outcomes(main) == {(1, 2, 3)}


def test_a_slow_receiver_gets_the_oldest_tick_and_misses_the_others() -> None:
    async def main() -> tuple[Any, ...]:
        ticker = Ticker(1)
        await sleep(3.5)
        first, _ = await ticker.c.recv()
        second, _ = await ticker.c.recv()
        return first, second, now()

    assert outcomes(main) == {(1, 4, 4)}


def test_stop_ends_the_ticks_but_closes_nothing() -> None:
    async def main() -> Any:
        ticker = Ticker(1)
        await ticker.c.recv()
        await ticker.stop()
        await ticker.c.recv()

    assert outcomes(main) == {Deadlocked(("main",))}


def test_stop_takes_back_a_tick_that_nobody_has_received() -> None:
    async def main() -> Any:
        ticker = Ticker(1)
        await sleep(1.5)
        await ticker.stop()
        return (await select(Recv(ticker.c), default=True))[0]

    assert outcomes(main) == {-1}


def test_reset_starts_a_new_interval() -> None:
    async def main() -> tuple[Any, ...]:
        ticker = Ticker(1)
        await sleep(0.5)
        await ticker.reset(2)
        return tuple([(await ticker.c.recv())[0] for _ in range(2)])

    assert outcomes(main) == {(2.5, 4.5)}


def test_reset_revives_a_stopped_ticker() -> None:
    async def main() -> tuple[Any, ...]:
        ticker = Ticker(1)
        await ticker.stop()
        await ticker.reset(3)
        return tuple([(await ticker.c.recv())[0] for _ in range(2)])

    assert outcomes(main) == {(3, 6)}


def test_a_tick_and_an_equal_deadline_come_in_any_order() -> None:
    async def main() -> int:
        ticker, ticks, done = Ticker(1), 0, Channel()

        async def stopper() -> None:
            await sleep(2)
            await done.close()

        go(stopper)
        while (await select(Recv(ticker.c), Recv(done)))[0] == 0:
            ticks += 1
        return ticks

    assert outcomes(main) == {1, 2}


def test_ticks_of_a_tenth_add_up_exactly() -> None:
    """Go counts in whole nanoseconds: the third tick of 100 ms is due at exactly 300 ms."""

    async def main() -> int:
        ticker, ticks, done = Ticker(0.1), 0, Channel()

        async def stopper() -> None:
            await sleep(0.3)
            await done.close()

        go(stopper)
        while (await select(Recv(ticker.c), Recv(done)))[0] == 0:
            ticks += 1
        return ticks

    assert outcomes(main) == {2, 3}


@pytest.mark.parametrize("seconds", [0, -1])
def test_an_interval_is_positive(seconds: float) -> None:
    async def create() -> None:
        Ticker(seconds)

    async def reset() -> None:
        await Ticker(1).reset(seconds)

    assert outcomes(create) == {Panicked("main", "non-positive interval for NewTicker")}
    assert outcomes(reset) == {Panicked("main", "non-positive interval for Ticker.Reset")}


def test_a_ticker_that_nobody_listens_to_lets_the_execution_end() -> None:
    async def main() -> float:
        Ticker(1)
        await sleep(2.5)
        return now()

    assert outcomes(main) == {2.5}


def test_a_goroutine_that_serves_a_ticker_for_ever_runs_into_the_step_limit() -> None:
    async def main() -> None:
        ticker = Ticker(1)

        async def server() -> None:
            while True:
                await ticker.c.recv()

        go(server)

    assert run(main, max_steps=50).outcome == StepLimitReached(50)
