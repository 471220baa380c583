"""Every clause of the Go memory model, with the edge and without it, over all schedules of small programs."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from harness import (
    Atomic,
    Channel,
    Cond,
    Mutex,
    Once,
    Recv,
    RWMutex,
    Send,
    Shared,
    Timer,
    WaitGroup,
    background,
    go,
    gosched,
    select,
    sleep,
    with_cancel,
    with_timeout,
)
from harness.detect.races import races
from tests.unit.racing import Program, Step, every, in_order, in_turn, races_of_some, racing

Edge = Callable[[], Awaitable[tuple[list[Step], list[Step]]]]


async def buffered_send() -> tuple[list[Step], list[Step]]:
    channel = Channel(1)
    return [lambda: channel.send(1)], [channel.recv]


async def rendezvous_send() -> tuple[list[Step], list[Step]]:
    channel = Channel()
    return [lambda: channel.send(1)], [channel.recv]


async def rendezvous_receive() -> tuple[list[Step], list[Step]]:
    channel = Channel()
    return [channel.recv], [lambda: channel.send(1)]


async def selected_send() -> tuple[list[Step], list[Step]]:
    channel, never = Channel(1), Channel()
    return [lambda: select(Recv(never), Send(channel, 1))], [lambda: select(Recv(never), Recv(channel))]


async def selected_rendezvous() -> tuple[list[Step], list[Step]]:
    channel, never = Channel(), Channel()
    return [lambda: select(Recv(never), Recv(channel))], [lambda: select(Send(channel, 1), Recv(never))]


async def receive_that_makes_room() -> tuple[list[Step], list[Step]]:
    channel = Channel(2)
    await channel.send(1)
    await channel.send(2)
    return [channel.recv], [lambda: channel.send(3)]


async def second_of_two_sends() -> tuple[list[Step], list[Step]]:
    channel = Channel(2)
    return [lambda: channel.send(1), lambda: channel.send(2)], [channel.recv, channel.recv]


async def closing() -> tuple[list[Step], list[Step]]:
    done = Channel()
    return [done.close], [done.recv]


async def closing_with_a_value_left() -> tuple[list[Step], list[Step]]:
    events = Channel(1)
    await events.send(1)
    return [events.close], [events.recv, events.recv]


async def mutex_of_another() -> tuple[list[Step], list[Step]]:
    """The memory model's example: f unlocks what main has locked, and main locks it again."""
    mutex = Mutex()
    await mutex.lock()
    return [mutex.unlock], [mutex.lock]


async def unlock_for_a_writer() -> tuple[list[Step], list[Step]]:
    lock = RWMutex()
    await lock.lock()
    return [lock.unlock], [lock.lock]


async def unlock_for_a_reader() -> tuple[list[Step], list[Step]]:
    lock = RWMutex()
    await lock.lock()
    return [lock.unlock], [lock.rlock]


async def read_unlock_for_a_writer() -> tuple[list[Step], list[Step]]:
    lock = RWMutex()
    await lock.rlock()
    return [lock.runlock], [lock.lock]


async def wait_group() -> tuple[list[Step], list[Step]]:
    group = WaitGroup()
    await group.add(1)
    return [group.done], [group.wait]


async def signal() -> tuple[list[Step], list[Step]]:
    mutex = Mutex()
    cond = Cond(mutex)
    return [cond.signal], [mutex.lock, cond.wait, mutex.unlock]


async def broadcast() -> tuple[list[Step], list[Step]]:
    mutex = Mutex()
    cond = Cond(mutex)
    return [cond.broadcast], [mutex.lock, cond.wait, mutex.unlock]


async def cancelling() -> tuple[list[Step], list[Step]]:
    context, cancel = with_cancel(background())
    return [cancel], [context.done().recv]


async def resetting_a_timer() -> tuple[list[Step], list[Step]]:
    timer = Timer(100)
    return [lambda: timer.reset(1)], [timer.c.recv]


EDGES: list[Edge] = [
    buffered_send,
    rendezvous_send,
    rendezvous_receive,
    selected_send,
    selected_rendezvous,
    receive_that_makes_room,
    second_of_two_sends,
    closing,
    closing_with_a_value_left,
    mutex_of_another,
    unlock_for_a_writer,
    unlock_for_a_reader,
    read_unlock_for_a_writer,
    wait_group,
    signal,
    broadcast,
    cancelling,
    resetting_a_timer,
]


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.__name__)
@pytest.mark.parametrize(("store_first", "expected"), [(True, set()), (False, {"x"})])
def test_a_store_is_ordered_before_the_edge_and_races_after_it(
    edge: Edge, store_first: bool, expected: set[str]
) -> None:
    """One goroutine stores x and releases, or the other way round; main acquires, and then loads x."""

    async def main() -> None:
        x = Shared(0, name="x")
        release, acquire = await edge()
        store: list[Step] = [lambda: x.store(1)]
        go(in_turn, *(store + release if store_first else release + store))
        await in_turn(*acquire, x.load)

    assert racing(main) == expected


