"""Twins: what the event loop shows is what exploration calls possible."""

from typing import Any

import pytest

from harness import NIL, Channel, Mutex, Panicked, Recv, Shared, WaitGroup, background, go, run, select
from harness.model.operation import Transition
from harness.realtime import run_realtime
from harness.realtime.goroutine import Goroutine
from harness.realtime.world import RealWorld
from harness.stream import FAULT_CLASSES, Design, FaultClass, StreamPlan
from scenarios.stream import DESIGNS
from tests.integration.realtime_twins import TIMED, TWINS, UNTIMED, Twin, play, possible, stream_twin


async def shown(twin: Twin, seeds: int) -> set[Any]:
    return {await play(twin, seed) for seed in range(seeds)}


def test_every_twin_has_a_choice() -> None:
    assert [str(twin) for twin in TWINS if len(possible(twin)) < 2] == []


@pytest.mark.asyncio
@pytest.mark.parametrize("twin", UNTIMED, ids=str)
async def test_the_event_loop_shows_exactly_what_is_possible(twin: Twin) -> None:
    assert await shown(twin, seeds=300) == possible(twin)


@pytest.mark.asyncio
@pytest.mark.parametrize("twin", TIMED, ids=str)
async def test_real_time_shows_only_what_is_possible(twin: Twin) -> None:
    for time_scale in (0.001, 0.00001):
        assert {await play(twin, seed, time_scale) for seed in range(20)} <= possible(twin)


@pytest.mark.asyncio
@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
async def test_the_event_loop_shows_all_that_a_late_sender_can_do(design: Design) -> None:
    """But that of two panics the second is reported first: the event loop reports a panic at once."""
    twin = stream_twin(design, StreamPlan(events=1, capacity=1, children=1, late=1))
    second = {Panicked("main/run_crew#1/child#1", "send on closed channel")} if design.name == "atomic_error" else set()
    assert await shown(twin, seeds=300) | second == possible(twin)


def without_time(fault: FaultClass) -> list[StreamPlan]:
    return [plan for plan in fault.plans if not plan.delay and not plan.slow]


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", list(filter(without_time, FAULT_CLASSES)), ids=lambda fault: fault.name)
@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
async def test_a_design_ends_in_no_way_that_is_impossible(design: Design, fault: FaultClass) -> None:
    for plan in without_time(fault):
        twin = stream_twin(design, plan)
        assert await shown(twin, seeds=10) <= possible(twin)


async def counter_under_a_lock() -> int:
    counter, mutex, group = Shared(0), Mutex(), WaitGroup()

    async def increment() -> None:
        async with mutex:
            await counter.store(await counter.load() + 1)
        await group.done()

    await group.add(2)
    go(increment)
    go(increment)
    await group.wait()
    value: int = await counter.load()
    return value


def never_wait(world: RealWorld, goroutine: Goroutine) -> list[Transition]:
    return [(goroutine, 0)]


async def waiting_everywhere() -> None:
    """Goroutines that are left behind at operations of every sort."""
    channel, mutex, group = Channel(name="channel"), Mutex(name="mutex"), WaitGroup(name="group")

    async def selecting() -> None:
        await select(Recv(channel), Recv(background().done()))

    async def nowhere() -> None:
        await select()

    await mutex.lock()
    await group.add(1)
    for function in (channel.recv, mutex.lock, group.wait, NIL.recv):
        go(calling, function)
    go(selecting)
    go(nowhere)


async def calling(function: Any) -> None:
    await function()


@pytest.mark.asyncio
async def test_both_say_in_the_same_words_who_is_left_behind() -> None:
    real = await run_realtime(waiting_everywhere)
    assert real.waiting == run(waiting_everywhere).waiting
    assert len(real.leaked) == 6


@pytest.mark.asyncio
async def test_a_runtime_that_ignores_locks_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = Twin(counter_under_a_lock)
    assert await shown(twin, seeds=100) == possible(twin)
    monkeypatch.setattr(RealWorld, "ways", never_wait)
    assert not await shown(twin, seeds=100) <= possible(twin)
