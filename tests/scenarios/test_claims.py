"""The seed's claims: each has exactly the finding stated here, and whatever is refuted replays to a violation."""

from collections.abc import Mapping

import pytest

from harness import Falsified
from harness.model.token import decode
from harness.model.verdict import Claim
from harness.search.programs import resolve
from harness.stream import SAFE_STREAM
from harness.verify import replay_recipe
from scenarios.stream.claims import STATEMENTS, check_claims

CONFIRMED = "confirmed"
REFUTED = "refuted"
LATE = "holds if no goroutine of the executor sends after it has returned"

# The beginning of each finding, and whether a counterexample shows why it is not simply "confirmed" (or why it is).
FINDINGS: Mapping[str, tuple[str, bool]] = {
    "race_1_exec_err": (REFUTED, False),
    "race_2_drain_window": ("holds if a child of the executor sends after it has returned", True),
    "race_3_send_after_return": ("holds if a late sender that ignores its context finds the buffer full", True),
    "default_is_not_empty": (CONFIRMED, True),
    "not_finished_writing": (REFUTED, False),
    "wait_group_finished": (CONFIRMED, False),
    "wait_group_close_is_safe": (LATE, True),
    "wait_group_no_data_race": (CONFIRMED, False),
    "wait_group_cannot_drain": (CONFIRMED, True),
    "wait_group_roomy": ("holds if the buffer holds everything the executor sends", True),
    "atomic_no_data_race": (CONFIRMED, False),
    "atomic_store": ("holds if the execution fails", True),
    "close_is_completion": (CONFIRMED, False),
    "close_guarantees_empty": (CONFIRMED, False),
    "close_drains": (CONFIRMED, False),
    "close_exec_err": (CONFIRMED, False),
    "close_no_data_races": (LATE, True),
    "close_no_panic": (LATE, True),
    "close_no_leak": ("holds if the executor watches its context", True),
    "close_in_both_places": ("holds if only one of the two closes it", True),
    "no_behavior_changes": (LATE, True),
    "combined_safe_read": (CONFIRMED, False),
    "combined_is_redundant": (CONFIRMED, False),
    "three_races_fixed": (LATE, True),
    "supervised_terminates": ("holds if the executor ends once its sends are refused", True),
    "supervised_late_senders": ("holds if they are started through the outlet", True),
}

# Where a claim stands: a heading of the seed document, with "disadvantage" for that list; or our own contract.
SOURCES = {
    "Race Condition #1",
    "Race Condition #2",
    "Race Condition #3",
    "Root Cause 2",
    "Root Cause 3",
    "Solution 1",
    "Solution 1, disadvantage",
    "Solution 2",
    "Solution 3",
    "Solution 3, disadvantage",
    "Solution 4",
    "Solution 4, disadvantage",
    "Benefits",
    "Compatibility",
    "Recommendation",
    "supervised, contract",
}


@pytest.fixture(scope="module")
def claims() -> dict[str, Claim]:
    return {claim.name: claim for claim in check_claims()}


def test_every_statement_has_a_name_of_its_own_and_an_expected_finding() -> None:
    names = [statement.name for statement in STATEMENTS]
    assert len(names) == len(set(names))
    assert set(names) == set(FINDINGS)


def test_every_source_is_a_place_in_the_seed_document_or_our_contract() -> None:
    assert {statement.source for statement in STATEMENTS} == SOURCES


@pytest.mark.parametrize("name", FINDINGS)
def test_the_finding_is_the_expected_one(name: str, claims: dict[str, Claim]) -> None:
    finding, has_token = FINDINGS[name]
    assert claims[name].finding.startswith(finding)
    assert bool(claims[name].token) == has_token


@pytest.mark.parametrize("name", [name for name, (_, has_token) in FINDINGS.items() if has_token])
def test_the_token_replays_to_a_violation(name: str, claims: dict[str, Claim]) -> None:
    recipe = decode(claims[name].token)
    with pytest.raises(Falsified) as falsified:
        replay_recipe(resolve(recipe.reference), (), recipe, SAFE_STREAM)
    assert falsified.value.counterexample.token == claims[name].token
    assert recipe.reference.startswith("stream scenarios.stream.")


@pytest.mark.parametrize("name", FINDINGS)
def test_the_evidence_says_what_was_explored(name: str, claims: dict[str, Claim]) -> None:
    claim = claims[name]
    assert claim.statement and claim.source
    assert any(word in claim.evidence for word in ("every schedule of", "with events=", "verdicts for every property"))


def test_a_condition_is_shown_from_both_sides(claims: dict[str, Claim]) -> None:
    conditional = [claim for claim in claims.values() if claim.finding.startswith("holds if")]
    assert len(conditional) == sum(finding.startswith("holds if") for finding, _ in FINDINGS.values())
    assert [claim.name for claim in conditional if "otherwise" not in claim.evidence] == ["race_3_send_after_return"]
