"""Busy loops. The Go memory model, "Incorrect synchronization": a loop over an atomic ends once the store is seen; the
Go specification, Select statements: a default case; package runtime, Gosched: yields the processor.

A goroutine that polls in vain waits for a change after as many rounds as the fair bound says. If nothing that could
change is left: a livelock. Whoever polls is not blocked, so it is never called deadlocked or leaked.
"""

from collections import deque
from itertools import chain, repeat
from types import ModuleType
from typing import Any

import pytest

from harness import (
    Atomic,
    Channel,
    FairBoundReached,
    Falsified,
    Inconclusive,
    Mutex,
    Recv,
    Send,
    background,
    go,
    gosched,
    now,
    outcomes,
    prove,
    replay,
    run,
    select,
    sleep,
    with_timeout,
)
from harness.detect.ending import findings
from harness.errors import BadInput
from harness.model.ending import Livelock, Loop, StillRunning, Waiting
from harness.oracles import SAFE, terminates

ALL = (*SAFE, terminates)


async def by_flag(stores: bool) -> str:
    flag = Atomic(0, name="flag")
    go(flag.store, int(stores))
    while not await flag.load():
        pass
    return "done"


async def by_default(sends: bool) -> str:
    results = Channel(1, name="results")
    go(results.send if sends else results.length, *([1] if sends else []))
    while (await select(Recv(results), default=True))[0] < 0:
        pass
    return "done"


async def by_default_unbuffered(sends: bool) -> str:
    results = Channel(name="results")
    if sends:
        go(results.send, 1)
    while (await select(Recv(results), default=True))[0] < 0:
        pass
    return "done"


async def by_try_lock(unlocks: bool) -> str:
    mutex = Mutex(name="mutex")

    async def holder() -> None:
        await mutex.lock()
        await gosched()
        if unlocks:
            await mutex.unlock()

    go(holder)
    await gosched()
    while not await mutex.try_lock():
        pass
    return "done"


async def by_compare_and_swap(opens: bool) -> str:
    gate = Atomic(0, name="gate")
    if opens:
        go(gate.store, 1)
    while not await gate.compare_and_swap(1, 2):
        pass
    return "done"


async def by_length(sends: bool) -> str:
    results = Channel(1, name="results")
    if sends:
        go(results.send, 1)
    while not await results.length():
        await gosched()
    return "done"


async def by_context(expires: bool) -> str:
    context, _ = with_timeout(background(), 1 if expires else 10, name="context")
    if not expires:
        context = background()
    while await context.err() is None:
        await gosched()
    return "done"


async def by_either(stores: bool) -> str:
    one, other = Atomic(0, name="one"), Atomic(0, name="other")
    if stores:
        go(other.store, 1)
    while not await one.load() and not await other.load():
        pass
    return "done"


LOOPS = [by_flag, by_default, by_default_unbuffered, by_compare_and_swap, by_length, by_context, by_either]


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.__name__)
def test_a_loop_that_somebody_ends_is_proved_to_end(loop: Any) -> None:
    proof = prove(loop, True, oracles=ALL)
    assert proof.outcomes == {"done"}
    assert "fair bound" in proof.bounds
    assert loop is by_context or proof.executions > 1


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.__name__)
def test_a_loop_that_nobody_ends_is_a_livelock_and_neither_deadlock_nor_leak(loop: Any) -> None:
    with pytest.raises(Inconclusive):
        prove(loop, False)
    with pytest.raises(Falsified) as caught:
        prove(loop, False, oracles=ALL)
    found = caught.value.counterexample
    assert found.oracle == "terminates"
    assert found.message.startswith("livelock, the same steps can be repeated for ever, and nothing changes: main (")
    with pytest.raises(Falsified) as again:
        replay(loop, False, token=found.token, oracles=ALL)
    assert again.value.counterexample.message == found.message


def test_a_lock_that_is_never_given_back_livelocks_only_where_it_was_taken_first() -> None:
    assert outcomes(by_try_lock, True) == {"done"}
    assert outcomes(by_try_lock, False) == {"done", FairBoundReached(("main",))} or outcomes(by_try_lock, False) == {
        FairBoundReached(("main",)),
        FairBoundReached(("main", "main/holder#1")),
        "done",
    }


def test_a_goroutine_that_waits_for_a_poller_is_not_called_blocked_for_good() -> None:
    async def main() -> None:
        flag, results = Atomic(0, name="flag"), Channel(name="results")

        async def poller() -> None:
            while not await flag.load():
                pass
            await results.send(1)

        go(poller)
        await results.recv()

    execution = run(main)
    assert execution.outcome == FairBoundReached(("main/poller#1",))
    assert execution.waiting == ()
    assert findings(execution) == (Livelock(Loop((Waiting("main/poller#1", "atomic_load on flag"),), 1)),)


def test_a_goroutine_that_nobody_can_wake_beside_a_poller_leaks() -> None:
    async def main() -> None:
        flag, results = Atomic(0, name="flag"), Channel(name="results")

        async def poller() -> None:
            while not await flag.load():
                pass

        go(poller)
        go(results.send, 1)

    execution = run(main)
    assert execution.leaked == ("main/send#1",)


def test_polling_lets_time_pass() -> None:
    async def main() -> float:
        go(sleep, 3)
        while now() < 3:
            await gosched()
        return now()

    assert outcomes(main) == {3}


