"""Two clocks: idle (time moves only when nothing else can) and adversarial (real goroutines can be slow)."""

from typing import Any

import pytest

from harness import (
    DEADLINE_EXCEEDED,
    Atomic,
    Channel,
    Recv,
    Ticker,
    Timer,
    after,
    background,
    go,
    gosched,
    now,
    outcomes,
    prove,
    select,
    sleep,
    with_timeout,
)


async def timeout_idiom(capacity: int) -> int:
    """A request with a timeout, as everybody writes it; the answer takes no time at all."""
    answers = Channel(capacity)

    async def server() -> None:
        await answers.send("answer")

    go(server)
    index, _, _ = await select(Recv(answers), Recv(after(1)))
    return index


def test_the_idle_clock_never_lets_a_timeout_overtake_a_runnable_goroutine() -> None:
    assert outcomes(timeout_idiom, 0) == {0}
    prove(timeout_idiom, 0)


def test_the_adversarial_clock_does() -> None:
    assert outcomes(timeout_idiom, 0, clock="adversarial") == {0, 1}


def test_the_timeout_idiom_leaks_its_server_unless_the_channel_has_room() -> None:
    with pytest.raises(AssertionError, match="main/server#1"):
        prove(timeout_idiom, 0, clock="adversarial")
    assert prove(timeout_idiom, 1, clock="adversarial").outcomes == {0, 1}


def test_without_early_firings_the_adversarial_clock_is_the_idle_one() -> None:
    assert outcomes(timeout_idiom, 0, clock="adversarial", early_firings=0) == {0}


async def lagging(naps: int) -> tuple[Any, ...]:
    """A goroutine with one step to do, overtaken by as many naps as the clock allows."""
    x = Atomic(0)

    async def slow() -> None:
        await gosched()
        await x.store(1)

    go(slow)
    seen = []
    for _ in range(naps):
        await sleep(1)
        seen.append(await x.load())
    return tuple(seen)


@pytest.mark.parametrize("early", [0, 1, 2, 3])
def test_the_number_of_early_firings_is_a_bound(early: int) -> None:
    seen = outcomes(lagging, 3, clock="adversarial", early_firings=early)
    assert seen == {(0,) * missed + (1,) * (3 - missed) for missed in range(early + 1)}


def test_deadlines_come_in_order_under_the_adversarial_clock_too() -> None:
    async def main() -> tuple[Any, ...]:
        early, late = after(1), after(2)
        go(gosched)
        await late.recv()
        return (await select(Recv(early), default=True))[0], now()

    assert outcomes(main, clock="adversarial") == {(0, 2)}


def test_waking_in_order_is_not_acting_in_order_under_the_adversarial_clock() -> None:
    async def main() -> Any:
        x = Atomic(None)

        async def sleeper(seconds: float) -> None:
            await sleep(seconds)
            await x.store(seconds)

        go(sleeper, 1)
        go(sleeper, 2)
        await sleep(10)
        return await x.load()

    assert outcomes(main) == {2}
    assert outcomes(main, clock="adversarial", early_firings=1) == {1, 2}


def test_a_slow_goroutine_may_find_its_context_expired() -> None:
    async def main() -> Any:
        context, _ = with_timeout(background(), 1)
        return await context.err()

    assert outcomes(main) == {None}
    assert outcomes(main, clock="adversarial") == {None, DEADLINE_EXCEEDED}


def test_stop_may_come_too_late_under_the_adversarial_clock() -> None:
    async def main() -> tuple[Any, ...]:
        timer, fired = Timer(1), Channel(1)

        async def receiver() -> None:
            await timer.c.recv()
            await fired.send(None)

        go(receiver)
        stopped = await timer.stop()
        await sleep(1)
        return stopped, await fired.length()

    assert outcomes(main) == {(True, 0)}
    assert outcomes(main, clock="adversarial", early_firings=1) == {(True, 0), (False, 1)}
    assert outcomes(main, clock="adversarial", early_firings=2) == {(True, 0), (False, 1), (False, 0)}


def test_a_slow_receiver_misses_ticks_under_the_adversarial_clock_only() -> None:
    async def main() -> tuple[Any, ...]:
        ticker = Ticker(1)
        go(sleep, 3.5)
        first, _ = await ticker.c.recv()
        await gosched()
        return first, (await ticker.c.recv())[0], (await ticker.c.recv())[0]

    assert outcomes(main) == {(1, 2, 3)}
    assert outcomes(main, clock="adversarial", early_firings=1) == {(1, 2, 3), (1, 2, 4), (1, 3, 4)}


def test_a_proof_names_its_clock_and_its_bound() -> None:
    assert "idle clock" in prove(timeout_idiom, 1).bounds
    assert "at most 3 early timer firings" in prove(timeout_idiom, 1, clock="adversarial", early_firings=3).bounds
