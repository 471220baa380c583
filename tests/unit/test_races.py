"""What the race detector reports: sends against closes as Go's does, each race once, nothing after a panic."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from harness import Channel, Panic, Recv, Send, Shared, WaitGroup, go, gosched, select
from harness.detect.races import Race, races
from harness.runtime.execute import Subject
from tests.unit.racing import Program, every, in_order, in_turn, races_of_some, racing

# -- sends and closes ------------------------------------------------------------------------------------------


def sending(how: Callable[[Channel], Awaitable[Any]], capacity: int = 1) -> Program:
    async def main() -> None:
        events = Channel(capacity, name="events")
        go(how, events)
        await events.close()
        await events.recv()

    return main


async def plainly(events: Channel) -> None:
    await events.send(1)


async def recovering(events: Channel) -> None:
    try:
        await events.send(1)
    except Panic:
        pass


async def in_a_select(events: Channel) -> None:
    await select(Recv(Channel()), Send(events, 1))


@pytest.mark.parametrize("how", [plainly, recovering, in_a_select])
@pytest.mark.parametrize("capacity", [0, 1])
def test_an_unsynchronised_send_races_with_close(how: Any, capacity: int) -> None:
    explored = list(every(sending(how, capacity)))
    assert [{race.variable for race in races(execution.trace)} for execution in explored] == [{"events"}] * len(
        explored
    )


def test_a_send_that_was_handed_over_races_with_an_unsynchronised_close() -> None:
    async def main() -> None:
        events = Channel(name="events")
        go(events.recv)
        go(events.close)
        await events.send(1)

    assert {"events"} in races_of_some(main, in_order("main send on events", "main/close#1 close on events"))


def test_a_send_that_was_tried_in_vain_races_with_close_as_in_go_when_it_is_the_only_case() -> None:
    async def main() -> None:
        events, other = Channel(name="events"), Channel(name="other")
        go(events.close)
        go(other.close)
        await select(Send(events, 1), default=True)
        await select(Send(other, 1), Recv(None), default=True)

    order = in_order("main select {send on other, receive on nil, default}", "main/close#2 close on other")
    assert {race for found in races_of_some(main, order) for race in found} == {"events"}


def test_waiting_for_the_senders_before_closing_is_no_race() -> None:
    async def main() -> None:
        events, group = Channel(2, name="events"), WaitGroup()

        async def worker() -> None:
            await events.send(1)
            await group.done()

        await group.add(2)
        go(worker)
        go(worker)
        await group.wait()
        await events.close()

    assert racing(main) == set()


def test_closing_after_having_received_everything_is_no_race() -> None:
    async def main() -> None:
        events = Channel(name="events")
        go(events.send, 1)
        await events.recv()
        await events.close()

    assert racing(main) == set()


def test_closing_twice_is_a_panic_and_not_a_race() -> None:
    async def main() -> None:
        done, x = Channel(name="done"), Shared(0, name="x")
        go(in_turn, x.load, done.close)
        await x.load()
        await done.close()

    assert [races(execution.trace) for execution in every(main)] == [()] * 6


# -- what is reported ------------------------------------------------------------------------------------------


async def lost_update() -> None:
    total = Shared(0, name="total")

    async def worker() -> None:
        value = await total.load()
        await total.store(value + 1)

    go(worker)
    go(worker)


def line_of(text: str) -> int:
    with open(__file__, encoding="utf-8") as file:
        return 1 + next(number for number, line in enumerate(file) if text in line)


def test_a_race_names_both_accesses() -> None:
    load, store = line_of("value = await total.load()"), line_of("await total.store(value + 1)")
    found = races(Subject(lost_update).execute(lambda enabled: 0).trace)
    place = found[0].first.location.rpartition(":")[0]
    assert place.endswith("test_races.py")
    assert [(race.variable, race.first.step, race.second.step) for race in found] == [("total", 1, 2), ("total", 1, 3)]
    assert str(found[0]) == (
        f"data race on total: nothing orders store on total by main/worker#1 ({place}:{store}) "
        f"and load on total by main/worker#2 ({place}:{load}); "
        "they hold no lock, and main/worker#2 waits for nothing that main/worker#1 does after its store"
    )


def test_one_race_is_reported_for_each_variable_and_pair_of_lines() -> None:
    async def main() -> None:
        x = Shared(0, name="x")

        async def writer() -> None:
            for value in range(5):
                await x.store(value)

        for _ in range(3):
            go(writer)

    found = races(Subject(main).execute(lambda enabled: len(enabled) - 1).trace)
    assert [(race.first.goroutine, race.first.step, race.second.step) for race in found] == [("main/writer#3", 4, 5)]


def test_loads_do_not_race_and_variables_are_told_apart() -> None:
    async def main() -> None:
        x, y, z = Shared(0, name="x"), Shared(0), Shared(0)
        go(in_turn, x.load, lambda: y.store(1))
        await in_turn(x.load, lambda: z.store(1))

    assert {races(execution.trace) for execution in every(main)} == {()}


def test_nothing_is_judged_after_a_panic_that_nobody_recovers() -> None:
    async def main() -> None:
        x, y = Shared(0, name="x"), Shared(0, name="y")

        async def late() -> None:
            await gosched()
            await y.store(1)

        go(x.store, 1)
        go(late)
        await x.load()
        await y.load()
        raise Panic("enough")

    trace = Subject(main).execute(lambda enabled: 0).trace
    assert [action.after_panic for action in trace] == [False, False, False, True, True, True]
    assert races(trace) == ()
    assert racing(main) == {"x", "y"}


def test_a_panic_that_is_reported_first_leaves_nothing_to_judge() -> None:
    async def main() -> None:
        x = Shared(0, name="x")
        go(x.store, 1)
        go(x.store, 2)
        raise Panic("at once")

    trace = Subject(main).execute(lambda enabled: 0).trace
    assert [action.after_panic for action in trace] == [False, True, True]
    assert races(trace) == ()


def test_a_race_is_a_value() -> None:
    one, other = (races(Subject(lost_update).execute(lambda enabled: 0).trace)[0] for _ in range(2))
    assert isinstance(one, Race)
    assert one == other
