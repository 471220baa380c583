"""The comparison with Go has teeth: mistakes in the kernel's semantics are caught, the kernel as it is is not.

Each mutant comes with a small program. Go runs it freely and by the schedules that the mutated kernel predicts.
"""

from collections.abc import Iterator

import pytest

from harness.golang.conformance import Comparison, Effort, Judge, judging
from harness.golang.predict import predict
from harness.golang.toolchain import Toolchain
from harness.search.exhaustive import Exhaustive
from tests.golang.mutants import MUTANTS, Mutant

EFFORT = Effort(free=300, race=60, forced=1)


@pytest.fixture(scope="module")
def judge(go: Toolchain) -> Iterator[Judge]:
    with judging(go, [mutant.program for mutant in MUTANTS], EFFORT) as judge:
        yield judge


def compared(judge: Judge, mutant: Mutant) -> Comparison:
    """What comes of comparing the mutant's program, as the kernel now predicts it."""
    comparison = Comparison()
    prediction = predict(mutant.program, strategy=Exhaustive())
    assert prediction is not None
    judge.compare(prediction, comparison)
    return comparison


def test_there_are_enough_mutants() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 10


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_mutant_is_caught_and_the_kernel_is_not(
    judge: Judge, mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compared(judge, mutant).differences == []
    mutant.mutate(monkeypatch)
    assert not compared(judge, mutant).agrees
