"""How many executions a bug takes: the numbers that a change of the strategies must not make worse.

Every campaign starts cold: what a strategy learns about a program costs executions, and they count. The seeds are
fixed, so the numbers are too.
"""

from collections.abc import Callable
from itertools import islice
from statistics import mean, median
from typing import Any

import pytest

from benchmarks.programs import NOTHING_LOST, RARER_BUGS, s1, s1f, s2a, s2b, s2c, s2c_sleep, s2f
from harness.oracles import Oracle, returns
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.exhaustive import Exhaustive
from harness.strategies import PCT, Mixed, RandomWalk, Strategy, UniformRandomWalk

LIMIT = 1_000


def first_bug(subject: Subject, strategy: Strategy, oracle: Oracle) -> int:
    """Which execution is the first one that the oracle objects to; `LIMIT` if none before is."""
    tried = enumerate(islice(executions(subject, strategy), LIMIT - 1), start=1)
    return next((number for number, execution in tried if oracle(execution) is not None), LIMIT)


def campaigns(name: str, make: Callable[[int], Strategy], seeds: range) -> list[int]:
    """The first bugs of so many campaigns against one of the rarer bugs."""
    program, arguments, oracle = RARER_BUGS[name]
    return [first_bug(Subject(program, arguments), make(seed), oracle) for seed in seeds]


def mixed(seed: int) -> Mixed:
    return Mixed(seed=seed)


def s2c_median(make: Callable[[int], Strategy], seeds: range) -> float:
    return median(first_bug(Subject(s2c), make(seed), NOTHING_LOST) for seed in seeds)


def test_a_late_event_behind_yields_is_lost_within_five_executions() -> None:
    assert s2c_median(mixed, range(200)) <= 5
    assert s2c_median(lambda seed: PCT(depth=1, seed=seed), range(200)) <= 5
    assert s2c_median(lambda seed: PCT(depth=3, seed=seed), range(200)) <= 10


def test_rarer_bugs_are_found_within_a_dozen_executions() -> None:
    means = {name: mean(campaigns(name, mixed, range(60))) for name in RARER_BUGS}
    assert max(means.values()) <= 12, means
    assert mean(means.values()) <= 6, means


@pytest.mark.stress
def test_rarer_bugs_are_found_as_quickly_with_other_seeds(repetition: int) -> None:
    seeds = range(1_000 + 50 * repetition, 1_050 + 50 * repetition)
    means = {name: mean(campaigns(name, mixed, seeds)) for name in RARER_BUGS}
    assert max(means.values()) <= 12, means
    assert mean(means.values()) <= 6, means
    assert s2c_median(mixed, seeds) <= 5


def test_the_yardsticks_tell_strategies_apart() -> None:
    """Each part of the mixture misses, or is slow at, what another part finds at once."""
    assert campaigns("events(10,4)", lambda seed: RandomWalk(seed=seed), range(1)) == [LIMIT]
    assert campaigns("philosophers(5,5)", lambda seed: PCT(depth=1, seed=seed), range(1)) == [LIMIT]
    assert mean(campaigns("starve(2,20)", lambda seed: UniformRandomWalk(seed=seed), range(20))) > 12
    assert mean(campaigns("philosophers(5,5)", lambda seed: UniformRandomWalk(seed=seed), range(20))) < 6


def bad_schedules(program: Callable[..., Any], oracle: Oracle) -> tuple[int, int]:
    """How many of all schedules the oracle objects to."""
    found = [oracle(execution) is not None for execution in executions(Subject(program), Exhaustive())]
    return sum(found), len(found)


def test_the_small_programs_have_their_bugs_and_the_correct_ones_have_none() -> None:
    assert bad_schedules(s1, returns(2)) == (12, 20)
    assert bad_schedules(s1f, returns(True))[0] == 0
    assert bad_schedules(s2a, NOTHING_LOST) == (146, 311)
    assert bad_schedules(s2b, NOTHING_LOST) == (14, 884)
    assert bad_schedules(s2f, NOTHING_LOST) == (0, 360)
    assert first_bug(Subject(s2c_sleep), Mixed(), NOTHING_LOST) == LIMIT  # the idle clock hides it
    assert first_bug(Subject(s1f, (4,)), Mixed(), returns(True)) == LIMIT
