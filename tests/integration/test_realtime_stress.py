"""Real scheduling, many times over: `pytest -m stress --count N -n auto`. Each repetition has a seed of its own."""

from dataclasses import replace
from random import Random

import pytest

from harness import Channel, Mutex, Recv, RWMutex, Send, Shared, WaitGroup, background, go, select, with_cancel
from harness.realtime import run_realtime
from harness.stream import FAULT_CLASSES, PROPERTIES, Design, FaultClass, StreamPlan, serve
from harness.verify import outcome_value
from scenarios.stream import DESIGNS
from tests.integration.realtime_twins import TWINS, Twin, play, possible, stream_twin

pytestmark = pytest.mark.stress

BY_NAME = {design.name: design for design in DESIGNS}
CLOSE_CHANNEL, SUPERVISED = BY_NAME["close_channel"], BY_NAME["supervised"]


@pytest.fixture
def seed(repetition: int) -> int:
    """The number of the repetition."""
    return repetition


@pytest.mark.asyncio
@pytest.mark.parametrize("twin", TWINS, ids=str)
async def test_nothing_happens_that_exploration_calls_impossible(twin: Twin, seed: int) -> None:
    for time_scale in (0.001, 0.00001):
        assert await play(twin, seed, time_scale) in possible(twin)


# -- streams -------------------------------------------------------------------------------------------------


async def objections(design: Design, plan: StreamPlan, seed: int) -> list[str]:
    """What the oracles that need no trace object to when `design` serves one request on the event loop."""
    real = await run_realtime(serve(design.handler, plan), seed=seed, time_scale=0.0001, timeout=60)
    verdicts = [oracle(real) for name, oracle in PROPERTIES.items() if name != "no_data_race"]
    return [f"{plan}: {verdict}" for verdict in verdicts if verdict is not None]


def any_plan(seed: int) -> StreamPlan:
    """A plan within the contract of the supervised design, larger than those that are explored completely."""
    draw = Random(seed)
    workers, children = draw.randint(1, 4), draw.randint(0, 2)
    return StreamPlan(
        events=draw.randint(0, 8),
        workers=workers,
        capacity=draw.choice((0, 1, 2, 5, 100)),
        children=children,
        late=draw.randint(0, workers * children),
        nils=draw.randint(0, 2),
        delay=draw.choice((0.0, 0.0, 1.0, 40.0)),
        ending=draw.choice(("success", "success", "error", "panic")),
        watches_context=draw.random() < 0.5,
        disconnect=draw.random() < 0.3,
        slow=draw.choice((0.0, 0.0, 1.0)),
        failing_write=draw.choice((0, 0, 0, 1, 2, 5)),
        flusher=draw.random() < 0.9,
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", FAULT_CLASSES, ids=lambda fault: fault.name)
async def test_supervised_holds_under_every_fault_class(fault: FaultClass, seed: int) -> None:
    for plan in fault.plans:
        assert await objections(SUPERVISED, plan, seed) == []


@pytest.mark.asyncio
async def test_supervised_holds_under_plans_too_large_to_explore(seed: int) -> None:
    assert await objections(SUPERVISED, any_plan(seed), seed) == []


@pytest.mark.asyncio
async def test_close_channel_holds_without_late_senders(seed: int) -> None:
    plan = replace(any_plan(seed), late=0, ending=Random(seed).choice(("success", "error")), watches_context=True)
    assert await objections(CLOSE_CHANNEL, plan, seed) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
async def test_a_design_ends_in_no_way_that_exploration_calls_impossible(design: Design, seed: int) -> None:
    for plan in (plan for fault in FAULT_CLASSES for plan in fault.plans if not plan.delay and not plan.slow):
        twin = stream_twin(design, plan)
        assert await play(twin, seed) in possible(twin), plan


# -- larger programs -----------------------------------------------------------------------------------------


async def pipeline(workers: int, events: int, capacity: int) -> tuple[int, bool]:
    """Producers, forwarders and one consumer: how many arrived, and was each producer's order kept."""
    raw, cooked = Channel(capacity), Channel(capacity)
    producing, forwarding = WaitGroup(), WaitGroup()

    async def produce(worker: int) -> None:
        for number in range(events):
            await raw.send((worker, number))
        await producing.done()

    async def forward() -> None:
        async for event in raw:
            await cooked.send(event)
        await forwarding.done()

    async def close_after(group: WaitGroup, channel: Channel) -> None:
        await group.wait()
        await channel.close()

    await producing.add(workers)
    await forwarding.add(1)
    for worker in range(workers):
        go(produce, worker)
    go(forward)
    go(close_after, producing, raw)
    go(close_after, forwarding, cooked)
    arrived = [event async for event in cooked]
    by_worker = [[number for worker, number in arrived if worker == wanted] for wanted in range(workers)]
    return len(arrived), all(numbers == list(range(events)) for numbers in by_worker)


@pytest.mark.asyncio
@pytest.mark.parametrize("capacity", [0, 1, 3])
async def test_a_pipeline_loses_nothing_and_keeps_each_order(capacity: int, seed: int) -> None:
    real = await run_realtime(pipeline, 4, 25, capacity, seed=seed, timeout=60)
    assert (outcome_value(real.outcome), real.leaked) == ((100, True), ())


async def bank(accounts: int, transfers: int) -> int:
    """Transfers between accounts, each under its own lock, while a reader adds everything up."""
    balances = [Shared(10) for _ in range(accounts)]
    locks = [Mutex() for _ in range(accounts)]
    everything, group = RWMutex(), WaitGroup()

    async def transfer(source: int, target: int) -> None:
        first, second = sorted((source, target))
        await everything.rlock()
        async with locks[first], locks[second]:
            await balances[source].store(await balances[source].load() - 1)
            await balances[target].store(await balances[target].load() + 1)
        await everything.runlock()
        await group.done()

    await group.add(transfers)
    for number in range(transfers):
        go(transfer, number % accounts, (number * 3 + 1) % accounts)
    async with everything:
        total = sum([await balance.load() for balance in balances])
    await group.wait()
    return total


@pytest.mark.asyncio
async def test_a_writer_sees_no_transfer_half_done(seed: int) -> None:
    real = await run_realtime(bank, 4, 20, seed=seed, timeout=60)
    assert (outcome_value(real.outcome), real.leaked) == (40, ())


async def supervised_workers(workers: int) -> int:
    """The client leaves at some point; everybody watches the context, so nobody stays behind."""
    context, cancel = with_cancel(background())
    events, group = Channel(1), WaitGroup()

    async def work() -> None:
        while (await select(Send(events, None), Recv(context.done())))[0] == 0:
            pass
        await group.done()

    await group.add(workers)
    for _ in range(workers):
        go(work)
    received = 0
    while received < 2 * workers:
        await events.recv()
        received += 1
    await cancel()
    await group.wait()
    return received


@pytest.mark.asyncio
async def test_who_watches_the_context_is_never_left_behind(seed: int) -> None:
    real = await run_realtime(supervised_workers, 8, seed=seed, timeout=60)
    assert (outcome_value(real.outcome), real.leaked) == (16, ())