def test_two_selects_with_a_default_never_meet_however_often_they_poll() -> None:
    """Neither waits, so neither is there for the other."""

    async def main() -> None:
        channel = Channel(name="channel")

        async def sender() -> None:
            while (await select(Send(channel, 1), default=True))[0] < 0:
                pass

        go(sender)
        while (await select(Recv(channel), default=True))[0] < 0:
            pass

    assert outcomes(main) == {FairBoundReached(("main", "main/sender#1"))}


def test_a_loop_that_counts_its_rounds_is_no_busy_loop() -> None:
    async def main() -> int:
        flag, rounds = Atomic(0, name="flag"), 0
        while rounds < 30 and not await flag.load():
            rounds += 1
        return rounds

    assert outcomes(main) == {30}


def test_loads_in_a_row_at_different_places_are_no_polling() -> None:
    async def main() -> int:
        flag = Atomic(0, name="flag")
        loads = [await flag.load(), await flag.load(), await flag.load(), await flag.load(), await flag.load()]
        return sum(loads) + await flag.load() + await flag.load() + await flag.load() + await flag.load()

    assert outcomes(main, fair_bound=1) == {0}


def test_a_loop_that_ends_by_what_the_harness_does_not_see_is_not_called_a_livelock() -> None:
    """A list that another goroutine appends to between two operations: the bound leaves out what comes after."""

    async def main() -> str:
        heard: list[int] = []

        async def speaker() -> None:
            for _ in range(9):
                await gosched()
            heard.append(1)

        go(speaker)
        while not heard:
            await gosched()
        return "done"

    assert outcomes(main, fair_bound=1) <= {"done", FairBoundReached(("main",))}
    for finding in findings(run(main, fair_bound=1)):
        assert isinstance(finding, StillRunning)


rounds = 0
passed = ModuleType("passed")


class Tally:
    __slots__ = ("__own",)
    total = 0

    def __init__(self) -> None:
        self.__own = 0

    def own(self) -> int:
        self.__own += 1
        return self.__own

    def common(self) -> int:
        Tally.total += 1
        return Tally.total


def by_a_global() -> int:
    global rounds  # noqa: PLW0603
    rounds += 1
    return rounds


def by_its_own_attribute() -> int:
    by_its_own_attribute.rounds = getattr(by_its_own_attribute, "rounds", 0) + 1  # type: ignore[attr-defined]
    return by_its_own_attribute.rounds  # type: ignore[attr-defined, no-any-return]


def by_a_module() -> int:
    passed.rounds = getattr(passed, "rounds", 0) + 1  # type: ignore[attr-defined]
    return int(passed.rounds)


@pytest.mark.parametrize(
    "count",
    [by_a_global, by_its_own_attribute, by_a_module, Tally().own, Tally().common],
    ids=lambda each: each.__name__,
)
def test_a_loop_that_counts_its_rounds_somewhere_else_is_not_called_a_livelock(count: Any) -> None:
    async def main() -> None:
        while count() < 10_000:
            await gosched()

    assert [type(finding) for finding in findings(run(main, max_steps=70, fair_bound=0))] == [StillRunning]


def test_a_loop_that_time_would_end_is_not_called_a_livelock() -> None:
    async def main() -> None:
        context, _ = with_timeout(background(), 1.0)
        while await context.err() is None:
            await gosched()

    assert [type(finding) for finding in findings(run(main, max_steps=70, fair_bound=0))] == [StillRunning]


WALKS = [
    lambda: dict.fromkeys(range(20)).values(),
    lambda: map(bool, {*range(1, 20)}),
    lambda: repeat(None, 20),
    lambda: chain([0] * 20, [0] * 20),
    lambda: map(bool, range(1, 21)),
    lambda: deque([0] * 20),
]


@pytest.mark.parametrize("walk", WALKS, ids=["dict", "set", "repeat", "chain", "range", "deque"])
def test_a_walk_through_equal_values_is_no_busy_loop(walk: Any) -> None:
    async def main() -> str:
        flag = Atomic(0)
        for _ in walk():
            await flag.load()
        return "done"

    assert outcomes(main, fair_bound=1) == {"done"}


def test_one_may_poll_with_a_large_number_and_a_deep_tuple_at_hand() -> None:
    async def main() -> int:
        flag, large, deep = Atomic(0), 10**5_000, ()
        for _ in range(3_000):
            deep = (deep,)
        go(flag.store, 1)
        while not await flag.load():
            pass
        return large % 7 + len(deep)

    assert outcomes(main, max_steps=50) == {3}


@pytest.mark.parametrize("bound", [-1, 1.5, "2", True, None])
def test_a_fair_bound_is_a_whole_number(bound: Any) -> None:
    with pytest.raises(BadInput, match="fair_bound is a whole number"):
        prove(by_flag, True, fair_bound=bound)


def test_a_token_remembers_the_fair_bound() -> None:
    with pytest.raises(Falsified) as caught:
        prove(by_flag, False, oracles=ALL, fair_bound=2)
    found = caught.value.counterexample
    assert found.execution.settings.fair_bound == 2
    with pytest.raises(Falsified):
        replay(by_flag, False, token=found.token, oracles=ALL)
