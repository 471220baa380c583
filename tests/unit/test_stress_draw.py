"""What a campaign draws: a pure function of seed and number, over every fault; and which findings are known."""

import dataclasses

import pytest

from harness.errors import BadInput
from harness.model.execution import ADVERSARIAL, IDLE
from harness.stream import FAULT_CLASSES, PROPERTIES, StreamPlan, judged
from harness.stream.plan import ENDINGS
from harness.stress.draw import STRATEGIES, Campaign, drawn, strategy_of
from harness.stress.known import classes_of, known_because
from tests.elsewhere import printed
from tests.scenarios.judging import DESIGNS

SEVERAL = Campaign(3, tuple(DESIGNS), 20)
BATCHES = [drawn(SEVERAL, number) for number in range(600)]


def test_a_batch_is_a_function_of_the_campaign_and_its_number_in_every_process() -> None:
    script = (
        "from harness.stress.draw import Campaign, drawn\n"
        f"print([repr(drawn(Campaign(3, {tuple(DESIGNS)!r}, 20), number)) for number in range(20)])"
    )
    told = {printed("-c", script, hash_seed=hash_seed) for hash_seed in ("1", "2")}
    assert told == {f"{[repr(batch) for batch in BATCHES[:20]]}\n"}


def test_another_seed_or_number_is_another_batch() -> None:
    other = [drawn(dataclasses.replace(SEVERAL, seed=4), number) for number in range(600)]
    assert len({(batch.plan, batch.seed) for batch in [*BATCHES, *other]}) == 1200


def test_it_is_the_turn_of_one_design_after_the_other() -> None:
    assert tuple(batch.design for batch in BATCHES[:7]) == (*DESIGNS, next(iter(DESIGNS)))


def test_every_fault_is_drawn_with_every_strategy_and_clock() -> None:
    for field in dataclasses.fields(StreamPlan):
        assert len({getattr(batch.plan, field.name) for batch in BATCHES}) > 1, field.name
    assert {batch.plan.ending for batch in BATCHES} == set(ENDINGS)
    assert {(batch.strategy, batch.settings.clock) for batch in BATCHES} == {
        (strategy, clock) for strategy in STRATEGIES for clock in (IDLE, ADVERSARIAL)
    }
    faults = {fault for batch in BATCHES for fault in classes_of(batch.plan)}
    assert faults == {fault.name for fault in FAULT_CLASSES}


def test_plans_survive_being_written_and_read() -> None:
    assert [StreamPlan.parse(str(batch.plan)) for batch in BATCHES] == [batch.plan for batch in BATCHES]


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_batch_names_its_strategy(name: str) -> None:
    batch = next(batch for batch in BATCHES if batch.strategy == name)
    assert type(strategy_of(batch)).__name__ == name


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((0, ()), "needs designs"),
        ((0, ("a", "a")), "each named once; found a, a"),
        ((0, ("a",), 0), "at least 1; found 0"),
        (("0", ("a",)), "a seed is a whole number; found '0'"),
    ],
)
def test_a_campaign_that_makes_no_sense(arguments: tuple[object, ...], expected: str) -> None:
    with pytest.raises(BadInput, match=expected):
        Campaign(*arguments)  # type: ignore[arg-type]


# -- what is known -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULT_CLASSES, ids=lambda fault: fault.name)
def test_the_plans_of_a_fault_class_have_its_fault(fault: object) -> None:
    assert all(fault.name in classes_of(plan) for plan in fault.plans)  # type: ignore[attr-defined]


def test_a_plan_without_faults_has_none() -> None:
    assert classes_of(StreamPlan(events=3)) == ("none",)
    assert classes_of(StreamPlan(events=3, capacity=2)) == ("buffer_pressure", "none")
    assert classes_of(StreamPlan(events=3, capacity=2, nils=1)) == ("buffer_pressure", "nil_event", "combined", "none")


def test_what_a_design_is_expected_to_violate_is_known_and_nothing_else() -> None:
    late = StreamPlan(events=0, capacity=1, children=1, late=1)
    buggy = DESIGNS["done_channel"]
    assert {name: known_because(buggy, late, name) for name in PROPERTIES if known_because(buggy, late, name)} == {
        "no_event_lost": "expected under late_send"
    }
    assert not any(known_because(DESIGNS["supervised"], late, name) for name in PROPERTIES)
    assert not any(known_because(buggy, StreamPlan(), name) for name in PROPERTIES)
    always = "expected even if nothing goes wrong"
    assert known_because(DESIGNS["atomic_error"], StreamPlan(flusher=True), "no_panic") == always


def test_what_no_handler_can_help_is_known_and_nothing_else() -> None:
    def known(plan: StreamPlan) -> set[str]:
        supervised = DESIGNS["supervised"]
        return {name for name in judged(supervised.handler) if known_because(supervised, plan, name)}

    assert known(StreamPlan(ending="stall")) == {"terminates", "no_deadlock", "no_goroutine_leak"}
    assert known(StreamPlan(ending="endless")) == {"terminates", "no_deadlock", "no_goroutine_leak"}
    assert known(StreamPlan(ending="endless", disconnect=True)) == set()
    assert known(StreamPlan(children=1, late=1, rogue=True)) == {
        "no_panic",
        "no_data_race",
        "no_event_lost",
        "no_goroutine_leak",
        "no_work_after_return",
    }


def test_what_is_endless_has_a_client_that_leaves() -> None:
    endless = [batch.plan for batch in BATCHES if batch.plan.ending == "endless"]
    assert endless and all(plan.disconnect for plan in endless)
