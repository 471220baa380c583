"""What a handler promises is judged like the properties: caught where it is broken, proved where it is kept."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from harness import (
    Atomic,
    Channel,
    Context,
    Execution,
    Falsified,
    Proof,
    Recv,
    Returned,
    after,
    go,
    prove,
    replay,
    select,
    with_cancel,
    with_timeout,
)
from harness.errors import BadInput
from harness.model.execution import ADVERSARIAL, Settings
from harness.runtime.execute import Subject
from harness.search.campaign import Oracle, executions
from harness.search.exhaustive import Exhaustive
from harness.stream import (
    FAULT_CLASSES,
    LIFETIME,
    PROPERTIES,
    Design,
    Event,
    FakeClient,
    FakeExecutor,
    Session,
    StreamPlan,
    improvise,
    judged,
    kept_alive,
    no_lost_cancel,
    no_work_after_return,
    promises,
    serve,
    verify_cell,
)
from harness.stream.serve import Handler
from scenarios.stream.supervised import supervised
from scenarios.stream.wait_group import wait_group
from tests.scenarios.judging import DESIGNS

DONE = Event("done")
QUIET = StreamPlan(events=1, capacity=1)
LEAVING = StreamPlan(events=1, capacity=1, disconnect=True)
FAULTS = {fault.name: fault for fault in FAULT_CLASSES}


def verdict(handler: Handler, plan: StreamPlan, oracle: Oracle) -> Proof | str:
    """The proof, or what is said of the smallest counterexample, which replays."""
    program = serve(handler, plan)
    try:
        return prove(program, oracles=[oracle])
    except Falsified as falsified:
        found = falsified.counterexample
    with pytest.raises(Falsified) as again:
        replay(program, token=found.token, oracles=[oracle])
    assert again.value.counterexample.message == found.message
    return found.message


def keeps(handler: Handler, plan: StreamPlan, oracle: Oracle) -> bool:
    return isinstance(verdict(handler, plan, oracle), Proof)


# -- no_work_after_return ------------------------------------------------------------------------------------------


def ending_with(wait: Callable[[Channel, Atomic], Awaitable[Any]]) -> Handler:
    """A handler that starts the executor, forwards nothing, and returns when it has waited in some way."""

    async def handler(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
        ended, flag = Channel(name="ended"), Atomic(0, name="flag")

        async def run() -> None:
            await execute(ctx, Channel(100, name="stream"))
            await flag.store(1)
            await ended.close()

        go(run)
        await wait(ended, flag)

    return handler


async def not_at_all(ended: Channel, flag: Atomic) -> None:
    """Returns at once."""


async def for_a_while(ended: Channel, flag: Atomic) -> None:
    await select(Recv(after(60)))


async def a_glance(ended: Channel, flag: Atomic) -> None:
    await flag.load()


async def for_the_flag(ended: Channel, flag: Atomic) -> None:
    while not await flag.load():
        pass


async def to_the_end(ended: Channel, flag: Atomic) -> None:
    await ended.recv()


WAITS = {not_at_all: False, for_a_while: False, a_glance: False, for_the_flag: False, to_the_end: True}
"""Whether the executor's goroutine has done its last step, the close, when the handler returns."""


@pytest.mark.parametrize("wait", WAITS, ids=lambda wait: wait.__name__)
def test_only_who_waits_for_the_end_leaves_nobody_at_work(wait: Callable[..., Any]) -> None:
    assert keeps(ending_with(wait), QUIET, no_work_after_return) == WAITS[wait]


def test_the_sentence_names_the_last_step_that_nothing_orders() -> None:
    told = verdict(ending_with(for_the_flag), StreamPlan(events=0), no_work_after_return)
    assert isinstance(told, str)
    assert told.startswith(
        "main/run#1 may still be at work when the handler has returned: nothing orders its step 'close ended' at "
    )


