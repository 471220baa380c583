"""The gate kills every mutant but those that nobody could tell from their designs, and sees no difference in these.

Run with `pytest -m teeth -n auto`; `python -m tests.teeth` prints what kills what. A survivor is argued where it is
listed, and all its fault classes are explored, so this takes minutes.
"""

import pytest

from harness.stream import judged, verify_cell
from tests.scenarios.judging import DESIGNS
from tests.teeth.judging import FAULTS, objections
from tests.teeth.mutant import Mutant, mutated
from tests.teeth.mutants import MUTANTS

MORTAL = [mutant for mutant in MUTANTS if mutant.dies]
EQUIVALENT = [mutant for mutant in MUTANTS if mutant.equivalent]

pytestmark = pytest.mark.teeth


@pytest.mark.parametrize("mutant", MORTAL, ids=str)
def test_the_gate_objects_to_exactly_this(mutant: Mutant) -> None:
    assert objections(mutated(mutant), mutant.dies) == mutant.dies


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("mutant", EQUIVALENT, ids=str)
def test_every_verdict_of_a_survivor_is_that_of_its_design(mutant: Mutant, fault: str) -> None:
    found = {verdict.property: verdict.verdict for verdict in verify_cell(mutated(mutant), FAULTS[fault]).verdicts}
    assert found == {
        name: DESIGNS[mutant.design].expected(fault, name) for name in judged(DESIGNS[mutant.design].handler)
    }
