"""Under a fair bound every search comes to an end, and all of them to the same ones: busy loops, random and by hand."""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from harness import Atomic, FairBoundReached, StepLimitReached, go, outcomes, prove
from harness.model.execution import Settings
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.strategies import PCT, POS, DelayBounded, Exhaustive, Mixed, RandomWalk, UniformRandomWalk
from tests.meta.busy_programs import program
from tests.meta.class_twin import Agreement, TooMany, agreement

Program = Callable[..., Awaitable[Any]]
SETTINGS = [
    Settings(max_steps=60, fair_bound=1),
    Settings(max_steps=60, fair_bound=2),
    Settings("adversarial", early_firings=1, max_steps=60, fair_bound=1),
]
SEEDS = range(45)
MOST = 150


def compared(seeds: range, settings: Settings) -> dict[int, Agreement]:
    found = {}
    for seed in seeds:
        try:
            found[seed] = agreement(program(seed, 2 + seed % 2), settings, MOST)
        except TooMany:
            pass
    return found


@pytest.mark.parametrize("settings", SETTINGS, ids=["once", "twice", "adversarial"])
def test_on_busy_loops_dpor_the_class_oracle_and_naive_search_agree(settings: Settings) -> None:
    found = compared(SEEDS, settings)
    assert {seed: each.differences for seed, each in found.items() if each.differences} == {}
    assert len(found) > 30
    assert sum(each.naive for each in found.values()) > 12
    assert sum(each.classes > 2 for each in found.values()) > 15


async def handed_over() -> str:
    flag = Atomic(0, name="flag")
    go(flag.store, 1)
    while not await flag.load():
        pass
    return "seen"


@pytest.mark.parametrize("bound", [1, 2, 5, 9])
def test_a_spin_loop_has_a_class_for_every_number_of_looks_in_vain(bound: int) -> None:
    """One look that begins the row, then `bound` in vain; or fewer."""
    assert prove(handed_over, fair_bound=bound).executions == bound + 2
    assert outcomes(handed_over, fair_bound=bound) == {"seen"}


def test_without_the_bound_the_loop_runs_into_the_step_limit() -> None:
    assert outcomes(handed_over, fair_bound=0, max_steps=9) == {"seen", StepLimitReached(9)}


def test_several_workers_find_the_same_classes() -> None:
    alone, shared = prove(handed_over), prove(handed_over, jobs=2, executor=ThreadPoolExecutor(2))
    assert (alone.executions, alone.outcomes) == (shared.executions, shared.outcomes)


STRATEGIES = [RandomWalk, UniformRandomWalk, PCT, POS, DelayBounded, Mixed]


@pytest.mark.parametrize("make", STRATEGIES, ids=lambda make: make.__name__)
def test_no_strategy_spins_for_ever_and_whatever_it_does_can_be_repeated(make: Callable[..., Any]) -> None:
    kinds = set()
    for seed in range(40):
        strategy = make(seed=seed)
        for _, execution in zip(range(6), executions(Subject(program(seed)), strategy), strict=False):
            assert not isinstance(execution.outcome, StepLimitReached), (seed, execution)
            assert len(execution.trace) == execution.steps
            kinds.add(type(execution.outcome))
    assert FairBoundReached in kinds


def test_depth_first_search_ends_by_itself() -> None:
    found = list(executions(Subject(handed_over), Exhaustive()))
    assert 1 < len(found) < 20
    assert max(execution.steps for execution in found) <= 9
