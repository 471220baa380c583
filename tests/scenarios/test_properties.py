"""Properties of all plans that `stream_plans` can draw: where the fixed designs hold, and where their limits are."""

from typing import Any

import pytest
from hypothesis import find, given, settings

from harness import Execution, check, outcomes, prove
from harness.generators import Schedule, schedules, stream_plans
from harness.strategies import RandomWalk
from harness.stream import PROPERTIES, SAFE_STREAM, StreamPlan, serve
from harness.stream.oracles import session_of
from harness.stream.plan import PANIC
from tests.scenarios.judging import DESIGNS, STEPS, counterexample, violated

SMALL: dict[str, Any] = {"max_events": 1, "max_workers": 1, "max_capacity": 1}
CLOSING = pytest.mark.parametrize("design", ["close_channel", "combined"])


def tiny(plan: StreamPlan) -> bool:
    """At most two things happen besides the stream's end, so that every schedule can be tried."""
    return plan.total + plan.nils + plan.disconnect + bool(plan.failing_write) <= 2


def check_all(design: str, plan: StreamPlan) -> int:
    """A few random schedules, in which goroutines may be slow, against every property."""
    program, strategy = serve(DESIGNS[design].handler, plan), RandomWalk(seed=8)
    return check(program, strategy=strategy, executions=50, oracles=SAFE_STREAM, clock="adversarial").executions


# -- where the designs hold ----------------------------------------------------------------------------------------


@given(plan=stream_plans(max_late=2))
def test_supervised_holds_under_every_plan(plan: StreamPlan) -> None:
    assert check_all("supervised", plan) == 50


@settings(max_examples=300)
@given(plan=stream_plans(max_late=2), schedule=schedules())
def test_supervised_holds_under_plans_and_schedules_drawn_together(plan: StreamPlan, schedule: Schedule) -> None:
    program = serve(DESIGNS["supervised"].handler, plan)
    assert check(program, strategy=schedule, oracles=SAFE_STREAM, clock="adversarial").executions == 1


@given(plan=stream_plans(**SMALL, max_late=1).filter(tiny))
def test_supervised_holds_under_every_schedule_of_every_tiny_plan(plan: StreamPlan) -> None:
    assert prove(serve(DESIGNS["supervised"].handler, plan), oracles=SAFE_STREAM).executions >= 1


def all_read(plan: StreamPlan) -> bool:
    """The handler reads to the end: the client stays and can flush."""
    return plan.flusher and not plan.disconnect and not plan.failing_write


def all_fit(plan: StreamPlan) -> bool:
    """The buffer takes everything the executor sends, nil events included."""
    return plan.total + plan.workers * plan.nils <= plan.capacity


def closing_is_enough(plan: StreamPlan) -> bool:
    """What solutions 3 and 4 ask: no late sender, no panic, and no send that can wait for ever."""
    return not plan.late and plan.ending != PANIC and (plan.watches_context or all_read(plan) or all_fit(plan))


@CLOSING
@given(plan=stream_plans(max_late=1).filter(closing_is_enough))
def test_closing_designs_hold_within_their_precondition(design: str, plan: StreamPlan) -> None:
    assert check_all(design, plan) == 50


def immediate(plan: StreamPlan) -> bool:
    """Nothing puts the trouble off until it cannot hurt: a later failing write, or a pause in which others catch up."""
    return plan.failing_write <= 1 and not plan.delay


@CLOSING
@given(plan=stream_plans(**SMALL, max_late=1).filter(lambda plan: tiny(plan) and immediate(plan)))
def test_closing_designs_hold_under_exactly_the_tiny_plans_of_their_precondition(design: str, plan: StreamPlan) -> None:
    found = counterexample(DESIGNS[design].handler, plan, *PROPERTIES)
    assert (found is None) == closing_is_enough(plan)
    assert found is None or found.oracle in {"no_panic", "no_data_race", "no_goroutine_leak"}


@CLOSING
@pytest.mark.parametrize(
    ("plan", "broken"),
    [
        (StreamPlan(events=0, children=1, late=1), {"no_panic", "no_data_race"}),
        (StreamPlan(events=0, ending="panic"), {"no_panic"}),
        (StreamPlan(events=1, capacity=0, watches_context=False, disconnect=True), {"no_goroutine_leak"}),
        (StreamPlan(events=1, capacity=0, watches_context=False, flusher=False), {"no_goroutine_leak"}),
        (StreamPlan(events=1, capacity=0, watches_context=False, failing_write=1), {"no_goroutine_leak"}),
        (StreamPlan(events=2, capacity=0, watches_context=False, failing_write=2), {"no_goroutine_leak"}),
        (StreamPlan(events=0, nils=1, capacity=0, watches_context=False, disconnect=True), {"no_goroutine_leak"}),
    ],
    ids=lambda value: str(value) if isinstance(value, StreamPlan) else "",
)
def test_each_clause_of_the_precondition_is_needed(design: str, plan: StreamPlan, broken: set[str]) -> None:
    assert not closing_is_enough(plan)
    assert violated(DESIGNS[design].handler, plan) == broken


# -- the executor's books ------------------------------------------------------------------------------------------


def script(plan: StreamPlan) -> dict[str, list[int]]:
    """The numbers that each sender will send if nothing stops it."""
    workers = {f"worker{worker}": list(range(1, plan.events + 1)) for worker in range(1, plan.workers + 1)}
    children = [f"child{w}.{c}" for w in range(1, plan.workers + 1) for c in range(1, plan.children + 1)]
    return workers | {child: [1] for child in children}


def books_are_right(execution: Execution) -> str | None:
    """An oracle: what is accepted of each sender follows its script; of one that watches its context, from the first
    event on and without a gap; all of it, if the handler reads to the end."""
    session = session_of(execution)
    if session is None:
        return None
    plan = session.plan
    for sender, numbers in script(plan).items():
        accepted = [event.number for event in session.executor.accepted if event.source == sender]
        if all_read(plan) or plan.watches_context:
            wanted = numbers if all_read(plan) else numbers[: len(accepted)]
        else:
            wanted = [number for number in numbers if number in accepted]
        if accepted != wanted:
            return f"{sender} was to send {numbers}, and {accepted} were accepted"
    return None


@pytest.mark.parametrize("design", ["done_channel", "close_channel", "supervised"])
@given(plan=stream_plans(max_late=0))
def test_accepted_events_follow_the_script_and_complete_it_when_all_is_read(design: str, plan: StreamPlan) -> None:
    program = serve(DESIGNS[design].handler, plan)
    passed = check(program, strategy=RandomWalk(seed=4), executions=20, oracles=[books_are_right], max_steps=STEPS)
    assert passed.executions == 20


async def accepted_of_two() -> int:
    session = await serve(DESIGNS["close_channel"].handler, StreamPlan(events=2, capacity=1, disconnect=True))()
    return len(session.executor.accepted)


def test_accepted_events_can_fall_short_of_the_script_when_the_client_leaves() -> None:
    assert outcomes(accepted_of_two) == {0, 1, 2}


def test_plans_shrink_to_the_smallest_that_breaks_a_design() -> None:
    def breaks(plan: StreamPlan) -> bool:
        return counterexample(DESIGNS["close_channel"].handler, plan, "no_goroutine_leak") is not None

    once = settings(derandomize=True, database=None, max_examples=500)
    smallest = find(stream_plans(**SMALL), breaks, settings=once)
    assert not closing_is_enough(smallest) and violated(DESIGNS["close_channel"].handler, smallest)
    assert smallest.events + smallest.nils + smallest.children == 1 and smallest.capacity == 0