def test_waiting_for_a_condition_unlocks_the_mutex() -> None:
    async def main() -> None:
        x, mutex = Shared(0, name="x"), Mutex()
        await mutex.lock()
        go(in_turn, lambda: x.store(1), Cond(mutex).wait)
        await in_turn(mutex.lock, x.load)

    assert racing(main) == set()


# -- goroutines ------------------------------------------------------------------------------------------------


def test_a_go_statement_orders_what_came_before_it() -> None:
    async def main() -> None:
        x = Shared(0, name="x")
        await x.store(1)
        go(x.load)
        await gosched()

    assert racing(main) == set()


def test_a_go_statement_does_not_order_what_comes_after_it() -> None:
    async def main() -> None:
        x = Shared(0, name="x")
        go(x.load)
        await x.store(1)

    assert racing(main) == {"x"}


def test_starting_reaches_through_a_goroutine_that_has_no_operation() -> None:
    async def main() -> None:
        x = Shared(0, name="x")

        async def middle() -> None:
            go(x.load)

        await x.store(1)
        go(middle)

    assert racing(main) == set()


@pytest.mark.parametrize("sender_starts_it", [True, False])
def test_whoever_is_started_after_a_rendezvous_comes_after_both_sides(sender_starts_it: bool) -> None:
    async def main() -> None:
        x, y = Shared(0, name="x"), Shared(0, name="y")
        channel = Channel()

        async def reader() -> None:
            await x.load()
            await y.load()

        async def other() -> None:
            await x.store(1)
            await channel.send(1)
            if sender_starts_it:
                go(reader)

        go(other)
        await y.store(1)
        await channel.recv()
        if not sender_starts_it:
            go(reader)

    assert racing(main) == set()


def test_the_end_of_a_goroutine_orders_nothing_and_time_orders_nothing() -> None:
    async def main() -> None:
        x = Shared(0, name="x")
        go(x.store, 1)
        await sleep(1)
        await x.load()

    assert [execution for execution in every(main) if not races(execution.trace)] == []


# -- channels --------------------------------------------------------------------------------------------------


def test_with_a_larger_buffer_a_receive_does_not_order_the_send() -> None:
    """The memory model: "If the channel were buffered ... the program would not be guaranteed to print"."""

    async def main() -> None:
        x, channel = Shared(0, name="x"), Channel(1)
        go(in_turn, lambda: x.store(1), channel.recv)
        await channel.send(0)
        await x.load()

    assert racing(main) == {"x"}


def test_what_a_send_waited_for_is_not_passed_on_to_its_receiver() -> None:
    """The k-th receive comes before the completion of the (k + capacity)-th send; its receiver has the start only."""

    async def main() -> None:
        x, channel = Shared(0, name="x"), Channel(1, name="channel")

        async def first() -> None:
            await x.store(1)
            await channel.recv()

        async def second() -> None:
            await channel.recv()
            await x.load()

        go(first)
        go(second)
        await channel.send(1)
        await channel.send(2)

    order = in_order(
        "main/first#1 store on x",
        "main/first#1 receive on channel",
        "main send on channel",
        "main/second#1 receive on channel",
        "main/second#1 load on x",
    )
    assert races_of_some(main, order) == [{"x"}] * 2  # the first send may come before or after the store


def test_closing_does_not_order_the_receive_of_a_real_value() -> None:
    async def main() -> None:
        x, events = Shared(0, name="x"), Channel(1, name="events")
        await events.send(1)
        go(in_turn, lambda: x.store(1), events.close)
        await events.recv()
        await x.load()

    order = in_order("main/in_turn#1 close on events", "main receive on events")
    assert races_of_some(main, order) == [{"x"}]


def test_the_done_channel_pattern_has_no_data_race() -> None:
    async def main() -> Any:
        failure, done = Shared(None, name="failure"), Channel(name="done")

        async def executor() -> None:
            await failure.store("it broke")
            await done.close()

        go(executor)
        await done.recv()
        return await failure.load()

    assert racing(main) == set()


def test_looking_at_the_length_orders_nothing() -> None:
    async def main() -> None:
        x, channel = Shared(0, name="x"), Channel(1)
        go(in_turn, lambda: x.store(1), lambda: channel.send(1))
        if await channel.length():
            await x.load()

    assert racing(main) == {"x"}


def test_the_default_of_a_select_orders_nothing() -> None:
    async def main() -> None:
        x, channel = Shared(0, name="x"), Channel(1)
        await channel.send(1)
        go(in_turn, lambda: x.store(1), channel.recv)
        index, _, _ = await select(Recv(channel), default=True)
        if index < 0:
            await x.load()

    assert racing(main) == {"x"}


