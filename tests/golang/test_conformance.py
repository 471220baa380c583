"""The harness agrees with real Go about a hundred generated programs; `harness conform` asks about more.

Go is asked in three ways (see `harness.golang.conformance`). A program that no longer agrees is shown, in Python and in
Go, by `harness conform --show SEED`.
"""

import pytest

from harness.golang.conformance import Comparison, Effort, judging
from harness.golang.generate import program
from harness.golang.predict import predict
from harness.golang.toolchain import Toolchain
from harness.search.exhaustive import Exhaustive

PROGRAMS = 102  # of which 100 are small enough
PRIMITIVES = {
    *("goroutine", "unbuffered channel", "buffered channel", "nil channel", "close", "range", "length"),
    *("select with default", "select without default", "shared variable", "atomic", "atomic.Value"),
    *("Mutex", "RWMutex", "WaitGroup", "Once", "Cond", "context", "timer", "sleep", "panic", "recover"),
    *("time.AfterFunc", "context.AfterFunc"),
}


@pytest.fixture(scope="module")
def comparison(go: Toolchain) -> Comparison:
    predictions = [found for seed in range(PROGRAMS) if (found := predict(program(seed))) is not None]
    comparison = Comparison()
    with judging(go, [prediction.text for prediction in predictions], Effort(free=150, race=20)) as judge:
        for prediction in predictions:
            judge.compare(prediction, comparison)
    return comparison


def test_go_comes_to_nothing_that_is_not_predicted_and_to_everything_that_is(comparison: Comparison) -> None:
    assert comparison.programs == 100
    assert [each for each in comparison.differences if not each.why] == []


def test_the_comparison_is_awake(comparison: Comparison) -> None:
    assert comparison.seen > comparison.predicted / 2 > comparison.programs
    assert comparison.racy >= comparison.racy_in_go > 0


def test_nearly_every_prediction_is_confirmed(comparison: Comparison) -> None:
    assert comparison.confirmed >= 0.99 * comparison.predicted


def test_every_primitive_is_met(comparison: Comparison) -> None:
    assert set(comparison.primitives) == PRIMITIVES


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_a_prediction_by_dpor_is_the_one_by_naive_search(seed: int) -> None:
    naive = predict(program(seed), 20_000, Exhaustive())
    if naive is None:
        return  # too large to search naively
    reduced = predict(program(seed), 20_000)
    assert reduced is not None
    assert set(reduced.outcomes) == set(naive.outcomes)
