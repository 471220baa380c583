"""Which operations a report points at: the two accesses, the close and the send, the blocked one and who left it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from harness import Channel, Falsified, Mutex, Shared, WaitGroup, go, prove, sleep
from harness.detect.decisive import decisive


def pointed_at(program: Callable[[], Awaitable[Any]], name: str) -> list[tuple[str, str]]:
    """(goroutine, operation) of each."""
    with pytest.raises(Falsified) as caught:
        prove(program)
    found = caught.value.counterexample
    assert found.oracle == name
    places = decisive(found.execution, name)
    assert all("test_decisive.py:" in place.location for place in places)
    return [(place.goroutine, place.operation) for place in places]


async def racing() -> None:
    value = Shared(0, name="x")

    async def writer() -> None:
        await value.store(1)

    go(writer)
    await value.load()


async def closed_under_the_sender() -> None:
    channel, lock = Channel(2, name="c"), Mutex(name="m")

    async def sender() -> None:
        async with lock:
            await channel.send(1)

    go(sender)
    await lock.lock()
    await channel.close()
    await lock.unlock()
    await channel.recv()


async def below_zero() -> None:
    await WaitGroup(name="wg").done()


async def leaking() -> None:
    channel = Channel(name="c")

    async def sender() -> None:
        await channel.send(1)
        await channel.send(2)

    go(sender)
    await channel.recv()


async def alone() -> None:
    await Channel(name="c").recv()


def test_a_data_race_is_its_two_accesses() -> None:
    assert sorted(operation for _, operation in pointed_at(racing, "no_data_race")) == ["load on x", "store on x"]


def test_a_panic_on_a_closed_channel_is_the_send_and_the_close() -> None:
    with pytest.raises(Falsified) as caught:
        prove(closed_under_the_sender)
    found = decisive(caught.value.counterexample.execution, "no_panic")
    assert [(place.goroutine, place.operation) for place in found] == [
        ("main/sender#1", "send on c"),
        ("main", "close on c"),
    ]


def test_another_panic_is_where_it_happens() -> None:
    assert pointed_at(below_zero, "no_panic") == [("main", "panic")]


def test_a_leak_is_the_blocked_goroutine_and_who_was_last_at_what_it_waits_for() -> None:
    found = pointed_at(leaking, "no_goroutine_leak")
    assert found[0] == ("main/sender#1", "send on c")


async def embraced() -> None:
    one, other = Mutex(name="one"), Mutex(name="other")

    async def backwards() -> None:
        async with other, one:
            pass

    go(backwards)
    async with one, other:
        pass


async def forgetful() -> None:
    lock = Mutex(name="m")

    async def keeps() -> None:
        await lock.lock()

    go(keeps)
    await sleep(1)
    await lock.lock()


def test_a_deadlock_is_two_who_wait_for_each_other() -> None:
    found = [("main", "lock on other"), ("main/backwards#1", "lock on one")]
    assert pointed_at(embraced, "no_deadlock") == found


def test_a_deadlock_whose_culprit_has_gone_is_where_it_went_wrong() -> None:
    assert pointed_at(forgetful, "no_deadlock") == [("main", "lock on m"), ("main/keeps#1", "lock on m")]


def test_a_deadlock_of_one_is_its_place() -> None:
    assert pointed_at(alone, "no_deadlock") == [("main", "receive on c")]


async def overtaken() -> int:
    value = Shared(0, name="x")
    lock = Mutex(name="m")

    async def increment() -> None:
        await lock.lock()
        read = await value.load()
        await lock.unlock()
        await lock.lock()
        await value.store(read + 1)
        await lock.unlock()
        await group.done()

    group = WaitGroup(name="wg")
    await group.add(2)
    go(increment)
    go(increment)
    await group.wait()
    return await value.load()


def two(execution: Any) -> str | None:
    return None if getattr(execution.outcome, "value", 2) == 2 else "an update was lost"


def test_anything_else_is_the_last_two_operations_that_conflict() -> None:
    with pytest.raises(Falsified) as caught:
        prove(overtaken, oracles=[two])
    first, second = decisive(caught.value.counterexample.execution, "two")
    assert (first.goroutine, first.operation) == ("main", "load on x")
    assert second.operation == "store on x" and second.goroutine.startswith("main/increment#")
