"""Left to themselves, the twins do what the exhaustive search predicts, and nothing else."""

import dataclasses
from typing import Any

import pytest

from harness import Mutex, run
from harness.golang.confirm import RealGo
from harness.golang.free import Expected, FreeRuns, everything, run_freely
from harness.golang.script import outcome_text
from harness.golang.session import predicted, without_the_silent
from harness.model.errors import BadInput
from harness.model.execution import Settings
from harness.stream import StreamPlan, serve
from scenarios.stream import DESIGNS, atomic_error, close_channel, supervised

SMALL = Settings(max_steps=400)
PLANS = (
    StreamPlan(events=2, capacity=1),
    StreamPlan(events=1, capacity=1, children=1, late=1),
    StreamPlan(events=2, capacity=0, watches_context=False, disconnect=True),
    StreamPlan(events=1, ending="panic"),
    StreamPlan(events=1, delay=40.0),
    StreamPlan(events=1, flusher=False),
)


def freely(go: RealGo, handler: Any, plan: StreamPlan) -> FreeRuns:
    return run_freely(go, handler, plan, SMALL, 30, 1)


@pytest.mark.parametrize("plan", PLANS, ids=str)
@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_free_runs_come_to_predicted_outcomes_and_race_only_where_predicted(
    design: Any, plan: StreamPlan, real_go: RealGo
) -> None:
    found = freely(real_go, design.handler, plan)
    assert found.outside == []
    assert found.as_predicted and sum(found.outcomes.values()) == 30


def test_free_runs_differ_from_one_another_and_the_detector_is_awake(real_go: RealGo) -> None:
    found = freely(real_go, close_channel, PLANS[1])
    assert len(found.outcomes) > 1
    assert found.racy > 0 and found.expected.racy
    assert not dataclasses.replace(found, expected=dataclasses.replace(found.expected, racy=False)).as_predicted


def test_an_outcome_that_nothing_predicts_is_told(real_go: RealGo) -> None:
    found = freely(real_go, supervised, PLANS[0])
    less = dataclasses.replace(found, expected=Expected())
    assert less.outside == sorted(found.outcomes) and not less.as_predicted


def test_either_of_two_panics_may_be_the_first_that_is_reported() -> None:
    plan = StreamPlan(events=0, capacity=1, children=1, late=1)
    expected = everything(serve(atomic_error, plan), SMALL)
    first = "main/run_crew#1 panics: sync/atomic: store of nil value into Value"
    second = "main/run_crew#1/child#1 panics: send on closed channel"
    assert expected.outcomes == {first, second}
    assert FreeRuns(plan, 2, {first: 1, second: 1}, 0, expected).as_predicted


# -- without Go ----------------------------------------------------------------------------------------------


def test_everything_that_can_happen_is_an_exact_set() -> None:
    expected = everything(serve(close_channel, StreamPlan(events=0, capacity=1, children=1, late=1)), SMALL)
    done = "returned, connected"
    assert expected.outcomes == {
        "main/run_crew#1/child#1 panics: send on closed channel",
        f"main[arrived start; arrived done: ✅ Execution completed; {done}]",
        "main/run_crew#1/child#1[accepted child1.1:1] main[arrived start; arrived child1.1:1; "
        f"arrived done: ✅ Execution completed; {done}]",
    }
    assert expected.racy and expected.executions >= 3


async def unlocks_twice(ctx: Any, client: Any, execute: Any, *, capacity: int) -> None:
    mutex = Mutex()
    await mutex.lock()
    await mutex.unlock()
    await mutex.unlock()


def test_of_a_fatal_error_nobody_is_said_to_panic() -> None:
    program = serve(unlocks_twice, StreamPlan(events=0))
    fatal = "fatal error: sync: unlock of unlocked mutex"
    assert everything(program, SMALL).outcomes == {fatal}
    assert predicted(program, SMALL, run(program).schedule).outcome == fatal


def test_who_is_blocked_is_part_of_the_outcome() -> None:
    plan = StreamPlan(events=2, capacity=1, watches_context=False, flusher=False)
    expected = everything(serve(close_channel, plan), SMALL)
    assert expected.outcomes == {
        "main/run_crew#1[accepted worker1:1]@send on streamChan main[refused 500 Streaming not supported; "
        "returned, connected]"
    }


def test_a_plan_under_which_a_session_does_not_end_predicts_nothing() -> None:
    with pytest.raises(BadInput, match="not every execution ends within 400 steps"):
        everything(serve(close_channel, StreamPlan(events=1, ending="stall")), SMALL)


def test_goroutines_that_ended_in_silence_are_left_out_of_an_outcome() -> None:
    text = outcome_text({"main": ["a[]"], "main/x#1": [], "main/y#1": [], "main/z#1": ["b; c"]}, {"main/y#1": "select"})
    assert text == "main/x#1[] main/y#1[]@select main/z#1[b; c] main[a[]]"
    assert without_the_silent(text) == "main/y#1[]@select main/z#1[b; c] main[a[]]"
