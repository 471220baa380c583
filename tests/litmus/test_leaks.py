"""Blocked for good while others go on. The Go specification: Send statements, Receive operator ("blocks until");
package runtime/pprof: the goroutine leak profile ("blocked on a concurrency primitive that is not reachable").

Each is told from references at the moment an execution is cut off; whoever might still be woken is not called stuck.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextvars import ContextVar
from typing import Any
from weakref import proxy

import pytest

from harness import (
    Channel,
    Cond,
    Falsified,
    Inconclusive,
    Mutex,
    Once,
    Recv,
    RWMutex,
    Ticker,
    Timer,
    WaitGroup,
    background,
    go,
    prove,
    replay,
    run,
    select,
    sleep,
    with_cancel,
    with_timeout,
)
from harness.detect.ending import findings
from harness.model.ending import LeakAfterMain, PartialDeadlock, StillRunning, Waiting
from harness.oracles import SAFE, no_deadlock, no_goroutine_leak

Program = Callable[[], Awaitable[Any]]
HERE = "tests/litmus/test_leaks.py"
registry: dict[str, Any] = {}


class Server:
    def __init__(self, results: Channel) -> None:
        self.results = results


def keep_alive(period: float = 1.0) -> None:
    """A goroutine that serves a ticker for ever."""
    ticker = Ticker(period)

    async def alive() -> None:
        while True:
            await ticker.c.recv()

    go(alive)


def stuck_in(program: Program, max_steps: int = 40) -> list[str]:
    return [waiting.goroutine for waiting in run(program, max_steps=max_steps).waiting]


# -- everything one can be blocked at ------------------------------------------------------------------------


async def nobody_receives() -> None:
    keep_alive()
    results = Channel(name="results")
    go(results.send, 1)


async def nobody_unlocks() -> None:
    keep_alive()
    mutex = Mutex(name="mutex")
    await mutex.lock()
    go(mutex.lock)


async def nobody_leaves() -> None:
    keep_alive()
    lock = RWMutex(name="lock")
    await lock.rlock()
    go(lock.lock)


async def nobody_is_done() -> None:
    keep_alive()
    group = WaitGroup(name="group")
    await group.add(1)
    go(group.wait)


async def nobody_signals() -> None:
    keep_alive()
    mutex = Mutex(name="mutex")
    cond = Cond(mutex, name="cond")

    async def waiter() -> None:
        await mutex.lock()
        await cond.wait()

    go(waiter)


async def nobody_ends_the_first_call() -> None:
    keep_alive()
    once, never = Once(name="once"), Channel(name="never")

    async def first() -> None:
        await never.recv()

    async def caller() -> None:
        await once.do(first)

    go(caller)
    go(caller)


async def nobody_cancels() -> None:
    keep_alive()
    context, _ = with_cancel(background())

    async def waiter() -> None:
        await context.done().recv()

    go(waiter)


async def the_timer_is_stopped() -> None:
    keep_alive()
    timer = Timer(3)
    await timer.stop()
    go(timer.c.recv)


async def a_nil_channel() -> None:
    keep_alive()

    async def waiter() -> None:
        await select(Recv(None))

    go(waiter)


STUCK = [
    nobody_receives,
    nobody_unlocks,
    nobody_leaves,
    nobody_is_done,
    nobody_signals,
    nobody_ends_the_first_call,
    nobody_cancels,
    the_timer_is_stopped,
    a_nil_channel,
]


@pytest.mark.parametrize("program", STUCK, ids=lambda program: program.__name__)
def test_a_leak_is_found_although_a_ticker_goes_on_for_ever(program: Program) -> None:
    execution = run(program, max_steps=60)
    assert isinstance(findings(execution)[0], LeakAfterMain)
    assert execution.leaked and "main/alive#1" not in execution.leaked
    message = no_goroutine_leak(execution)
    assert message is not None and message.startswith("main returned, but left waiting for ever: main/")


# -- and everybody who could still be woken --------------------------------------------------------------------


async def by_a_deadline() -> None:
    keep_alive()
    context, _ = with_timeout(background(), 1e6)
    child, _ = with_cancel(context)

    async def waiter() -> None:
        await child.done().recv()

    go(waiter)


async def by_a_timer() -> None:
    keep_alive()
    go(Timer(1e6).c.recv)


async def by_a_sleeper() -> None:
    keep_alive()
    results = Channel()

    async def late() -> None:
        await sleep(1e6)
        await results.send(1)

    go(late)
    go(results.recv)


async def through_others() -> None:
    """The sleeper wakes the one who wakes the one who waits."""
    keep_alive()
    first, second = Channel(), Channel()

    async def relay() -> None:
        await first.recv()
        await second.send(1)

    async def late() -> None:
        await sleep(1e6)
        await first.send(1)

    for function in (late, relay, second.recv):
        go(function)


async def by_a_message() -> None:
    """Whoever receives the channel that is buffered in another one can answer on it."""
    keep_alive()
    requests, reply = Channel(1), Channel()

    async def server() -> None:
        await sleep(1e6)
        answer, _ = await requests.recv()
        await answer.send(1)

    async def client() -> None:
        await requests.send(reply)
        await reply.recv()

    go(server)
    go(client)


async def by_an_attribute() -> None:
    class Server:
        def __init__(self) -> None:
            self.requests = Channel()

        async def serve(self) -> None:
            while True:
                await sleep(1)
                await self.later()

        async def later(self) -> None:
            if not self.requests:
                await self.requests.send(1)

    server = Server()
    go(server.serve)
    go(server.requests.recv)


async def by_a_global() -> None:
    registry["results"] = Channel()

    async def late() -> None:
        await sleep(1e6)
        await registry["results"].send(1)

    keep_alive()
    go(late)
    go(registry["results"].recv)


async def by_an_iterator_on_the_stack() -> None:
    keep_alive()
    results = Channel()

    async def late() -> None:
        for channel in [Channel(1), results]:
            await sleep(1e6)
            await channel.send(1)

    go(late)
    go(results.recv)


async def by_what_has_not_begun() -> None:
    keep_alive()
    results, errors, more = Channel(), Channel(), Channel()

    def channels(channel: Channel) -> Iterator[Channel]:
        yield channel

    async def send(channel: Channel) -> AsyncIterator[None]:
        yield await channel.send(1)

    async def late(plain: Iterator[Channel], expression: Iterator[Channel], sending: AsyncIterator[None]) -> None:
        await sleep(1e6)
        for channel in (*plain, *expression):
            await channel.send(1)
        async for _ in sending:
            pass

    go(late, channels(results), (each for each in [errors]), send(more))
    for channel in (results, errors, more):
        go(channel.recv)


async def by_a_function_with_the_same_code() -> None:
    keep_alive()
    results = Channel()

    def sender(channel: Channel) -> Callable[[Any], Awaitable[None]]:
        async def send(successor: Any) -> None:
            await sleep(1e6)
            await (successor(None) if successor else channel.send(1))

        return send

    go(sender(Channel()), sender(results))
    go(results.recv)


async def by_the_default_of_a_context_variable() -> None:
    keep_alive()
    variable = ContextVar("variable", default=Channel())  # noqa: B039

    async def late() -> None:
        await sleep(1e6)
        await variable.get().send(1)

    go(late)
    go(variable.get().recv)


async def by_a_proxy() -> None:
    keep_alive()
    results, gone = Server(Channel()), Server(Channel())

    async def late(server: Server, gone: Server) -> None:
        await sleep(1e6)
        await server.results.send(1)
        raise AssertionError(gone)

    async def listen(server: Server) -> None:
        await server.results.recv()
        server.results = Channel()

    go(late, proxy(results), proxy(gone))
    go(listen, results)


WAKEABLE = [
    by_a_deadline,
    by_a_timer,
    by_a_sleeper,
    through_others,
    by_a_message,
    by_an_attribute,
    by_a_global,
    by_an_iterator_on_the_stack,
    by_what_has_not_begun,
    by_a_function_with_the_same_code,
    by_the_default_of_a_context_variable,
    by_a_proxy,
]


@pytest.mark.parametrize("program", WAKEABLE, ids=lambda program: program.__name__)
def test_whoever_might_still_be_woken_is_not_called_stuck(program: Program) -> None:
    execution = run(program, max_steps=40)
    assert execution.waiting == ()
    assert [type(finding) for finding in findings(execution)] == [StillRunning]


# -- main ----------------------------------------------------------------------------------------------------


async def main_waits(answered: bool) -> str:
    keep_alive()
    results = Channel(name="results")

    async def worker() -> None:
        if answered:
            await results.send("answer")

    go(worker)
    value, _ = await results.recv()
    return str(value)


async def main_waits_in_vain() -> str:
    return await main_waits(answered=False)


def test_main_that_waits_in_vain_beside_a_ticker_is_a_partial_deadlock() -> None:
    execution = run(main_waits_in_vain, max_steps=30)
    assert findings(execution)[0] == PartialDeadlock(
        (Waiting("main", "receive on results"),), (Waiting("main/alive#1", "receive on TimerChannel@main.2"),)
    )
    message = no_deadlock(execution)
    assert message is not None
    assert message.startswith("partial deadlock, waiting for ever while others can move: main (receive on results at ")
    assert "; still running: main/alive#1 (receive on TimerChannel@main.2 at " in message


def test_prove_refutes_it_with_a_counterexample_that_is_cut_off_early_and_replays() -> None:
    with pytest.raises(Falsified) as caught:
        prove(main_waits_in_vain, max_steps=500)
    found = caught.value.counterexample
    assert found.oracle == "no_deadlock"
    assert found.execution.steps <= 2
    with pytest.raises(Falsified) as again:
        replay(main_waits_in_vain, token=found.token)
    assert again.value.counterexample.message == found.message


def test_with_an_answer_nothing_is_objected_to_and_nothing_is_proved() -> None:
    async def main() -> str:
        return await main_waits(answered=True)

    assert findings(run(main, max_steps=30)) == (
        StillRunning((Waiting("main/alive#1", "receive on TimerChannel@main.2"),)),
    )
    with pytest.raises(Inconclusive):
        prove(main, max_steps=30, oracles=SAFE)


async def crossed(same_order: bool) -> None:
    one, two = Mutex(name="one"), Mutex(name="two")
    keep_alive()

    async def forwards() -> None:
        async with one, two:
            pass

    async def backwards() -> None:
        async with two, one:
            pass

    go(forwards)
    go(forwards if same_order else backwards)


def test_a_circle_of_lock_holders_is_told_as_one() -> None:
    async def main() -> None:
        await crossed(same_order=False)

    with pytest.raises(Falsified) as caught:
        prove(main, max_steps=60)
    message = caught.value.counterexample.message
    assert (
        "; in a circle, main/forwards#1 waits for two, held by main/backwards#1, "
        "who waits for one, held by main/forwards#1"
    ) in message


def test_locked_in_one_order_nobody_waits_for_ever() -> None:
    async def main() -> None:
        await crossed(same_order=True)

    with pytest.raises(Inconclusive):
        prove(main, max_steps=60)


def test_a_lock_whose_holder_has_ended_is_told_with_the_line_that_locked_it() -> None:
    message = no_goroutine_leak(run(nobody_unlocks, max_steps=40))
    assert message is not None
    assert "mutex, made at " in message and "is held by main since " in message and ", which has ended)" in message


def test_a_reader_that_wants_to_write_waits_for_itself() -> None:
    async def main() -> None:
        lock = RWMutex(name="lock")
        await lock.rlock()
        await lock.lock()

    sentence = no_deadlock(run(main))
    assert sentence is not None
    assert "lock on lock" in sentence
    assert "is held by this goroutine itself" in sentence


def test_a_channel_whose_other_user_has_ended_says_so() -> None:
    async def main() -> None:
        values = Channel(1, name="values")

        async def producer() -> None:
            await values.send(1)

        async def consumer() -> None:
            await values.recv()
            await values.recv()

        go(producer)
        go(consumer)

    message = no_goroutine_leak(run(main))
    assert message is not None and "nobody is left to send on or close values, made at " in message
    assert ", main/producer#1 having ended)" in message