async def returns_early(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
    stream = Channel(capacity, name="stream")

    async def run() -> None:
        await execute(ctx, stream)
        await stream.close()

    go(run)
    while (got := await select(Recv(stream), Recv(ctx.done())))[2]:
        await client.write(got[1])


@pytest.mark.parametrize("handler", [returns_early, *map(ending_with, WAITS)])
@pytest.mark.parametrize("plan", [StreamPlan(events=0, capacity=1), LEAVING], ids=str)
def test_one_execution_of_each_class_tells_what_all_executions_tell(handler: Handler, plan: StreamPlan) -> None:
    """The slow twin looks at every schedule, and at nothing but whether anybody moves after the return. Goroutines may
    be slow there: nothing is ordered by a wait of a minute."""
    every = executions(Subject(serve(handler, plan), (), Settings(ADVERSARIAL, 400, 1)), Exhaustive())
    assert keeps(handler, plan, no_work_after_return) != any(map(moved_after_return, every))


def moved_after_return(execution: Execution) -> bool:
    """In this very order, did anybody but net/http and the client?"""
    kinds = [action.kind for action in execution.skeleton]
    rest = execution.skeleton[kinds.index("handler_return") + 1 :]
    movers = {who.goroutine for action in rest for who in action.participants}
    return any(not name.endswith(("main", "disconnect#1", "connection_lost#1")) for name in movers)


def test_the_client_and_the_server_are_not_the_handlers() -> None:
    async def returns_at_once(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
        await client.write(DONE)

    for plan in (LEAVING, StreamPlan(events=1, failing_write=1)):
        assert keeps(returns_at_once, plan, no_work_after_return)
        assert prove(improvise(returns_at_once, plan), oracles=[no_work_after_return])


# -- no_lost_cancel ------------------------------------------------------------------------------------------------


def cancelling(*, derived: bool = True, when: str = "always") -> Handler:
    """A handler that gives its executor a context of its own, and cancels it when it says."""

    async def handler(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
        own, cancel = with_cancel(ctx, name="own")
        stream = Channel(capacity, name="stream")

        async def run() -> None:
            await execute(own if derived else ctx, stream)
            if when == "by the executor":
                await cancel()
            await stream.close()
            if when == "too late":
                await cancel()

        go(run)
        async for event in stream:
            await client.write(event)
        if when == "always" or (when == "while connected" and await own.err() is None):
            await cancel()

    return handler


@pytest.mark.parametrize(
    ("when", "kept"),
    [("always", True), ("by the executor", True), ("too late", False), ("never", False)],
)
def test_a_context_is_cancelled_before_the_handler_returns(when: str, kept: bool) -> None:
    assert keeps(cancelling(when=when), QUIET, no_lost_cancel) == kept


def test_who_hands_the_requests_context_on_has_nothing_to_cancel() -> None:
    assert keeps(cancelling(derived=False, when="never"), QUIET, no_lost_cancel)


def test_a_cancel_that_is_left_out_where_the_request_has_been_cancelled_is_no_loss() -> None:
    assert keeps(cancelling(when="while connected"), LEAVING, no_lost_cancel)
    assert not keeps(cancelling(when="never"), LEAVING, no_lost_cancel)


def test_the_sentence_names_the_context() -> None:
    told = verdict(cancelling(when="never"), QUIET, no_lost_cancel)
    assert isinstance(told, str)
    assert told.startswith("the context own may still be live when the handler has returned; arrived: ")


def test_a_context_that_was_born_cancelled_holds_nothing() -> None:
    async def handler(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
        expired, _ = with_timeout(ctx, 0.0)
        await execute(expired, Channel(100))

    assert keeps(handler, QUIET, no_lost_cancel)


# -- kept_alive ----------------------------------------------------------------------------------------------------


def pinging(every: float | None) -> Handler:
    """A handler that forwards, and pings when nothing has come for so long."""

    async def handler(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
        stream = Channel(capacity, name="stream")

        async def run() -> None:
            await execute(ctx, stream)
            await stream.close()

        go(run)
        while True:
            patience = [Recv(after(every))] if every is not None else []
            case, event, ok = await select(Recv(stream), *patience)
            if case == 0 and not ok:
                break
            await client.write(event if case == 0 else Event("ping"))
        await client.write(DONE)

    return handler


@pytest.mark.parametrize(
    ("every", "delay", "kept"),
    [(30.0, 100.0, True), (31.0, 100.0, False), (None, 30.0, True), (None, 31.0, False), (1.0, 3.0, True)],
)
def test_pings_are_due(every: float | None, delay: float, kept: bool) -> None:
    assert keeps(pinging(every), StreamPlan(events=1, delay=delay), kept_alive) == kept


def test_the_time_a_write_takes_is_not_counted() -> None:
    plan = StreamPlan(events=1, delay=100.0, slow=7.0)
    assert keeps(pinging(30.0), plan, kept_alive)
    assert not keeps(pinging(31.0), plan, kept_alive)


def test_who_has_gone_is_owed_no_ping() -> None:
    async def handler(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
        await ctx.done().recv()
        await execute(ctx, Channel(100))

    assert keeps(handler, StreamPlan(events=1, delay=100.0, watches_context=False, disconnect=True), kept_alive)


def test_the_sentence_tells_from_when_to_when() -> None:
    told = verdict(pinging(None), StreamPlan(events=1, delay=40.0), kept_alive)
    assert isinstance(told, str)
    assert told.startswith("from second 0 to second 40 nothing was sent to the client, although a ping is due after 30")


# -- where promises are made, and where they are judged --------------------------------------------------------------


def never_seven(execution: Execution) -> str | None:
    """Nothing is the seventh."""
    outcome = execution.outcome
    if isinstance(outcome, Returned) and isinstance(outcome.value, Session):
        return "the seventh arrived" if any(event.number == 7 for event in outcome.value.client.arrived) else None
    return None


@promises(never_seven)
async def promising(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
    await pinging(30.0)(ctx, client, execute, capacity=capacity)


def verdicts(design: Design, fault: str, properties: Mapping[str, Oracle] | None = None) -> dict[str, str]:
    return {each.property: each.verdict for each in verify_cell(design, FAULTS[fault], properties).verdicts}


def test_a_promise_of_ones_own_is_a_row_of_the_matrix() -> None:
    design = Design("promising", promising, "forwards", violates={"none": frozenset({"never_seven"})})
    found = verdicts(design, "none")
    assert list(found) == [*PROPERTIES, "never_seven"] and found["never_seven"] == "violated"
    assert verdicts(design, "nil_event")["never_seven"] == "holds"
    assert list(verdicts(design, "nil_event", PROPERTIES)) == list(PROPERTIES)


def test_what_the_designs_promise() -> None:
    promised = {name: set(judged(design.handler)) - set(PROPERTIES) for name, design in DESIGNS.items()}
    assert promised.pop("supervised") == set(LIFETIME)
    assert set(map(tuple, promised.values())) == {("kept_alive",)}


def test_the_seeds_first_solution_sends_no_pings_while_it_waits() -> None:
    plan = StreamPlan(events=1, delay=40.0)
    assert not keeps(wait_group, plan, kept_alive)
    assert keeps(supervised, plan, kept_alive)


@pytest.mark.parametrize(
    ("oracles", "why"),
    [
        ([PROPERTIES["terminates"]], "names of their own, other than those of the properties; found terminates"),
        ([kept_alive, kept_alive], "names of their own"),
        ([7], "functions from an Execution to None or a sentence; found"),
    ],
)
def test_what_cannot_be_promised(oracles: list[Any], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        promises(*oracles)
