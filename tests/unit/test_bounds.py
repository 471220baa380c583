"""Bounded searches say that they are, and how much of a search is done can be estimated while it runs."""

from typing import Any

import pytest

from harness import Atomic, Proof, go, prove
from harness.errors import BadInput
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.dpor.strategy import DPOR
from harness.search.estimate import fraction_seen
from harness.search.exhaustive import Exhaustive
from harness.search.preemption_bounded import PreemptionBounded
from tests.meta.programs import PROGRAMS
from tests.meta.random_programs import program

PHILOSOPHERS = PROGRAMS["philosophers n=3"]


async def increments(observe: Any = None) -> None:
    value = Atomic(0)

    async def increment() -> None:
        await value.store(await value.load() + 1)

    go(increment)
    go(increment)


def proof_within(preemptions: int) -> Proof:
    return prove(PHILOSOPHERS, oracles=(), max_preemptions=preemptions)


def test_each_preemption_more_shows_more_schedules_and_in_the_end_all() -> None:
    every = sum(1 for _ in executions(Subject(PHILOSOPHERS), Exhaustive()))
    counts = [proof_within(preemptions).executions for preemptions in range(8)]
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[2] < every == counts[-1]


def test_a_bounded_proof_says_what_it_leaves_out() -> None:
    assert proof_within(1).bounds.endswith("at most 1 preemption")
    assert proof_within(7).bounds.endswith("at most 7 preemptions, and there are no others")


def test_a_lost_update_needs_one_preemption() -> None:
    def last(preemptions: int) -> int:
        search = PreemptionBounded(preemptions)
        return sum(1 for _ in executions(Subject(increments), search))

    assert [last(0), last(1), last(2)] == [2, 4, 6]


@pytest.mark.parametrize("seed", range(20))
def test_without_a_bound_that_bites_it_is_naive_search(seed: int) -> None:
    subject = Subject(program(seed, "channels", statements=2))
    naive = sorted(execution.schedule for execution in executions(subject, Exhaustive()))
    assert sorted(execution.schedule for execution in executions(subject, PreemptionBounded(100))) == naive


@pytest.mark.parametrize("preemptions", [-1, 1.5, "two"])
def test_a_bound_that_makes_no_sense(preemptions: Any) -> None:
    with pytest.raises(BadInput, match="preemptions is a whole number of at least 0"):
        prove(increments, max_preemptions=preemptions)


def test_what_is_seen_is_the_finished_share_of_every_level_and_the_current_leaf() -> None:
    assert fraction_seen([]) == 1
    assert fraction_seen([(0, 2), (0, 2)]) == 0.25
    assert fraction_seen([(1, 2), (1, 2), (0, 0)]) == 1
    assert fraction_seen([(0, 4), (0, 0)]) == 0.25


@pytest.mark.parametrize("search", [DPOR, lambda: PreemptionBounded(1)])
def test_the_estimate_grows_to_the_whole(search: Any) -> None:
    strategy = search()
    subject = Subject(PROGRAMS["lock/unlock n=4"])
    seen = [strategy.seen() for _ in executions(subject, strategy)]
    assert 0 < seen[0] < 1
    assert seen[-1] == pytest.approx(1)


def test_progress_is_told_with_an_estimate_of_the_whole() -> None:
    told: list[tuple[int, float]] = []
    proof = prove(PROGRAMS["lock/unlock n=5"], oracles=(), on_progress=lambda *now: told.append(now))
    assert [executions for executions, _ in told] == [64]
    assert 0 < told[0][1] <= 1
    assert proof.executions == 120
