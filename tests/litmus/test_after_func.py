"""Functions that are started later: `time.AfterFunc` (package time) and `context.AfterFunc` (package context)."""

from typing import Any

import pytest

from harness import (
    CANCELED,
    Channel,
    Panic,
    Panicked,
    Recv,
    Returned,
    Shared,
    after_func,
    background,
    context_after_func,
    go,
    gosched,
    now,
    outcomes,
    prove,
    run,
    select,
    sleep,
    with_cancel,
    with_timeout,
)
from harness.oracles import no_data_race
from tests.unit.racing import every, in_turn, racing

# -- time.AfterFunc --------------------------------------------------------------------------------------------


def test_the_function_runs_in_its_own_goroutine_after_the_time() -> None:
    """AfterFunc "waits for the duration to elapse and then calls f in its own goroutine"."""

    async def main() -> Any:
        result = Channel()

        async def work() -> None:
            await result.send(now())

        after_func(2, work)
        return await result.recv()

    assert outcomes(main) == {(2, True)}
    assert [action.spawned for action in run(main).trace] == [("main/work#1",), ()]


async def stopped(when: float) -> Any:
    """Stop at some time a timer of one second; does its function run, all the same?"""
    ran = Channel(1)
    timer = after_func(1, lambda: ran.send(None))
    await sleep(when)
    prevented = await timer.stop()
    await sleep(5)
    return prevented, await ran.length()


def test_stop_tells_whether_it_has_kept_the_function_from_being_started() -> None:
    """Stop "returns true if the call stops the timer, false if the timer has already expired or been stopped"."""
    assert outcomes(stopped, 0.5) == {(True, 0)}
    assert outcomes(stopped, 1) == {(True, 0), (False, 1)}
    assert outcomes(stopped, 1.5) == {(False, 1)}


def test_stop_does_not_wait_for_the_function() -> None:
    """ "Stop does not wait for f to complete before returning"."""

    async def main() -> Any:
        started, leave = Channel(), Channel()

        async def work() -> None:
            await started.send(None)
            await leave.recv()

        timer = after_func(1, work)
        await started.recv()
        found = await timer.stop()
        await leave.send(None)
        return found

    assert outcomes(main) == {False}
    prove(main)


def test_reset_starts_the_function_again_which_may_then_run_twice_at_once() -> None:
    """Reset: "the caller must coordinate with f explicitly" if the prior one may still be running."""

    async def main() -> Any:
        started = Channel()

        async def work() -> None:
            await started.send(now())

        timer = after_func(1, work)
        await sleep(2)
        active = await timer.reset(3)
        times = [(await started.recv())[0]]
        times.append((await started.recv())[0])
        return active, tuple(times)

    assert outcomes(main) == {(False, (1, 5))}
    names = {name for execution in every(main) for action in execution.trace for name in action.spawned}
    assert names == {"main/work#1", "main/work#2"}


def test_the_name_does_not_depend_on_when_it_is_started() -> None:
    """It is a child, by name, of whoever made the timer, before those that were started later."""

    async def main() -> None:
        async def work() -> None:
            await gosched()

        after_func(0, work)
        await gosched()
        go(work)

    started = [
        [(action.kind, name) for action in execution.trace for name in action.spawned] for execution in every(main)
    ]
    timer, goroutine = ("timer", "main/work#1"), ("gosched", "main/work#2")
    assert {tuple(found) for found in started} == {(timer, goroutine), (goroutine, timer)}


def test_its_channel_is_nil() -> None:
    async def main() -> Any:
        timer = after_func(1, lambda: sleep(0))
        return await select(Recv(timer.c), default=True)

    assert outcomes(main) == {(-1, None, False)}


def test_a_panic_in_the_function_ends_the_process() -> None:
    async def main() -> None:
        async def work() -> None:
            raise Panic("too late")

        after_func(1, work)
        await sleep(2)

    found = outcomes(main)
    assert {str(outcome) for outcome in found if isinstance(outcome, Panicked)} == {str(outcome) for outcome in found}


def test_a_pending_function_still_starts_when_everybody_has_ended() -> None:
    """As goroutines that sleep go on after main has returned: a server lives longer than its handlers."""

    async def main() -> int:
        after_func(1, Channel().recv)
        return 1

    execution = run(main)
    assert execution.outcome == Returned(1)
    assert execution.leaked == ("main/recv#1",)


def test_a_pending_function_that_was_stopped_does_not() -> None:
    async def main() -> int:
        await after_func(1, Channel().recv).stop()
        return 1

    assert prove(main).outcomes == {1}


def test_a_deadline_still_starts_the_function_that_waits_for_it() -> None:
    async def main() -> None:
        ctx, _ = with_timeout(background(), 1)
        context_after_func(ctx, Channel().recv)

    assert run(main).leaked == ("main/recv#1",)


