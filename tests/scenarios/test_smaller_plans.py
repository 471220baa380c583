"""Smaller plans: fewer of something and no other fault; from every plan one comes to the smallest."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.stream import StreamPlan, serve
from harness.stream.generators import stream_plans
from harness.stream.smaller import faults_of, smaller
from scenarios.stream import close_channel, done_channel

SMALLEST = StreamPlan(events=0, capacity=0)
ANY_PLAN = stream_plans(max_late=2)
COUNTS = ("events", "workers", "capacity", "children", "late", "nils", "failing_write", "delay", "slow", "keep_alive")


def sizes(plan: StreamPlan) -> tuple[Any, ...]:
    """Everything of which there can be less; flags count as one if they are not as by default."""
    default = StreamPlan()
    flags = ("rogue", "ending", "watches_context", "disconnect", "flusher")
    return tuple(getattr(plan, name) for name in COUNTS) + tuple(
        getattr(plan, name) != getattr(default, name) for name in flags
    )


@given(ANY_PLAN)
def test_a_smaller_plan_has_less_of_something_and_more_of_nothing(plan: StreamPlan) -> None:
    for other in smaller(plan):
        assert other != plan
        assert all(less <= more for less, more in zip(sizes(other), sizes(plan), strict=True))


@given(ANY_PLAN)
def test_no_fault_comes_in(plan: StreamPlan) -> None:
    for other in smaller(plan):
        assert faults_of(other) <= faults_of(plan)


@given(ANY_PLAN, st.data())
def test_the_faults_to_keep_are_kept(plan: StreamPlan, data: st.DataObject) -> None:
    keeps = data.draw(st.sets(st.sampled_from(sorted(faults_of(plan))))) if faults_of(plan) else set()
    assert all(keeps <= faults_of(other) for other in smaller(plan, keeps))


def test_what_ends_an_endless_executor_is_not_taken_away_from_it() -> None:
    plan = StreamPlan(events=1, disconnect=True, ending="endless")
    assert faults_of(plan) == {"disconnect", "executor_endless"}
    assert {(other.disconnect, other.ending) for other in smaller(plan)} == {(True, "endless"), (True, "success")}
    assert "executor_stall" in faults_of(StreamPlan(ending="endless"))


@given(ANY_PLAN, st.randoms(use_true_random=False))
def test_going_on_comes_to_the_smallest_plan_of_all(plan: StreamPlan, source: Any) -> None:
    while found := list(smaller(plan)):
        plan = source.choice(found)
    assert plan == SMALLEST and not faults_of(plan)


@given(ANY_PLAN, st.randoms(use_true_random=False))
def test_a_program_knows_its_smaller_versions_by_name(plan: StreamPlan, source: Any) -> None:
    program = serve(close_channel, plan)
    version = program
    while found := list(version.smaller()):
        version = source.choice(found)
        assert program.version(version.reference) == version
        assert version.version(program.reference) is None


def test_what_is_no_smaller_version_is_none() -> None:
    program = serve(close_channel, StreamPlan(events=2, capacity=2))
    nothing = serve(close_channel, StreamPlan(events=0, capacity=2))
    assert nothing.version(serve(close_channel, StreamPlan(events=1, capacity=2)).reference) is None
    others = [StreamPlan(events=3, capacity=2), StreamPlan(events=2, capacity=1), StreamPlan(events=1, disconnect=True)]
    assert [program.version(serve(close_channel, plan).reference) for plan in others] == [None] * 3
    assert program.version(serve(done_channel, StreamPlan(events=1, capacity=1)).reference) is None
    assert program.version("module:other") is None


def test_a_full_buffer_stays_as_full_when_less_is_sent() -> None:
    pressed = StreamPlan(events=4, capacity=2)
    assert StreamPlan(events=3, capacity=1) in smaller(pressed) and StreamPlan(events=2, capacity=2) in smaller(pressed)
    roomy = StreamPlan(events=2, capacity=3)
    assert StreamPlan(events=2, capacity=2) in smaller(roomy) and StreamPlan(events=2, capacity=1) not in smaller(roomy)


def test_a_fault_that_the_plan_has_no_occasion_for_is_none() -> None:
    assert faults_of(StreamPlan(events=0, delay=40.0, watches_context=False)) == frozenset()
    assert faults_of(StreamPlan(events=1, delay=40.0, watches_context=False)) == {"delay", "keep_alive", "oblivious"}


def test_the_smaller_versions_of_a_program_have_smaller_plans_and_keep_the_same_faults() -> None:
    program = serve(close_channel, StreamPlan(events=2, capacity=2, disconnect=True))
    assert [version.plan for version in program.smaller()] == list(smaller(program.plan))
    assert {version.handler for version in program.smaller()} == {close_channel}
