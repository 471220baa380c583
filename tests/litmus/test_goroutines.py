"""Goroutines (Go specification: Go statements, Program execution): starting, ending, leaks, deadlocks, choices."""

from typing import Any

import pytest

from harness import (
    Atomic,
    Channel,
    Deadlocked,
    Mutex,
    Panicked,
    Recv,
    Returned,
    StepLimitReached,
    background,
    choose,
    go,
    gosched,
    outcomes,
    prove,
    run,
    select,
    sleep,
    with_cancel,
)
from harness.errors import BadInput


def test_go_does_not_wait() -> None:
    async def main() -> int:
        x = Atomic(0)
        go(x.store, 1)
        return int(await x.load())

    assert outcomes(main) == {0, 1}


def test_arguments_are_evaluated_when_the_goroutine_is_started() -> None:
    async def main() -> tuple[Any, ...]:
        results = Channel(3)
        for number in range(3):
            go(results.send, number)
        return tuple(sorted([(await results.recv())[0] for _ in range(3)]))

    assert outcomes(main) == {(0, 1, 2)}


def test_goroutines_start_goroutines() -> None:
    async def main() -> int:
        joined = Channel(4)

        async def worker(depth: int) -> None:
            if depth:
                go(worker, depth - 1)
                go(worker, depth - 1)
            else:
                await joined.send(None)

        go(worker, 2)
        for _ in range(4):
            await joined.recv()
        return await joined.length()

    assert outcomes(main) == {0}


def test_a_method_of_a_primitive_can_be_started() -> None:
    """As in `go cancel()` and `go mu.Unlock()`."""

    async def main() -> Any:
        context, cancel = with_cancel(background())
        mutex = Mutex()
        await mutex.lock()
        go(cancel)
        go(mutex.unlock)
        await mutex.lock()
        await context.done().recv()
        return await context.err()

    assert outcomes(main) == {"context canceled"}


def test_what_a_goroutine_returns_is_lost() -> None:
    async def main() -> str:
        async def worker() -> str:
            return "lost"

        go(worker)
        return "kept"

    assert outcomes(main) == {"kept"}


def test_main_returning_leaves_the_others_to_finish() -> None:
    async def main() -> None:
        x = Atomic(0)

        async def worker() -> None:
            await sleep(1)
            await x.add(1)

        go(worker)

    execution = run(main)
    assert execution.outcome == Returned(None)
    assert (execution.steps, execution.leaked) == (2, ())


def test_a_goroutine_that_can_never_move_again_after_main_returned_is_a_leak() -> None:
    async def main() -> str:
        async def worker() -> None:
            await Channel().recv()

        go(worker)
        return "returned"

    execution = run(main)
    assert execution.outcome == Returned("returned")
    assert execution.leaked == ("main/worker#1",)
    assert [waiting.operation for waiting in execution.waiting] == ["receive on Channel@main/worker#1.1"]


def test_without_main_having_returned_it_is_a_deadlock() -> None:
    async def main() -> None:
        async def worker() -> None:
            await Channel().recv()

        go(worker)
        await Channel().recv()

    execution = run(main)
    assert execution.outcome == Deadlocked(("main", "main/worker#1"))
    assert execution.leaked == ()


def test_a_leak_can_depend_on_the_schedule() -> None:
    async def main() -> str:
        answers = Channel()

        async def server(name: str) -> None:
            await answers.send(name)

        go(server, "fast")
        go(server, "slow")
        return str((await answers.recv())[0])

    assert outcomes(main) == {"fast", "slow"}
    with pytest.raises(AssertionError, match=r"main/server#[12]"):
        prove(main)


def test_blocking_on_itself_is_a_deadlock_though_others_have_finished() -> None:
    async def main() -> None:
        go(gosched)
        await Channel().send(None)

    assert outcomes(main) == {Deadlocked(("main",))}


async def philosophers(count: int, one_left_handed: bool) -> str:
    forks = [Mutex() for _ in range(count)]
    full = Channel(count)

    async def philosopher(number: int) -> None:
        pair = [forks[number], forks[(number + 1) % count]]
        if one_left_handed and number == 0:
            pair.reverse()
        async with pair[0], pair[1]:
            pass
        await full.send(None)

    for number in range(count):
        go(philosopher, number)
    for _ in range(count):
        await full.recv()
    return "everybody has eaten"


def test_philosophers_can_starve_together() -> None:
    everybody = ("main", "main/philosopher#1", "main/philosopher#2")
    assert outcomes(philosophers, 2, False) == {"everybody has eaten", Deadlocked(everybody)}


def test_one_left_handed_philosopher_saves_them() -> None:
    assert outcomes(philosophers, 2, True) == {"everybody has eaten"}


def test_choose_gives_every_number_in_its_range() -> None:
    async def main() -> tuple[int, int]:
        return await choose(2), await choose(3)

    assert outcomes(main) == {(a, b) for a in range(2) for b in range(3)}


@pytest.mark.parametrize("n", [0, -1, 1.5, "2", True])
def test_choose_takes_a_positive_whole_number(n: Any) -> None:
    async def main() -> None:
        await choose(n)

    with pytest.raises(BadInput, match="at least 1"):
        outcomes(main)


def test_an_endless_execution_is_cut_off() -> None:
    async def main() -> None:
        while True:
            await gosched()

    assert run(main, max_steps=20, fair_bound=0).outcome == StepLimitReached(20)
    assert outcomes(main, max_steps=20, fair_bound=0) == {StepLimitReached(20)}


def test_an_execution_of_exactly_the_limit_is_complete() -> None:
    async def main() -> str:
        for _ in range(20):
            await gosched()
        return "complete"

    assert outcomes(main, max_steps=20) == {"complete"}
    assert outcomes(main, max_steps=19) == {StepLimitReached(19)}


def test_a_busy_wait_for_another_goroutine_may_be_cut_off_or_end() -> None:
    async def main() -> str:
        flag = Atomic(0)
        go(flag.store, 1)
        while not await flag.load():
            pass
        return "seen"

    assert outcomes(main, max_steps=5) == {"seen", StepLimitReached(5)}


def test_a_goroutine_is_started_from_an_async_function() -> None:
    async def main(function: Any) -> None:
        go(function)

    for function in (lambda: None, print, 5, "worker"):
        with pytest.raises(BadInput, match="async function"):
            outcomes(main, function)


def test_a_coroutine_that_was_called_already_is_refused() -> None:
    """The likeliest mistake of those who know asyncio: `go(worker())`."""

    async def worker() -> None: ...

    async def main() -> None:
        go(worker())  # type: ignore[arg-type]

    with pytest.raises(BadInput, match="coroutine"):
        outcomes(main)


def test_wrong_arguments_are_a_panic_of_the_starting_goroutine() -> None:
    async def main() -> None:
        async def worker(number: int) -> None: ...

        go(worker)

    (outcome,) = outcomes(main)
    assert isinstance(outcome, Panicked) and outcome.goroutine == "main" and "missing 1 required" in outcome.message


def test_a_handoff_chain_has_one_outcome_and_many_schedules() -> None:
    async def main() -> Any:
        left = first = Channel()

        async def stage(source: Channel, sink: Channel) -> None:
            await sink.send((await source.recv())[0] + 1)

        for _ in range(3):
            right = Channel()
            go(stage, left, right)
            left = right
        go(first.send, 0)
        index, value, _ = await select(Recv(left))
        return index, value

    assert outcomes(main) == {(0, 3)}
