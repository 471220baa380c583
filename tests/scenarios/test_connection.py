"""What happens to the connection is a step each: either order is explored, and unordered writes are a data race."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from harness import (
    Channel,
    Context,
    Falsified,
    Mutex,
    Recv,
    Shared,
    background,
    go,
    outcomes,
    prove,
    run,
    select,
    sleep,
    with_cancel,
)
from harness.model.dependence import same_state_dependent
from harness.oracles import no_data_race
from harness.realtime.run import run_realtime
from harness.stream import Event, FakeClient, FakeExecutor, StreamPlan, serve
from harness.stream.connection import DISCONNECT, HANDLER_RETURN, WRITE, WRITE_STATUS
from harness.stream.executor import FINISH
from scenarios.stream.events import DONE, PING, START
from tests.scenarios.judging import DESIGNS

Step = Callable[[], Awaitable[Any]]
NO_PLAN = StreamPlan()


def connect(plan: StreamPlan = NO_PLAN) -> tuple[FakeClient, FakeExecutor]:
    executor = FakeExecutor(plan)
    return FakeClient(plan, with_cancel(background())[1], executor), executor


async def in_turn(*steps: Step) -> None:
    for step in steps:
        await step()


# -- one step each -------------------------------------------------------------------------------------------------


def happenings(plan: StreamPlan) -> list[str]:
    """What one session comes to: everything but what happens on channels and to the error."""
    execution = run(serve(DESIGNS["close_channel"].handler, plan))
    told = ("write", "disconnect", "handler_return", "finish", "cancel", "sleep")
    return [action.text for action in execution.trace if action.kind in told]


def test_a_write_is_one_step_and_so_are_the_ends_of_executor_and_handler() -> None:
    assert sorted(happenings(StreamPlan(events=1))) == [
        "cancel request",
        "the executor finishes",
        "the handler returns",
        "write done to the client",
        "write start to the client",
        "write worker1:1 to the client",
    ]


def test_a_slow_write_takes_its_time_first() -> None:
    told = [text for text in happenings(StreamPlan(events=0, slow=1)) if text.startswith(("write", "sleep"))]
    assert [text.partition(" ")[0] for text in told] == ["sleep", "write"] * 2


async def every_fate() -> None:
    client, _ = connect(StreamPlan(failing_write=3))
    await client.write(START)
    await client.leave()
    await client.write(PING)
    await client.write(PING)
    await client.handler_returned()
    await client.write(DONE)


def test_the_trace_tells_what_becomes_of_each_write() -> None:
    execution = run(every_fate)
    assert [action.text for action in execution.trace] == [
        "write start to the client",
        "the client disconnects",
        "write ping to the client, which has gone",
        "write ping to the client, which fails",
        "the handler returns",
        "write done to the client, whose handler has returned",
    ]
    assert {str(part.operation) for action in execution.trace for part in action.participants} == {
        "write on client",
        "disconnect on client",
        "handler_return on client",
    }


def test_the_real_event_loop_performs_the_same_steps() -> None:
    program = serve(DESIGNS["close_channel"].handler, StreamPlan(events=2, failing_write=3))
    outcomes_seen = {str(asyncio.run(run_realtime(program, seed=seed)).outcome) for seed in range(5)}
    assert outcomes_seen == {"Returned(value=<session, arrived: start, worker1:1>)"}


# -- either order --------------------------------------------------------------------------------------------------


async def write_beside(what: Callable[[FakeClient], Step]) -> str:
    """What has become of a write, with `what` going on at the same time."""
    client, _ = connect()
    go(what(client))
    written = await client.write(PING)
    return f"{written}, arrived {client.arrived}, late {client.written_late}"


def test_a_client_leaves_before_or_after_a_write() -> None:
    assert outcomes(write_beside, lambda client: client.leave) == {
        "True, arrived [ping], late []",
        "True, arrived [], late []",
    }


def test_a_handler_returns_before_or_after_a_write_of_somebody_else() -> None:
    assert outcomes(write_beside, lambda client: client.handler_returned) == {
        "True, arrived [ping], late []",
        "False, arrived [], late [ping]",
    }


async def is_hasty(event: Event, ordered: bool) -> bool:
    client, executor = connect()
    if ordered:
        await executor.finish()
    else:
        go(executor.finish)
    await client.write(event)
    return client.hasty


@pytest.mark.parametrize(("event", "unordered"), [(DONE, {True, False}), (PING, {False})], ids=repr)
def test_a_status_is_hasty_if_the_executor_may_finish_later(event: Event, unordered: set[bool]) -> None:
    assert outcomes(is_hasty, event, False) == unordered
    assert outcomes(is_hasty, event, True) == {False}


async def dependent_pairs() -> frozenset[frozenset[str]]:
    """The pairs of operations on one session whose order matters; a status is a write of its own."""
    client, executor = connect()
    operations = {
        "write": (WRITE, client, PING),
        "status": (WRITE_STATUS, client, DONE),
        "disconnect": (DISCONNECT, client),
        "return": (HANDLER_RETURN, client),
        "finish": (FINISH, executor),
    }
    touched = {name: operation[0].footprint(operation, 0) for name, operation in operations.items()}
    return frozenset(
        frozenset((one, other))
        for one in operations
        for other in operations
        if same_state_dependent(touched[one], touched[other])
    )


def test_everything_on_the_connection_is_ordered_and_only_a_status_with_the_end_of_the_executor() -> None:
    on_client = ("write", "status", "disconnect", "return")
    expected = {frozenset((one, other)) for one in on_client for other in on_client}
    expected |= {frozenset(("status", "finish")), frozenset(("finish",))}
    assert outcomes(dependent_pairs) == {frozenset(expected)}


# -- data races ----------------------------------------------------------------------------------------------------


async def two_writers(lock: bool) -> None:
    (client, _), mutex = connect(), Mutex()

    async def writer() -> None:
        if lock:
            async with mutex:
                await client.write(PING)
        else:
            await client.write(PING)

    go(writer)
    go(writer)


def test_unordered_writes_are_a_data_race_in_every_schedule() -> None:
    with pytest.raises(Falsified) as falsified:
        prove(two_writers, False, oracles=[no_data_race])
    message = falsified.value.counterexample.message
    assert message.startswith("data race on client: nothing orders write on client by main/writer#")
    assert "test_connection.py:" in message
    racing = 0

    def counted(execution: Any) -> None:
        nonlocal racing
        racing += no_data_race(execution) is not None

    assert prove(two_writers, False, oracles=[counted]).executions == racing == 2


def test_writes_under_a_lock_are_no_data_race() -> None:
    assert prove(two_writers, True, oracles=[no_data_race]).executions > 1


async def a_write_beside(what: Callable[[FakeClient, FakeExecutor], Step]) -> None:
    client, executor = connect()
    go(what(client, executor))
    await client.write(DONE)


@pytest.mark.parametrize(
    "what",
    [
        lambda client, executor: client.leave,
        lambda client, executor: client.handler_returned,
        lambda client, executor: executor.finish,
    ],
    ids=["disconnect", "handler_return", "finish"],
)
def test_nothing_but_a_write_races_with_a_write(what: Callable[[FakeClient, FakeExecutor], Step]) -> None:
    assert prove(a_write_beside, what, oracles=[no_data_race]).executions > 1


@pytest.mark.parametrize("between", ["leave", "handler_returned", "finish"])
def test_what_happens_to_the_connection_synchronises_nothing(between: str) -> None:
    async def program() -> None:
        client, executor = connect()
        x = Shared(0, name="x")
        happens: Step = executor.finish if between == "finish" else getattr(client, between)
        go(in_turn, lambda: x.store(1), happens)
        await client.write(DONE)
        await happens()
        await x.load()

    with pytest.raises(Falsified, match="data race on x"):
        prove(program, oracles=[no_data_race])


@pytest.mark.parametrize(("writers", "shared"), [(1, 0), (2, 1), (3, 1)])
def test_there_is_a_race_to_look_for_from_the_second_writer_on(writers: int, shared: int) -> None:
    async def program() -> None:
        client, _ = connect()
        for _ in range(writers):
            go(in_turn, lambda: client.write(PING), lambda: client.write(PING))

    assert run(program).shared == shared


async def pinging(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
    """A handler that pings from a goroutine of its own."""
    stream, error = Channel(capacity), Channel(1)

    async def crew() -> None:
        await error.send(await execute(ctx, stream))
        await stream.close()

    async def pinger() -> None:
        while (await select(Recv(ctx.done()), default=True))[0] < 0:
            await sleep(client.keep_alive)
            await client.write(PING)

    go(crew)
    go(pinger)
    async for event in stream:
        await client.write(event)
    await error.recv()
    await client.write(DONE)


def test_a_handler_that_pings_from_a_goroutine_of_its_own_races_with_itself() -> None:
    with pytest.raises(Falsified, match="data race on client: nothing orders write on client by main"):
        prove(serve(pinging, StreamPlan(events=1, delay=30)), oracles=[no_data_race], max_steps=60)
