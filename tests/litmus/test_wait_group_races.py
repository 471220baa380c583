"""Add against Wait (package sync, `WaitGroup.Add`; `race.Read` and `race.Write` of `wg.sema` in sync/waitgroup.go).

What each program does under `go test -race` (Go 1.27) was tried on the same program in Go, with sleeps that lead it
into the execution in question.
"""

import pytest

from harness import Channel, Falsified, WaitGroup, go, prove, sleep
from harness.detect.missing import ADD_BEFORE_WAIT, WAIT_BEFORE_ADD
from harness.detect.races import races
from harness.oracles import no_data_race
from tests.unit.racing import Program, every


def flaws(program: Program) -> set[str]:
    """What is wrong in some execution, wherever the group counts as shared."""
    found = set()
    for execution in every(program):
        here = {race.missing.flaw for race in races(execution.trace, execution.waiting)}
        assert bool(here) <= bool(execution.shared), "the hint must not hide a race"
        assert bool(here) == (no_data_race(execution) is not None)
        found |= here
    return found


async def added_inside() -> None:
    group = WaitGroup(name="group")

    async def worker() -> None:
        await group.add(1)
        await group.done()

    go(worker)
    await group.wait()


async def added_before_go() -> None:
    group = WaitGroup(name="group")
    await group.add(1)
    go(group.done)
    await group.wait()


def test_an_add_inside_the_goroutine_races_with_the_wait() -> None:
    """As documented: "Calls with a positive delta that occur when the counter is zero must happen before a Wait"."""
    assert flaws(added_inside) == {ADD_BEFORE_WAIT}
    with pytest.raises(Falsified, match=r"nothing orders add on group by main/worker#1 .* and wait on group by main"):
        prove(added_inside, oracles=(no_data_race,))


def test_an_add_before_the_go_statement_does_not() -> None:
    assert flaws(added_before_go) == set()
    prove(added_before_go)


def test_a_wait_that_found_zero_before_the_add_is_no_race_in_that_execution() -> None:
    found = [
        (execution.trace[0].kind, bool(races(execution.trace, execution.waiting))) for execution in every(added_inside)
    ]
    assert set(found) == {("wait", False), ("add", True)}


def test_a_wait_that_found_zero_because_time_had_passed_is_none_either() -> None:
    async def main() -> None:
        group = WaitGroup(name="group")

        async def worker() -> None:
            await group.add(1)
            await group.done()

        go(worker)
        await sleep(1)
        await group.wait()

    assert flaws(main) == set()


def test_a_wait_that_never_completes_races_too() -> None:
    async def main() -> None:
        group = WaitGroup(name="group")
        go(group.add, 1)
        await group.wait()

    assert flaws(main) == {ADD_BEFORE_WAIT}


def test_an_add_to_a_group_that_counts_already_is_no_race() -> None:
    """Documented: "calls ... that start when the counter is greater than zero may happen at any time"."""

    async def main() -> None:
        group = WaitGroup(name="group")

        async def worker() -> None:
            await group.add(1)
            await group.done()
            await group.done()

        await group.add(1)
        go(worker)
        await group.wait()

    assert flaws(main) == set()


def test_of_two_adds_at_once_either_may_be_the_one_from_zero() -> None:
    async def main() -> None:
        group, added = WaitGroup(name="group"), Channel(1)

        async def one() -> None:
            await group.add(1)
            await added.send(None)

        go(one)
        go(group.add, 1)
        await added.recv()
        await group.wait()

    everywhere = [races(execution.trace, execution.waiting) for execution in every(main)]
    assert {tuple(race.first.goroutine for race in found) for found in everywhere} == {("main/add#1",)}


@pytest.mark.parametrize("ordered", [False, True])
def test_a_group_is_used_again_only_after_every_wait_has_returned(ordered: bool) -> None:
    """As documented: "new Add calls must happen after all previous Wait calls have returned"."""

    async def main() -> None:
        group, returned = WaitGroup(name="group"), Channel()

        async def worker() -> None:
            await group.done()
            if ordered:
                await returned.recv()
            await group.add(1)
            await group.done()

        await group.add(1)
        go(worker)
        await group.wait()
        if ordered:
            await returned.send(None)

    assert flaws(main) == (set() if ordered else {ADD_BEFORE_WAIT, WAIT_BEFORE_ADD})


def test_several_may_wait_for_one_group() -> None:
    async def main() -> None:
        group = WaitGroup(name="group")
        await group.add(1)
        go(group.wait)
        go(group.wait)
        await group.done()

    assert flaws(main) == set()


def test_where_the_adding_plainly_comes_first_nothing_is_looked_for() -> None:
    """Whoever is started after the add may wait: the commonest use costs nothing."""

    async def main() -> None:
        group, finished = WaitGroup(), Channel()

        async def closer() -> None:
            await group.wait()
            await finished.close()

        for _ in range(2):
            await group.add(1)
            go(group.done)
        go(closer)
        await finished.recv()

    assert {execution.shared for execution in every(main)} == {0}
