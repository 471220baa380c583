"""The verdict matrix: as the designs expect it, the same for any number of jobs, counterexamples that replay."""

from collections.abc import Iterator

import pytest

from harness import Falsified
from harness.model.execution import Settings
from harness.model.token import decode
from harness.model.verdict import Verdict
from harness.search.programs import resolve
from harness.stream import FaultClass, StreamPlan, judged, verify_cell, verify_matrix
from harness.verify import replay_recipe
from scenarios.stream.supervised import supervised
from tests.scenarios.judging import ASKED, DESIGNS, FAULTS, every_design

BRIEF = (
    FaultClass("none", "nothing goes wrong", (StreamPlan(events=1), StreamPlan(events=2, capacity=1))),
    FaultClass("late_send", "a child sends late", (StreamPlan(events=0, capacity=1, children=1, late=1),)),
    FaultClass("no_flusher", "no flushing", (StreamPlan(events=2, capacity=1, flusher=False, watches_context=False),)),
)


@every_design
@pytest.mark.parametrize("fault", ["executor_error", "executor_panic", "no_flusher"])
def test_a_cell_has_the_verdicts_that_its_design_expects(design: str, fault: str) -> None:
    cell = verify_cell(DESIGNS[design], FAULTS[fault])
    found = {verdict.property: verdict.verdict for verdict in cell.verdicts}
    assert found == {name: DESIGNS[design].expected(fault, name) for name in judged(DESIGNS[design].handler)}
    assert cell.as_expected and all(verdict.exhaustive for verdict in cell.verdicts)


def test_some_verdicts_are_expected_to_be_violations_and_none_of_supervised() -> None:
    broken = {(name, fault) for name, design in DESIGNS.items() for fault in FAULTS if design.violates.get(fault)}
    assert {name for name, _ in broken} == set(DESIGNS) - {"supervised"}
    assert {fault for _, fault in broken} <= set(FAULTS)


def test_expectations_name_real_fault_classes_and_properties() -> None:
    for design in DESIGNS.values():
        assert set(design.violates) <= set(FAULTS)
        assert {name for names in design.violates.values() for name in names} <= set(judged(design.handler))


@pytest.fixture(scope="module")
def violations() -> list[Verdict]:
    matrix = verify_matrix(tuple(DESIGNS.values()), BRIEF)
    return [verdict for cell in matrix.cells for verdict in cell.verdicts if verdict.verdict == "violated"]


def test_the_matrix_does_not_depend_on_the_number_of_jobs() -> None:
    heard: list[tuple[str, str]] = []
    one = verify_matrix(tuple(DESIGNS.values()), BRIEF)
    two = verify_matrix(
        tuple(DESIGNS.values()), BRIEF, jobs=2, on_cell=lambda cell: heard.append((cell.design, cell.fault))
    )
    assert one == two
    assert sorted(heard) == sorted((cell.design, cell.fault) for cell in one.cells)


def broken_cells(verdicts: list[Verdict]) -> Iterator[tuple[str, str, str]]:
    return ((verdict.design, verdict.fault, verdict.property) for verdict in verdicts)


def test_the_brief_matrix_has_exactly_these_violations(violations: list[Verdict]) -> None:
    assert set(broken_cells(violations)) == {
        ("done_channel", "late_send", "no_event_lost"),
        *((design, "late_send", "no_panic") for design in ("wait_group", "close_channel", "combined")),
        *((design, "late_send", "no_data_race") for design in ("wait_group", "close_channel", "combined")),
        *(("wait_group", "none", name) for name in ("terminates", "no_deadlock")),
        *(("atomic_error", "none", name) for name in ("terminates", "no_deadlock", "no_panic")),
        *(("atomic_error", "late_send", name) for name in ("no_panic", "no_data_race")),
        *((design, "no_flusher", "no_goroutine_leak") for design in DESIGNS if design != "supervised"),
    }


def test_every_violation_replays_from_its_token_under_its_plan(violations: list[Verdict]) -> None:
    for verdict in violations:
        recipe = decode(verdict.token)
        assert recipe.reference.endswith(verdict.plan)
        with pytest.raises(Falsified) as falsified:
            replay_recipe(resolve(recipe.reference), (), recipe, [ASKED[verdict.property]])
        assert falsified.value.counterexample.oracle == verdict.property
        assert falsified.value.counterexample.message == verdict.message


def test_a_token_is_no_longer_than_what_one_likes_to_paste(violations: list[Verdict]) -> None:
    assert max(len(verdict.token) for verdict in violations) <= 200


def test_a_budget_that_runs_out_proves_nothing() -> None:
    fault = FaultClass("none", "too much for the budget", (StreamPlan(events=2, workers=2),))
    cell = verify_cell(DESIGNS["supervised"], fault, budget=2)
    assert {verdict.verdict for verdict in cell.verdicts} == {"inconclusive"}
    assert cell.executions == 2 and not any(verdict.exhaustive for verdict in cell.verdicts)


def test_an_execution_that_is_cut_off_proves_nothing_but_that_it_was() -> None:
    fault = FaultClass("none", "few steps", (StreamPlan(events=3),), Settings(max_steps=3))
    cell = verify_cell(DESIGNS["supervised"], fault)
    assert {verdict.property: verdict.verdict for verdict in cell.verdicts} == {
        name: "violated" if name == "terminates" else "inconclusive" for name in judged(supervised)
    }


def test_a_fault_class_says_in_words_within_what_its_verdicts_hold() -> None:
    plans = (StreamPlan(events=1), StreamPlan(events=2, capacity=1))
    assert FaultClass("none", "idle", plans).bounds == "events=1; events=2 capacity=1 (idle clock, 400 steps)"
    assert FaultClass("none", "slow", plans[:1], Settings("adversarial", 300, 1)).bounds == (
        "events=1 (adversarial clock with at most 1 early timer firing, 300 steps)"
    )
