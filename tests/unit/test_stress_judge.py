"""Which findings are alike: those whose minimal examples have one cause, whatever the plan was; and no others."""

import itertools
from collections.abc import Mapping

import pytest

from harness.model.cause import Cause
from harness.model.execution import ADVERSARIAL, Execution, Settings
from harness.runtime.execute import Subject
from harness.search.campaign import Oracle, executions
from harness.search.cause import cause_of
from harness.search.mixed import Mixed
from harness.stream import PROPERTIES, StreamPlan, judged, serve
from harness.stress import Batch, Campaign, drawn, known_because, minimised, run_batch
from harness.stress.draw import MAX_STEPS, STALLED_STEPS, strategy_of
from harness.stress.judge import BY_ENDING, Judge
from tests.scenarios.judging import DESIGNS


def found(design: str, plan: str, name: str) -> set[str]:
    """The causes of the minimal examples of all ways in which 100 schedules violate a property."""
    steps = STALLED_STEPS if "stall" in plan else MAX_STEPS
    batch = Batch(0, design, StreamPlan.parse(plan), Settings(max_steps=steps), "Mixed", 1, 100)
    sightings = run_batch(DESIGNS[design], batch).sightings
    return {minimised(DESIGNS[design], each).cause for each in sightings if each.property == name}


@pytest.mark.parametrize(
    ("design", "name", "plans"),
    [
        (
            "done_channel",
            "no_event_lost",
            ["events=0 capacity=1 children=1 late=1", "events=3 capacity=4 children=2 late=2", "children=1 late=1"],
        ),
        (
            "done_channel",
            "no_goroutine_leak",
            [
                "events=3 capacity=0 watches_context=no disconnect=yes",
                "events=8 capacity=1 watches_context=no disconnect=yes",
                "events=2 workers=3 capacity=1 watches_context=no disconnect=yes",
                "events=2 capacity=1 flusher=no watches_context=no",
            ],
        ),
        (
            "wait_group",
            "no_deadlock",
            [
                "events=2 capacity=0",
                "events=8 capacity=3 workers=2",
                "events=3 capacity=1 watches_context=no",
                "events=0 children=1 capacity=0",
            ],
        ),
        (
            "close_channel",
            "no_data_race",
            ["events=0 capacity=1 children=1 late=1", "events=1 workers=2 capacity=9 children=1 late=2 nils=1"],
        ),
        (
            "close_channel",
            "no_panic",
            [
                "events=0 capacity=1 children=1 late=1",
                "capacity=9 children=2 late=1 watches_context=no",
                "capacity=9 children=2 late=2 rogue=yes",
            ],
        ),
    ],
)
def test_what_the_plan_decides_makes_no_difference(design: str, name: str, plans: list[str]) -> None:
    by_plan = [found(design, plan, name) for plan in plans]
    assert len(set.union(*by_plan)) == 1 and all(by_plan)


@pytest.mark.parametrize(
    ("design", "name", "one", "other"),
    [
        # the executor's own panic; a late child's send on the closed stream; a nil error in an atomic.Value
        ("close_channel", "no_panic", "ending=panic", "events=0 capacity=1 children=1 late=1"),
        ("atomic_error", "no_panic", "ending=panic", "events=1"),
        # the executor is stuck at its send; it stalls by itself
        (
            "done_channel",
            "no_goroutine_leak",
            "events=2 capacity=0 flusher=no watches_context=no",
            "flusher=no ending=stall",
        ),
        ("wait_group", "terminates", "events=2 capacity=0", "ending=stall"),
    ],
)
def test_another_cause_is_told_from_it(design: str, name: str, one: str, other: str) -> None:
    these, those = found(design, one, name), found(design, other, name)
    assert these and those and not these & those


def test_a_long_session_is_not_what_becomes_of_one_that_was_cut_off_because_its_executor_stalls() -> None:
    plan = StreamPlan.parse("events=6 capacity=2 delay=40 ending=stall keep_alive=5")
    batch = Batch(0, "supervised", plan, Settings(max_steps=STALLED_STEPS), "Mixed", 1, 4)
    for sighting in run_batch(DESIGNS["supervised"], batch).sightings:
        minimal = minimised(DESIGNS["supervised"], sighting)
        assert known_because(DESIGNS["supervised"], StreamPlan.parse(minimal.example.plan), sighting.property)


def test_what_holds_has_no_cause() -> None:
    assert all(found("supervised", "events=3 capacity=1 children=1 late=1", name) == set() for name in PROPERTIES)


def test_the_judge_agrees_with_its_slow_twin() -> None:
    campaign, violations = Campaign(5, tuple(DESIGNS), 5), set()
    for number in range(96):
        batch = drawn(campaign, number)
        handler = DESIGNS[batch.design].handler
        judge, subject = Judge(judged(handler)), Subject(serve(handler, batch.plan), (), batch.settings)
        for execution in itertools.islice(executions(subject, strategy_of(batch)), batch.executions):
            slow = slow_twin(execution, judged(handler))
            assert judge(execution) == slow, batch
            violations |= set(slow)
    assert violations >= BY_ENDING | {"no_data_race"}


def slow_twin(execution: Execution, properties: Mapping[str, Oracle]) -> dict[str, Cause]:
    """Every property asked afresh."""
    told = {name: oracle(execution) for name, oracle in properties.items()}
    return {name: cause_of(properties[name], execution, words) for name, words in told.items() if words is not None}


def test_the_judge_does_not_ask_again_about_an_ending_that_it_knows() -> None:
    asked = 0

    def no_deadlock(execution: Execution) -> str | None:
        nonlocal asked
        asked += 1
        return PROPERTIES["no_deadlock"](execution)

    program = serve(DESIGNS["wait_group"].handler, StreamPlan(events=2, capacity=0))
    judge = Judge({"no_deadlock": no_deadlock})
    settings = Settings(ADVERSARIAL, 400, 2)
    tried = [*itertools.islice(executions(Subject(program, (), settings), Mixed(seed=0)), 50)]
    assert all(judge(execution) for execution in tried)
    assert asked < 5
