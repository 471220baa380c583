"""What would have ordered two accesses that race: the nearest synchronisation, as a field and as a clause."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from itertools import combinations, islice
from typing import Any

import pytest

from harness import Atomic, Channel, Cond, Mutex, RWMutex, Shared, WaitGroup, background, go, gosched, with_cancel
from harness.detect import missing
from harness.detect.access import Access, access_of, is_access
from harness.detect.missing import BOTH, CROSSED, LOCKS, NOTHING, READERS, TOO_EARLY, TOO_LATE, Missing
from harness.detect.races import Race, races
from harness.model.trace import Trace
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.strategies import POS
from tests.meta.random_programs import THEMES
from tests.meta.random_programs import program as random_program
from tests.unit.racing import Program, every

Two = Callable[[Shared], tuple[Callable[[], Awaitable[Any]], Callable[[], Awaitable[Any]]]]


def found(program: Program) -> set[Race]:
    return {race for execution in every(program) for race in races(execution.trace)}


def storing_and_loading(two: Two) -> Program:
    """A worker that stores x and main, which loads it."""

    async def main() -> None:
        worker, rest = two(Shared(0, name="x"))
        worker.__name__ = "worker"
        go(worker)
        await rest()

    return main


def locked_on_one_side(x: Shared) -> Any:
    mu = Mutex(name="mu")

    async def worker() -> None:
        await mu.lock()
        await x.store(1)
        await mu.unlock()

    return worker, x.load


def two_locks(x: Shared) -> Any:
    mu, other = Mutex(name="mu"), Mutex(name="other")

    async def worker() -> None:
        async with mu:
            await x.store(1)

    async def rest() -> None:
        async with other:
            await x.load()

    return worker, rest


def stored_under_a_read_lock(x: Shared) -> Any:
    rw = RWMutex(name="rw")

    async def worker() -> None:
        await rw.rlock()
        await x.store(1)
        await rw.runlock()

    async def rest() -> None:
        await rw.rlock()
        await x.load()
        await rw.runlock()

    return worker, rest


def given_back_too_early(x: Shared) -> Any:
    mu = Mutex(name="mu")

    async def worker() -> None:
        await mu.lock()
        await mu.unlock()
        await x.store(1)

    async def rest() -> None:
        await mu.lock()
        await mu.unlock()
        await x.load()

    return worker, rest


def announced_too_early(x: Shared) -> Any:
    done = Channel(name="done")

    async def worker() -> None:
        await done.close()
        await x.store(1)

    async def rest() -> None:
        await done.recv()
        await x.load()

    return worker, rest


def received_too_late(x: Shared) -> Any:
    done = Channel(1, name="done")

    async def worker() -> None:
        await x.store(1)
        await done.send(None)

    async def rest() -> None:
        await x.load()
        await done.recv()

    return worker, rest


def both_wrong(x: Shared) -> Any:
    group = WaitGroup(name="group")

    async def worker() -> None:
        await group.done()
        await x.store(1)

    async def rest() -> None:
        await x.load()
        await group.wait()

    group.counter = 1
    return worker, rest


def looked_at_too_early(x: Shared) -> Any:
    flag = Atomic(0, name="flag")

    async def worker() -> None:
        await x.store(1)
        await flag.store(1)

    async def rest() -> None:
        await flag.load()
        await x.load()

    return worker, rest


def the_condition_is_signalled_too_early(x: Shared) -> Any:
    mu = Mutex(name="mu")
    cond = Cond(mu, name="cond")

    async def worker() -> None:
        await cond.signal()
        await x.store(1)

    async def rest() -> None:
        await mu.lock()
        await cond.wait()
        await mu.unlock()
        await x.load()

    return worker, rest


def cancelled_too_early(x: Shared) -> Any:
    context, cancel = with_cancel(background(), name="ctx")

    async def worker() -> None:
        await cancel()
        await x.store(1)

    async def rest() -> None:
        await context.done().recv()
        await x.load()

    return worker, rest


def nothing_at_all(x: Shared) -> Any:
    async def worker() -> None:
        await x.store(1)

    return worker, x.load


STORE, LOAD = "main/worker#1", "main"


@pytest.mark.parametrize(
    ("two", "flaws", "clause"),
    [
        (locked_on_one_side, {LOCKS}, "main/worker#1 holds mu at its store, main holds no lock at its load"),
        (two_locks, {LOCKS}, "main/worker#1 holds mu at its store, main holds other at its load"),
        (stored_under_a_read_lock, {READERS}, "both hold rw only for reading"),
        (given_back_too_early, {TOO_EARLY}, "main/worker#1 unlocks mu before its store, not after it"),
        (announced_too_early, {TOO_EARLY}, "main/worker#1 closes done before its store, not after it"),
        (received_too_late, {TOO_LATE}, "main receives from done after its load, not before it"),
        (
            both_wrong,
            {BOTH},
            "main/worker#1 is done with group before its store, not after it, "
            "and main waits for group after its load, not before it",
        ),
        (
            looked_at_too_early,
            {CROSSED},
            "main/worker#1 stores to flag after its store, but main loads flag before that",
        ),
        (
            the_condition_is_signalled_too_early,
            {TOO_EARLY},
            "main/worker#1 signals cond before its store, not after it",
        ),
        (cancelled_too_early, {TOO_EARLY}, "main/worker#1 cancels ctx before its store, not after it"),
        (nothing_at_all, {NOTHING}, "they hold no lock, and main waits for nothing that main/worker#1 does after its"),
    ],
)
def test_a_race_says_what_would_have_ordered_it(two: Two, flaws: set[str], clause: str) -> None:
    all_found = found(storing_and_loading(two))
    assert {race.missing.flaw for race in all_found} == flaws
    assert any(clause in str(race) for race in all_found)


def test_the_evidence_is_a_field() -> None:
    for race in found(storing_and_loading(announced_too_early)):
        told = race.missing
        assert told.release is not None
        assert told.acquire is not None
        assert (told.first.noun, told.second.noun) == ("store", "load")
        assert (told.release.goroutine, told.release.kind, told.release.name) == (STORE, "close", "done")
        assert (told.acquire.goroutine, told.acquire.kind) == (LOAD, "receive_closed")
        assert told.release.step < told.first.step


def test_who_closes_has_to_wait_for_who_sends() -> None:
    async def main() -> None:
        events = Channel(1, name="events")
        go(events.send, 1)
        await events.close()

    assert {str(race.missing) for race in found(main)} == {"main closes without waiting for main/send#1"}


def test_of_two_channels_the_nearer_one_is_named() -> None:
    async def main() -> None:
        x, far, near = Shared(0, name="x"), Channel(1, name="far"), Channel(1, name="near")

        async def worker() -> None:
            await far.send(1)
            await gosched()
            await near.send(1)
            await x.store(1)

        go(worker)
        await far.recv()
        await near.recv()
        await x.load()

    assert {race.missing.release.name for race in found(main) if race.missing.release is not None} == {"near"}


def test_a_race_says_the_same_however_often_it_is_looked_for() -> None:
    program = storing_and_loading(two_locks)
    assert sorted(map(str, found(program))) == sorted(map(str, found(program)))


def all_pairs(trace: Trace, first: Access, second: Access) -> Iterator[Missing]:
    """The slow twin of `missing._pairs`: every release with every acquiring of the same."""
    accesses = {first.step, second.step}
    for release in missing._syncs(trace, first.goroutine):
        for acquire in missing._syncs(trace, second.goroutine):
            same = acquire.kind in missing.PAIRS.get(release.kind, ()) and set(release.objects) & set(acquire.objects)
            if same and not accesses & {release.step, acquire.step}:
                early, late = release.step < first.step, acquire.step > second.step
                if early or late or acquire.step < release.step:
                    flaw = (CROSSED, TOO_LATE, TOO_EARLY, BOTH)[2 * early + late]
                    yield Missing(flaw, first, second, release, acquire)


def nearest(found: list[Missing]) -> dict[str, Missing]:
    """The nearest of those that are wrong in the same way."""
    return {each.flaw: each for each in sorted(found, key=missing._distance, reverse=True)}


def test_the_nearest_synchronisation_is_the_nearest_of_all_pairs() -> None:
    flaws: Counter[str] = Counter()
    for seed in range(64):
        subject = Subject(random_program(seed, (*THEMES, None)[seed % 8], statements=6), (lambda state: None,))
        for execution in islice(executions(subject, POS(seed=seed)), 2):
            trace = execution.trace
            accesses = [access_of(action) for action in trace if is_access(action)]
            for first, second in combinations(accesses, 2):
                found, slow = list(missing._pairs(trace, first, second)), list(all_pairs(trace, first, second))
                assert len(found) <= len(slow)
                assert nearest(found) == nearest(slow)
                flaws.update(nearest(slow).keys())
    assert set(flaws) == {BOTH, CROSSED, TOO_EARLY, TOO_LATE}