# -- locks -----------------------------------------------------------------------------------------------------


def counting(one: Mutex, other: Mutex, x: Shared) -> tuple[Step, Step]:
    async def increment(mutex: Mutex) -> None:
        async with mutex:
            await x.store(await x.load() + 1)

    return lambda: increment(one), lambda: increment(other)


@pytest.mark.parametrize(("same", "expected"), [(True, set()), (False, {"x"})])
def test_one_mutex_orders_and_two_do_not(same: bool, expected: set[str]) -> None:
    async def main() -> None:
        one, x = Mutex(), Shared(0, name="x")
        first, second = counting(one, one if same else Mutex(), x)
        go(in_turn, first)
        await second()

    assert racing(main) == expected


@pytest.mark.parametrize(("wanted", "expected"), [(True, set()), (False, {"x"})])
@pytest.mark.parametrize("kind", ["mutex", "writer", "reader"])
def test_a_lock_that_was_tried_orders_only_if_it_was_taken(kind: str, wanted: bool, expected: set[str]) -> None:
    async def main() -> None:
        x, lock = Shared(0, name="x"), Mutex() if kind == "mutex" else RWMutex()
        lock_it = lock.try_rlock if kind == "reader" and isinstance(lock, RWMutex) else lock.try_lock
        await lock.lock()
        go(in_turn, lambda: x.store(1), lock.unlock)
        if await lock_it() is wanted:
            await x.load()

    assert racing(main) == expected


def test_readers_do_not_order_one_another() -> None:
    async def main() -> None:
        x, lock = Shared(0, name="x"), RWMutex()
        go(in_turn, lock.rlock, lambda: x.store(1), lock.runlock)
        await in_turn(lock.rlock, x.load, lock.runlock)

    assert racing(main) == {"x"}


def test_a_writer_comes_after_every_reader() -> None:
    async def main() -> None:
        x, lock = Shared(0, name="x"), RWMutex()
        go(in_turn, lock.rlock, x.load, lock.runlock)
        await in_turn(lock.lock, lambda: x.store(1), lock.unlock)

    assert racing(main) == set()


# -- package sync ----------------------------------------------------------------------------------------------


def test_adding_to_a_wait_group_does_not_order_the_wait() -> None:
    async def main() -> None:
        x, group = Shared(0, name="x"), WaitGroup(name="group")
        await group.add(1)
        go(in_turn, lambda: x.store(1), lambda: group.add(1))
        await in_turn(group.done, group.done, group.wait, x.load)

    assert set(map(frozenset, races_of_some(main, in_order("main wait on group", "main load on x")))) == {
        frozenset("x")
    }


@pytest.mark.parametrize(("inside", "expected"), [(True, set()), (False, {"x"})])
def test_the_first_call_of_once_comes_before_the_return_of_every_other(inside: bool, expected: set[str]) -> None:
    async def main() -> None:
        x, once = Shared(0, name="x"), Once()

        async def setup() -> None:
            await once.do(lambda: x.store(1) if inside else gosched())
            if inside:
                await x.load()
            else:
                await x.store(1)

        go(setup)
        await once.do(lambda: x.store(1) if inside else gosched())
        await x.load()

    assert racing(main) == expected


def test_a_signal_orders_the_wait_that_it_ends_and_no_other() -> None:
    async def main() -> None:
        x, mutex = Shared(0, name="x"), Mutex()
        cond = Cond(mutex, name="cond")
        go(in_turn, lambda: x.store(1), cond.signal)
        go(cond.signal)
        await in_turn(mutex.lock, cond.wait, mutex.unlock, x.load)

    wait = "main cond_wake on cond"
    own, other = "main/in_turn#1 signal on cond", "main/signal#1 signal on cond"
    parked = "main cond_enqueue on cond"
    assert {frozenset(found) for found in races_of_some(main, in_order(parked, own, other, wait))} == {frozenset()}
    assert {frozenset(found) for found in races_of_some(main, in_order(parked, other, own, wait))} == {frozenset("x")}


# -- atomics ---------------------------------------------------------------------------------------------------


def publishing(publish: Callable[[Atomic], Awaitable[Any]], seen: Callable[[Atomic], Awaitable[bool]]) -> Program:
    async def main() -> None:
        x, flag = Shared(0, name="x"), Atomic(0, name="flag")
        go(in_turn, lambda: x.store(1), lambda: publish(flag))
        if await seen(flag):
            await x.load()

    return main


async def loads_one(flag: Atomic) -> bool:
    return bool(await flag.load() == 1)


async def loads_anything(flag: Atomic) -> bool:
    await flag.load()
    return True