def test_a_timer_that_is_due_fires_before_or_after_what_else_can_happen() -> None:
    async def main() -> Any:
        x = Channel(2)
        after_func(0, lambda: x.send("timer"))
        await x.send("main")
        return await x.recv()

    assert outcomes(main) == {("timer", True), ("main", True)}


@pytest.mark.parametrize("ordered", [False, True])
def test_what_comes_before_the_call_happens_before_the_function(ordered: bool) -> None:
    """In Go's runtime the timer's heap is locked by the call, and by whoever starts the function."""

    async def main() -> None:
        x = Shared(0, name="x")
        if ordered:
            await x.store(1)
        after_func(1, x.load)
        if not ordered:
            await x.store(1)
        await sleep(2)

    assert racing(main) == (set() if ordered else {"x"})


@pytest.mark.parametrize("ordered", [False, True])
def test_what_comes_before_reset_happens_before_the_function(ordered: bool) -> None:
    async def main() -> None:
        x = Shared(0, name="x")
        timer = after_func(10, x.load)
        other = Channel()

        async def resetting() -> None:
            if ordered:
                await x.store(1)
            await timer.reset(1)
            if not ordered:
                await x.store(1)
            await other.recv()

        go(resetting)
        await sleep(20)
        await other.close()

    assert racing(main) == (set() if ordered else {"x"})


# -- context.AfterFunc -----------------------------------------------------------------------------------------


def test_it_runs_in_its_own_goroutine_after_the_context_is_cancelled() -> None:
    """AfterFunc "arranges to call f in its own goroutine after ctx is canceled"."""

    async def main() -> Any:
        context, cancel = with_cancel(background())
        result = Channel()

        async def work() -> None:
            await result.send(await context.err())

        context_after_func(context, work)
        go(cancel)
        return await result.recv()

    assert outcomes(main) == {(CANCELED, True)}
    assert [(action.text, action.spawned) for action in run(main).trace if action.spawned] == [
        ("cancel AfterFunc of Context@main.2", ("main/work#1",))
    ]


def test_if_the_context_is_cancelled_already_it_runs_at_once() -> None:
    """ "If ctx is already canceled, AfterFunc calls f immediately in its own goroutine"."""

    async def main() -> Any:
        context, cancel = with_cancel(background())
        await cancel()
        result = Channel()
        stop = context_after_func(context, lambda: result.send("ran"))
        return await stop(), await result.recv()

    assert outcomes(main) == {(False, ("ran", True))}


def test_stop_and_cancellation_race_and_one_of_them_wins() -> None:
    """Stop returns true if it "stopped f from being run"."""

    async def main() -> Any:
        context, cancel = with_cancel(background())
        ran = Channel(1)
        stop = context_after_func(context, lambda: ran.send(None))
        go(cancel)
        stopped = await stop()
        again = await stop()
        if not stopped:
            await ran.recv()
        await context.done().recv()
        return stopped, again, await ran.length()

    assert outcomes(main) == {(True, False, 0), (False, False, 0)}
    prove(main)


def test_functions_are_started_one_after_the_other_as_children_are_cancelled() -> None:
    async def main() -> Any:
        context, cancel = with_cancel(background())
        order = Channel(2)
        context_after_func(context, lambda: order.send("one"))
        context_after_func(context, lambda: order.send("other"))
        await cancel()
        return (await order.recv())[0], (await order.recv())[0]

    assert outcomes(main) == {("one", "other"), ("other", "one")}


def test_an_expiring_context_starts_it_too() -> None:
    async def main() -> Any:
        context, _ = with_timeout(background(), 3)
        result = Channel()

        async def work() -> None:
            await result.send(now())

        context_after_func(context, work)
        return await result.recv()

    assert outcomes(main) == {(3, True)}


def test_on_a_context_that_is_never_cancelled_it_never_runs() -> None:
    async def main() -> Any:
        stop = context_after_func(background(), lambda: sleep(1))
        return await stop(), await stop()

    assert outcomes(main) == {(True, False)}


@pytest.mark.parametrize("before", ["the call", "the cancellation", "neither"])
def test_both_the_call_and_the_cancellation_happen_before_the_function(before: str) -> None:
    """Both lock the context, and the one who cancels executes the go statement."""

    async def main() -> None:
        x = Shared(0, name="x")
        context, cancel = with_cancel(background())
        if before == "the call":
            await x.store(1)
        context_after_func(context, x.load)
        await (in_turn(lambda: x.store(1), cancel) if before == "the cancellation" else cancel())
        if before == "neither":
            await x.store(1)

    assert racing(main) == ({"x"} if before == "neither" else set())


def test_a_function_that_is_registered_while_another_goroutine_cancels_comes_after_the_call() -> None:
    async def main() -> None:
        x = Shared(0, name="x")
        context, cancel = with_cancel(background())
        go(cancel)
        await x.store(1)
        context_after_func(context, x.load)

    assert racing(main) == set()
    prove(main, oracles=(no_data_race,))
