"""Sessions played move by move: the bugs of the seed's designs are found as short stories, and ours withstands."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from harness import Falsified, replay
from harness.errors import BadInput
from harness.generators import session_machine
from harness.generators.machine import BOUNDS, Play
from harness.search.programs import resolve
from harness.stream import PROPERTIES, StreamPlan
from harness.stream.improvisation import SEND, START_LATE_CHILD
from tests.scenarios.judging import DESIGNS

ONCE = settings(derandomize=True, database=None, deadline=None, max_examples=100, phases=[Phase.generate, Phase.shrink])
SERVABLE = replace(BOUNDS, flusher=True)
LATE = StreamPlan(events=1, capacity=2, children=1, late=1)

TestSupervised = session_machine(DESIGNS["supervised"].handler).TestCase
TestSupervised.settings = settings(max_examples=50, stateful_step_count=20)


@cache
def failure(design: str, bounds: StreamPlan, name: str) -> Falsified:
    """What playing finds."""
    machine = session_machine(DESIGNS[design].handler, bounds, oracles=[PROPERTIES[name]])
    with pytest.raises(Falsified) as falsified:
        run_state_machine_as_test(machine, settings=ONCE)
    return falsified.value


def story(error: Falsified) -> list[str]:
    """The rules of the smallest failing example, as Hypothesis prints them."""
    lines = "\n".join(error.__notes__).splitlines()
    return [line.removeprefix("state.") for line in lines if line.startswith("state.")]


def test_the_lost_event_shrinks_to_the_one_move_that_matters() -> None:
    """Hypothesis shrinks locally: it may leave a move that changes nothing, such as that the executor returns."""
    error = failure("done_channel", LATE, "no_event_lost")
    assert error.counterexample.oracle == "no_event_lost"
    first, *rules, last = story(error)
    assert (first, last) == ("request(capacity=1, watches_context=True, flusher=True)", "teardown()")
    assert "executor_starts_a_late_child()" in rules and "executor_sends()" not in rules and len(rules) <= 3
    assert "step  goroutine" in "\n".join(error.__notes__)


def test_a_deadlock_shrinks_to_a_send_and_steps_of_those_concerned() -> None:
    first, *rules, last = story(failure("wait_group", StreamPlan(events=2, capacity=1), "no_deadlock"))
    assert (first, last) == ("request(capacity=0, watches_context=True, flusher=True)", "teardown()")
    assert [rule for rule in rules if "_steps(" not in rule] == ["executor_sends()"] and len(rules) <= 4


def test_the_token_of_a_played_session_replays_without_hypothesis() -> None:
    found = failure("done_channel", LATE, "no_event_lost").counterexample
    program = resolve("improvised scenarios.stream.done_channel:done_channel events=1 capacity=1 children=1 late=1")
    with pytest.raises(Falsified) as again:
        replay(program, token=found.token, oracles=[PROPERTIES["no_event_lost"]])
    assert again.value.counterexample.message == found.message


@pytest.mark.parametrize("design", ["done_channel", "close_channel"])
def test_when_everything_may_go_wrong_the_seeds_designs_fail_somewhere(design: str) -> None:
    machine = session_machine(DESIGNS[design].handler)
    first = settings(ONCE, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(Falsified):
        run_state_machine_as_test(machine, settings=first)


# -- one session, by hand ------------------------------------------------------------------------------------------


def play(design: str, plan: StreamPlan, *moves: str) -> Play:
    """A session in which these moves were made, each the first of its kind."""
    session = Play(DESIGNS[design].handler, plan)
    for move in moves:
        session.stepper.take(session.moves()[move][0])
    return session


def test_the_moves_are_those_of_executor_client_handler_and_others() -> None:
    session = play("done_channel", SERVABLE, START_LATE_CHILD)
    assert set(session.moves()) == {
        *("return", "fail", "panic", "send", "send nil", "start a child"),
        *("stay", "disconnect", "break"),
        *("handler", "others"),
    }
    session.stepper.close()


def test_a_handler_without_a_partner_waits_until_time_passes() -> None:
    session = play("done_channel", LATE, "handler")
    assert "handler" not in session.moves() and "time" in session.moves()
    session.stepper.take(session.moves()["time"][0])
    assert "handler" in session.moves()
    session.finish()
    assert session.objection(tuple(PROPERTIES.values())) is None
    session.stepper.close()


def test_an_event_that_is_on_its_way_is_not_lost_yet() -> None:
    session = play("supervised", LATE, "handler", SEND, "executor")
    assert session.objection((PROPERTIES["no_event_lost"],)) is None
    session.finish()
    assert session.objection(tuple(PROPERTIES.values())) is None
    session.stepper.close()


def test_a_panic_is_noticed_at_once() -> None:
    session = play("close_channel", SERVABLE, "panic", "executor", "executor", "executor")
    found: Any = session.objection((PROPERTIES["no_panic"],))
    assert found is not None and "crew failed" in found.counterexample.message
    session.stepper.close()


def test_what_cannot_be_played_is_refused_before_it_begins() -> None:
    for plan in (StreamPlan(workers=2), StreamPlan(ending="stall")):
        with pytest.raises(BadInput):
            session_machine(DESIGNS["supervised"].handler, plan)
    with pytest.raises(BadInput):
        session_machine(DESIGNS["supervised"].handler, oracles=["no_panic"])  # type: ignore[list-item]
