"""Randomised strategies: what each promises, on programs small enough to count."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Any

import pytest

from benchmarks.programs import NOTHING_LOST, double_close, late_event, s2c, s2c_sleep, starve
from harness import (
    Atomic,
    Channel,
    Falsified,
    Mutex,
    Recv,
    Ticker,
    WaitGroup,
    after,
    background,
    check,
    choose,
    go,
    gosched,
    outcomes,
    select,
    sleep,
    with_timeout,
)
from harness.errors import BadInput
from harness.model.execution import Settings
from harness.model.operation import Transition
from harness.model.outcome import Returned
from harness.oracles import Oracle, no_panic, returns, terminates
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.census import TRIALS
from harness.search.pct import PATIENCE
from harness.strategies import PCT, POS, DelayBounded, Exhaustive, Mixed, RandomWalk, Strategy, UniformRandomWalk
from tests.elsewhere import printed

STRATEGIES: dict[str, Callable[[int], Any]] = {
    "uniform": lambda seed: UniformRandomWalk(seed=seed),
    "selective": lambda seed: UniformRandomWalk(seed=seed, selective=True),
    "PCT": lambda seed: PCT(seed=seed),
    "POS": lambda seed: POS(seed=seed),
    "delay-bounded": lambda seed: DelayBounded(delays=8, seed=seed),
    "mixed": lambda seed: Mixed(seed=seed),
    "random walk": lambda seed: RandomWalk(seed=seed),
}
every_strategy = pytest.mark.parametrize("make", STRATEGIES.values(), ids=STRATEGIES)


def values(program: Callable[..., Any], strategy: Strategy, count: int, *arguments: Any, skip: int = 0) -> list[Any]:
    """What main returned, execution by execution, after the first `skip`."""
    found = []
    for execution in islice(executions(Subject(program, arguments), strategy), skip, skip + count):
        assert isinstance(execution.outcome, Returned)
        found.append(execution.outcome.value)
    return found


def schedules(program: Callable[..., Any], strategy: Strategy, count: int) -> list[tuple[int, ...]]:
    return [execution.schedule for execution in islice(executions(Subject(program), strategy), count)]


def objections(program: Callable[..., Any], strategy: Strategy, count: int, oracle: Oracle, *arguments: Any) -> int:
    found = islice(executions(Subject(program, arguments), strategy), count)
    return sum(oracle(execution) is not None for execution in found)


# -- every strategy ----------------------------------------------------------------------------------------------


async def everything() -> Any:
    """Select, rendezvous, choose, locks, atomics and a timer in one small program."""
    meeting, buffered, mutex, x = Channel(), Channel(1), Mutex(), Atomic(0)

    async def work(value: int) -> None:
        async with mutex:
            await x.store(value)
        await meeting.send(value)

    go(work, 1)
    go(work, 2)
    go(buffered.send, 3)
    index, value, _ = await select(Recv(meeting), Recv(buffered))
    await gosched()
    return index, value, await choose(2), await x.load()


@every_strategy
def test_it_finds_every_outcome_of_a_small_program_and_no_other(make: Callable[[int], Strategy]) -> None:
    assert set(values(everything, make(1), 1_500)) == outcomes(everything)


async def timed() -> Any:
    """Timers of every sort, on the channels of which goroutines meet."""
    ctx, cancel = with_timeout(background(), 2)
    ticker = Ticker(1)

    async def stop() -> None:
        await sleep(1)
        await ticker.stop()
        await cancel()

    go(stop)
    first = await select(Recv(ctx.done()), Recv(ticker.c), Recv(after(2)))
    return first[0], await ctx.err()


@pytest.mark.parametrize(
    "settings", [Settings(), Settings("adversarial", early_firings=1)], ids=["idle", "adversarial"]
)
def test_they_find_every_outcome_that_timers_make(settings: Settings) -> None:
    subject = Subject(timed, settings=settings)
    possible = {execution.outcome for execution in executions(subject, Exhaustive())}
    assert len(possible) >= 3
    for make in STRATEGIES.values():
        assert {execution.outcome for execution in islice(executions(subject, make(1)), 1_500)} == possible


@every_strategy
def test_equal_seeds_give_equal_schedules_and_others_do_not(make: Callable[[int], Strategy]) -> None:
    assert schedules(everything, make(1), 40) == schedules(everything, make(1), 40)
    assert len({tuple(schedules(everything, make(seed), 40)) for seed in range(5)}) == 5


def test_schedules_do_not_depend_on_the_hash_seed() -> None:
    script = "import tests.unit.test_randomised_strategies as t\n" + (
        "for make in t.STRATEGIES.values(): print(t.schedules(t.everything, make(7), 60))"
    )
    first, second = (printed("-c", script, hash_seed=hash_seed) for hash_seed in ("1", "2"))
    assert first == second != ""


async def polling(flag: Atomic) -> None:
    while not await flag.load():
        pass


async def trying(flag: Atomic) -> None:
    mutex = Mutex()
    await mutex.lock()
    while not await mutex.try_lock():
        if await flag.load():
            return


async def selecting(flag: Atomic) -> None:
    empty = Channel(1)
    while (await select(Recv(empty), default=True))[0] == -1:
        if await flag.load():
            return


async def yielding(flag: Atomic) -> None:
    while not await flag.load():
        await gosched()


async def feeding(flag: Atomic) -> None:
    """Two goroutines keep each other going: neither runs for long without the other."""
    ball = Channel(1)

    async def answer() -> None:
        async for _ in ball:
            pass

    go(answer)
    while not await flag.load():
        await ball.send(1)
    await ball.close()


@every_strategy
@pytest.mark.parametrize("spin", [polling, trying, selecting, yielding, feeding])
def test_a_busy_loop_does_not_starve_whom_it_waits_for(
    make: Callable[[int], Strategy], spin: Callable[[Atomic], Awaitable[None]]
) -> None:
    async def main() -> None:
        flag = Atomic(0)
        go(flag.store, 1)
        await spin(flag)

    check(main, strategy=make(3), executions=100, oracles=(terminates,), max_steps=20 * PATIENCE)


@every_strategy
def test_it_decides_about_timers_too(make: Callable[[int], Strategy]) -> None:
    assert objections(s2c_sleep, make(1), 50, NOTHING_LOST) == 0
    with pytest.raises(Falsified):
        check(s2c_sleep, strategy=make(1), oracles=(NOTHING_LOST,), clock="adversarial", early_firings=4)


@every_strategy
def test_it_may_go_on_to_another_program(make: Callable[[int], Strategy]) -> None:
    strategy = make(1)
    for program in (everything, late_event, s2c_sleep, everything):
        assert check(program, strategy=strategy, executions=30, oracles=()).executions == 30


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: PCT(depth=0), "a depth is a whole number of at least 1; found 0"),
        (lambda: PCT(depth=-2), "a depth is a whole number of at least 1; found -2"),
        (lambda: PCT(depth=True), "a depth is a whole number of at least 1; found True"),
        (lambda: PCT(seed=1.5), "a seed is a whole number; found 1.5"),  # type: ignore[arg-type]
        (lambda: POS(seed="1"), "a seed is a whole number; found '1'"),  # type: ignore[arg-type]
        (lambda: Mixed(seed=None), "a seed is a whole number; found None"),  # type: ignore[arg-type]
        (lambda: UniformRandomWalk(seed=True), "a seed is a whole number; found True"),
        (lambda: UniformRandomWalk(selective=1), "selective is True or False; found 1"),  # type: ignore[arg-type]
        (lambda: DelayBounded(seed="x"), "a seed is a whole number; found 'x'"),  # type: ignore[arg-type]
        (lambda: DelayBounded(delays=-1), "the number of delays is a whole number of at least 0; found -1"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(make: Callable[[], Strategy], complaint: str) -> None:
    with pytest.raises(BadInput) as refusal:
        make()
    assert str(refusal.value) == complaint


def test_strategies_say_what_they_are() -> None:
    assert [repr(make(7)) for make in STRATEGIES.values()] == [
        "UniformRandomWalk(seed=7)",
        "UniformRandomWalk(seed=7, selective=True)",
        "PCT(depth=3, seed=7)",
        "POS(seed=7)",
        "DelayBounded(delays=8, seed=7)",
        "Mixed(seed=7)",
        "RandomWalk(seed=7)",
    ]


def test_a_strategy_that_always_wants_to_be_asked_hears_of_every_step() -> None:
    class First:
        always = False
        heard: list[int] = []  # noqa: RUF012

        def begin(self) -> bool:
            return True

        def choose(self, enabled: Sequence[Transition]) -> int:
            self.heard.append(len(enabled))
            return 0

        def end(self) -> None:
            pass

    strategy = First()
    execution = next(executions(Subject(late_event), strategy))
    assert 1 not in strategy.heard and len(strategy.heard) < execution.steps
    strategy.always, strategy.heard = True, []
    execution = next(executions(Subject(late_event), strategy))
    assert len(strategy.heard) == len(execution.schedule) == execution.steps


# -- uniform random walks ----------------------------------------------------------------------------------------


async def place_of_one(others: int) -> int:
    """How many of another goroutine's steps come before main's only one."""
    x, y = Atomic(0), Atomic(0)

    async def count() -> None:
        for _ in range(others):
            await x.store(x.value + 1)

    go(count)
    await y.load()
    return int(x.value)


async def place_of_one_and_a_child(others: int) -> int:
    """The same, but all steps except the first one are the other goroutine's child's."""
    x, y = Atomic(0), Atomic(0)

    async def child() -> None:
        for _ in range(others - 1):
            await x.store(x.value + 1)

    async def parent() -> None:
        await x.store(1)
        go(child)

    go(parent)
    await y.load()
    return int(x.value)


@pytest.mark.parametrize("program", [place_of_one, place_of_one_and_a_child])
def test_a_uniform_walk_makes_every_interleaving_equally_likely(program: Callable[..., Any]) -> None:
    places = Counter(values(program, UniformRandomWalk(seed=1), 5_000, 9, skip=TRIALS))
    assert sorted(places) == list(range(10))
    assert all(400 < count < 600 for count in places.values()), places
    assert Counter(values(program, RandomWalk(seed=1), 5_000, 9))[0] > 2_000


async def spawn_in_any_order() -> None:
    """Whose child is started first, and who creates its channel first, depends on the schedule."""
    x = Atomic(0)

    async def child(steps: int, channel: Channel) -> None:
        for _ in range(steps):
            await channel.send(0)

    async def parent(steps: int) -> None:
        await x.load()
        channel = Channel(10)
        go(child, steps, channel)
        await channel.length()

    go(parent, 1)
    go(parent, 7)


def test_goroutines_and_objects_are_known_by_where_they_come_from() -> None:
    strategy = UniformRandomWalk(seed=1)
    values(spawn_in_any_order, strategy, TRIALS + 5)
    census = strategy.census
    assert not census.learning
    assert sorted(steps / TRIALS for steps in census.steps.values()) == [1, 2, 2, 7]
    assert sorted(sum(counts.values()) for counts in census.touches.values()) == [2 * TRIALS, 2 * TRIALS, 8 * TRIALS]
    assert len(census.shared) == 3


def test_the_fast_draw_agrees_with_the_slow_one() -> None:
    for program in (everything, late_event, double_close, s2c, starve):
        fast, slow = UniformRandomWalk(seed=5), UniformRandomWalk(seed=5)
        slow.by_weight = slow.by_weight_of_owner  # type: ignore[method-assign]
        assert schedules(program, fast, 100) == schedules(program, slow, 100)


async def order_of_touches() -> str:
    """Two goroutines touch `x` twice each; one of them has thirty steps of its own before."""
    x, own, finished = Atomic(0), Atomic(0), WaitGroup()
    order = ""

    async def touch(name: str, steps: int) -> None:
        for _ in range(steps):
            await own.store(0)
        nonlocal order
        for _ in range(2):
            await x.load()
            order += name
        await finished.done()

    await finished.add(2)
    go(touch, "a", 30)
    go(touch, "b", 0)
    await finished.wait()
    return order


def test_a_selective_walk_makes_every_order_at_one_object_equally_likely() -> None:
    strategy = UniformRandomWalk(seed=1, selective=True)
    subject, orders = Subject(order_of_touches), Counter[str]()
    for execution in islice(executions(subject, strategy), TRIALS, 4_000):
        if strategy.selected == (0, 1):  # main's first object: `x`
            assert isinstance(execution.outcome, Returned)
            orders[execution.outcome.value] += 1
    expected = orders.total() / 6
    assert len(orders) == 6 and expected > 200
    assert all(0.8 * expected < count < 1.2 * expected for count in orders.values()), orders
    assert Counter(values(order_of_touches, RandomWalk(seed=1), 1_000))["bbaa"] > 980


# -- PCT ---------------------------------------------------------------------------------------------------------


def test_pct_of_the_bugs_depth_finds_it_and_of_a_smaller_one_never_does() -> None:
    assert objections(double_close, PCT(depth=1, seed=1), 500, no_panic) == 0
    assert objections(double_close, PCT(depth=2, seed=1), 500, no_panic) > 500 / (2 * 40) / 2


@pytest.mark.parametrize("steps", [20, 90])
def test_a_delay_of_one_goroutine_is_found_however_long_it_has_to_be(steps: int) -> None:
    assert objections(starve, PCT(depth=1, seed=1), 400, returns(1), 2, steps) >= 400 / 4


@pytest.mark.parametrize("depth", [1, 2, 3, 5, 20])
def test_a_yield_does_not_demote_for_good(depth: int) -> None:
    """Whoever lets a yield demote never finds this one."""
    assert objections(s2c, PCT(depth=depth, seed=1), 200, NOTHING_LOST) >= 5


class StandIn:
    """What PCT looks at in a goroutine."""

    operation = (None, None)


def test_the_higher_priority_of_two_that_meet_counts() -> None:
    one, sender, receiver = (StandIn() for _ in range(3))
    strategy = PCT(depth=1)
    strategy.begin()
    strategy.priority = {one: 0.5, sender: 0.1, receiver: 0.9}
    assert strategy.choose([(one, 0), (sender, 0, receiver, 0)]) == 1
    strategy.priority = {one: 0.5, sender: 0.1, receiver: 0.2}
    assert strategy.choose([(one, 0), (sender, 0, receiver, 0)]) == 0


@every_strategy
def test_alternatives_of_one_goroutine_are_equally_likely(make: Callable[[int], Strategy]) -> None:
    async def main() -> int:
        go(Atomic(0).load)
        return await choose(4)

    if not isinstance(make(1), DelayBounded):
        counts = Counter(values(main, make(1), 4_000))
        assert sorted(counts) == [0, 1, 2, 3] and all(850 < count < 1_150 for count in counts.values()), counts


# -- POS, delay bounding, mixed ----------------------------------------------------------------------------------


def test_pos_draws_anew_for_what_conflicts_with_the_step_and_for_nothing_else() -> None:
    async def main() -> None:
        x, y = Atomic(0), Atomic(0)
        for operation in (lambda: x.store(1), x.load, x.load, y.load, y.load):
            go(operation)

    class Watched(POS):
        kept: set[tuple[int, ...]] = set()  # noqa: RUF012

        def choose(self, enabled: Sequence[Transition]) -> int:
            index = super().choose(enabled)
            if len(enabled) == 5:
                before = self.before
                kept = [i for i, (owner, _) in enumerate(enabled) if before[owner] == self.priority[owner]]
                self.kept.add((index, *kept))
            return index

        def redraw(self, enabled: Sequence[Transition], taken: Transition) -> None:
            self.before = dict(self.priority)
            super().redraw(enabled, taken)

    strategy = Watched(seed=1)
    values(main, strategy, 60)
    assert strategy.kept == {(0, 3, 4), (1, 2, 3, 4), (2, 1, 3, 4), (3, 0, 1, 2, 4), (4, 0, 1, 2, 3)}


def test_without_delays_there_is_one_schedule_and_each_delay_adds_some() -> None:
    found = [len(set(schedules(late_event, DelayBounded(delays=delays, seed=1), 400))) for delays in range(4)]
    assert found[0] == 1 and sorted(set(found)) == found
    assert found[1] <= 12


def test_one_delay_finds_what_none_does_not() -> None:
    assert objections(double_close, DelayBounded(delays=0), 20, no_panic) == 0
    assert objections(double_close, DelayBounded(delays=1), 400, no_panic) > 4


def test_a_mixture_takes_turns_and_stops_counting_when_it_has_learnt() -> None:
    strategy, asked = Mixed(seed=1), []
    for _ in islice(executions(Subject(late_event), strategy), TRIALS + 12):
        asked.append((repr(strategy.part).partition("seed")[0], "selective" in repr(strategy.part), strategy.always))
    turn = [("PCT(depth=1, ", False), ("UniformRandomWalk(", False), ("UniformRandomWalk(", True)]
    assert [each[:2] for each in asked[:3]] == turn
    assert [each[0] for each in asked[:12:3]] == [f"PCT(depth={depth}, " for depth in (1, 2, 1, 3)]
    assert all(always for _, _, always in asked[:TRIALS])
    assert [always for _, _, always in asked[TRIALS:]] == [not name.startswith("PCT") for name, _, _ in asked[TRIALS:]]
