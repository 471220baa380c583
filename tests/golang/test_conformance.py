"""The harness agrees with real Go about a hundred generated programs; `harness conform` asks about more.

Go is asked in three ways (see `harness.golang.conformance`). A program that no longer agrees is shown, in Python and in
Go, by `harness conform --show SEED`.
"""

import hashlib
from typing import Any

import pytest

from harness.golang.conformance import Comparison, Difference, Effort, Judge, judging
from harness.golang.generate import program
from harness.golang.predict import predict
from harness.golang.text import Text
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
    assert (comparison.programs, comparison.idle_only) == (100, 0)
    assert comparison.differences == []  # not even one that can be explained


def test_the_comparison_is_awake(comparison: Comparison) -> None:
    assert comparison.seen > comparison.predicted / 2 > comparison.programs
    assert comparison.racy >= comparison.racy_in_go > 0.9 * comparison.racy > 0
    assert comparison.racy < comparison.programs / 2  # of those with a race nobody asks what Go comes to


def test_nearly_every_prediction_is_confirmed(comparison: Comparison) -> None:
    assert comparison.confirmed >= 0.99 * comparison.predicted


def test_the_same_seed_is_the_same_program_under_every_version_of_python_and_hash_seed() -> None:
    texts = [program(seed) for seed in range(200)]
    both = "".join(text.python + text.go for text in texts)
    assert hashlib.sha256(both.encode()).hexdigest()[:16] == "b6daf03208892b53"


@pytest.mark.parametrize("free", [1, 2, 10, 150])
def test_every_free_run_that_is_asked_for_is_made(free: int) -> None:
    process, comparison, prediction = Pretended(), Comparison(), predict(program(5))
    assert prediction is not None
    list(Judge(process, process, Effort(free=free)).outside(prediction, comparison))  # type: ignore[arg-type]
    assert comparison.runs == free == len({job["Seed"] + i for job in process.jobs for i in range(job["Runs"])})


def test_a_forced_run_that_gets_elsewhere_under_the_race_detector_is_a_difference() -> None:
    process, prediction = Pretended(), predict(program(5))
    assert prediction is not None
    found = list(Judge(process, process, Effort()).missed_race(prediction, Comparison()))  # type: ignore[arg-type]
    assert {each.kind for each in found} == {"unconfirmed"} and len(found) == len(prediction.outcomes)


def test_only_what_no_gate_can_bring_about_is_excused() -> None:
    plain = predict(program(5))
    assert plain is not None
    assert plain.beyond == {}
    twice = (("go", (("wg_done", 0), ("wg_add", 0))), ("wg_wait", 0))
    reused = predict(Text("reused", (0, 0), (("wg_add", 0), *twice)))
    assert reused is not None
    assert set(reused.beyond) == {"main panics: sync: WaitGroup is reused before previous Wait has returned"}
    assert [why.partition(";")[0] for why in reused.beyond.values()] == ["a waiter that was woken goes on at once"]
    window = predict(Text("window", (0, 0), (("go", (("watch", 0), ("err", 1))), ("err", 1), ("cancel", 0))))
    assert window is not None
    assert {why.partition(";")[0] for why in window.beyond.values()} == {
        "a cancel function goes through its tree in one call"
    }


def test_what_is_excused_agrees_and_nothing_else_does() -> None:
    excused, other = Difference("unconfirmed", "p1", "", "known"), Difference("outside", "p1", "")
    assert Comparison(differences=[excused]).agrees
    assert not Comparison(differences=[excused, other]).agrees


class Pretended:
    """A Go process that does what it is told, but comes to no outcome."""

    def __init__(self) -> None:
        self.jobs: list[Any] = []

    def do(self, job: Any) -> dict[str, Any]:
        self.jobs.append(job)
        return {"Done": job["Runs"], "Same": 0, "Differs": "step 0", "Outcomes": {}, "Racy": {}}


def test_a_race_on_the_way_to_an_outcome_is_seen_in_forced_runs(go: Toolchain) -> None:
    text = Text("racing", (0, 0), (("go", (("store", 0, 1),)), ("store", 0, 2)))
    prediction = predict(text)
    assert prediction is not None and prediction.race
    with judging(go, [text]) as judge:
        for outcome in prediction.outcomes:
            assert judge.race.do(judge.forced_job(prediction, outcome, 3))["Racy"] == {outcome: 3}


def test_who_should_be_parked_and_is_not_is_noticed(go: Toolchain) -> None:
    text = Text("adding", (0, 0), (("add", 0, 1),))
    prediction = predict(text)
    assert prediction is not None
    (outcome,) = prediction.outcomes
    with judging(go, [text]) as judge:
        job: Any = judge.forced_job(prediction, outcome, 1)
        assert judge.plain.do(job)["Same"] == 1
        job["Steps"][0]["Grants"][0]["Parks"] = True
        assert judge.plain.do(job)["Differs"] == 'step 0: main is not blocked by "atomic_add on a0"'


def test_every_primitive_is_met(comparison: Comparison) -> None:
    assert set(comparison.primitives) == PRIMITIVES


@pytest.mark.parametrize("seed", sorted({*range(0, 60, 3)} - {12, 45}))  # these two are too large to search naively
def test_a_prediction_by_dpor_is_the_one_by_naive_search(seed: int) -> None:
    naive = predict(program(seed), 20_000, Exhaustive())
    assert naive is not None
    reduced = predict(program(seed), 20_000)
    assert reduced is not None
    assert set(reduced.outcomes) == set(naive.outcomes)