async def swaps(flag: Atomic) -> bool:
    return bool(await flag.swap(2) == 1)


async def adds(flag: Atomic) -> bool:
    return bool(await flag.add(1) == 2)


async def swaps_if_one(flag: Atomic) -> bool:
    return await flag.compare_and_swap(1, 2)


async def fails_to_swap_zero(flag: Atomic) -> bool:
    return not await flag.compare_and_swap(0, 0)


@pytest.mark.parametrize("publish", [lambda f: f.store(1), lambda f: f.add(1), lambda f: f.swap(1)])
@pytest.mark.parametrize("seen", [loads_one, swaps, adds, swaps_if_one, fails_to_swap_zero])
def test_an_atomic_effect_that_is_observed_orders(publish: Any, seen: Any) -> None:
    assert racing(publishing(publish, seen)) == set()


def test_an_atomic_effect_that_need_not_be_observed_does_not_order() -> None:
    assert racing(publishing(lambda flag: flag.store(1), loads_anything)) == {"x"}


def test_a_compare_and_swap_in_vain_has_no_effect_to_observe() -> None:
    assert racing(publishing(lambda flag: flag.compare_and_swap(5, 1), loads_anything)) == {"x"}


@pytest.mark.parametrize(("passing_on", "expected"), [(True, set()), (False, {"x"})])
def test_an_update_passes_on_what_it_observes_and_a_store_does_not(passing_on: bool, expected: set[str]) -> None:
    async def main() -> None:
        x, flag = Shared(0, name="x"), Atomic(0, name="flag")
        go(in_turn, lambda: x.store(1), lambda: flag.store(1))
        go(in_turn, lambda: flag.add(1) if passing_on else flag.store(2))
        if await flag.load() == 2:
            await x.load()

    order = in_order("main/in_turn#1 atomic_store on flag", "main load on x")
    assert {variable for found in races_of_some(main, order) for variable in found} == expected


# -- contexts and timers ---------------------------------------------------------------------------------------


def after_cancelling(look: Callable[[Any], Awaitable[bool]], store_first: bool = True) -> Program:
    async def main() -> None:
        x = Shared(0, name="x")
        parent, cancel = with_cancel(background())
        child, _ = with_timeout(parent, 1)
        steps: list[Step] = [lambda: x.store(1), cancel]
        go(in_turn, *(steps if store_first else reversed(steps)))
        if await look(child):
            await x.load()

    return main


async def is_cancelled(context: Any) -> bool:
    return bool(await context.err() == "context canceled")


async def waits_for_done(context: Any) -> bool:
    await context.done().recv()
    return await is_cancelled(context)


async def looks_once(context: Any) -> bool:
    await context.err()
    return True


@pytest.mark.parametrize("look", [is_cancelled, waits_for_done])
def test_cancelling_comes_before_whoever_sees_it_in_a_descendant(look: Any) -> None:
    assert racing(after_cancelling(look)) == set()
    assert racing(after_cancelling(look, store_first=False)) == {"x"}


def test_looking_at_a_context_that_may_be_live_orders_nothing() -> None:
    assert racing(after_cancelling(looks_once)) == {"x"}


def test_setting_a_deadline_comes_before_whoever_sees_that_it_has_come() -> None:
    """In Go the timer's goroutine closes the done channel, and AfterFunc comes before that goroutine."""

    async def main() -> None:
        x, y = Shared(0, name="x"), Shared(0, name="y")
        handed_over: list[Any] = []  # no memory model knows of this

        async def worker() -> None:
            await sleep(1)
            await handed_over[0].done().recv()
            await in_turn(x.load, y.load)

        go(worker)
        await x.store(1)
        handed_over.append(with_timeout(background(), 2)[0])
        await y.store(1)

    assert racing(main) == {"y"}


def test_only_the_first_cancellation_closes_the_done_channel() -> None:
    async def main() -> None:
        x = Shared(0, name="x")
        context, cancel = with_cancel(background(), name="context")
        go(in_turn, cancel)
        go(in_turn, lambda: x.store(1), cancel)
        await context.done().recv()
        await x.load()

    first, second = "main/in_turn#1 cancel on context", "main/in_turn#2 cancel on context"
    received = "main receive on context.done"
    late = races_of_some(main, in_order(first, second, received))
    assert {frozenset(found) for found in late} == {frozenset("x")}
    early = races_of_some(main, in_order(second, first, received))
    assert {frozenset(found) for found in early} == {frozenset()}


def test_a_timer_that_nobody_resets_orders_what_came_before_its_creation_only() -> None:
    async def main() -> None:
        x, y = Shared(0, name="x"), Shared(0, name="y")
        await y.store(1)
        timer = Timer(1)
        go(x.store, 1)
        await timer.c.recv()
        await in_turn(x.load, y.load)

    assert racing(main) == {"x"}
