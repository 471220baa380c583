"""An execution advanced by its owner is the execution that the step loop runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import Channel, Returned, StepLimitReached, go, run
from harness.errors import BadInput
from harness.model.execution import ADVERSARIAL, Settings
from harness.primitives.world import running
from harness.runtime.execute import Subject
from harness.runtime.stepper import Stepper
from harness.strategies import RandomWalk
from harness.stream import StreamPlan, serve
from tests.scenarios.judging import DESIGNS

SESSION = serve(DESIGNS["done_channel"].handler, StreamPlan(events=1, capacity=1, children=1, late=1, disconnect=True))


@pytest.mark.parametrize("settings", [Settings(), Settings(ADVERSARIAL)], ids=["idle", "adversarial"])
@given(draw=st.randoms(use_true_random=False))
def test_it_comes_to_the_same_execution_as_the_step_loop(settings: Settings, draw: object) -> None:
    stepper = Stepper(Subject(SESSION, (), settings))
    while stepper.enabled:
        stepper.take(draw.randrange(len(stepper.enabled)))  # type: ignore[attr-defined]
    found = stepper.execution()
    script = iter(stepper.schedule)
    again = Subject(SESSION, (), settings).execute(lambda enabled: next(script), always_ask=True)
    assert (found.outcome, found.waiting, found.steps) == (again.outcome, again.waiting, again.steps)
    assert found.schedule == again.schedule == tuple(stepper.schedule)
    assert found.trace == again.trace
    stepper.close()


def test_before_its_end_it_is_an_execution_that_is_cut_off() -> None:
    stepper = Stepper(Subject(SESSION))
    for steps in range(1, 6):
        stepper.take(0)
        found = stepper.execution()
        assert found.outcome == StepLimitReached(steps) and len(found.trace) == steps
    stepper.close()
    assert stepper.enabled == []


def test_others_may_run_between_two_steps_and_several_may_take_turns() -> None:
    one, other = Stepper(Subject(SESSION)), Stepper(Subject(SESSION))
    while one.enabled:
        one.take(0)
        other.take(0)
        assert running.world is None and isinstance(run(SESSION, strategy=RandomWalk(seed=1)).outcome, Returned)
    assert one.execution().outcome == other.execution().outcome
    one.close()
    other.close()


def test_only_what_is_enabled_can_be_taken_and_not_from_within_a_program() -> None:
    stepper = Stepper(Subject(SESSION))
    count = len(stepper.enabled)
    for index in (-1, count, True):
        with pytest.raises(BadInput, match=f"the index of one of {count} transitions"):
            stepper.take(index)

    async def meddler() -> None:
        with pytest.raises(BadInput, match="in progress already"):
            stepper.take(0)
        with pytest.raises(BadInput, match="in progress already"):
            Stepper(Subject(SESSION))

    assert isinstance(run(meddler).outcome, Returned)
    stepper.take(0)
    stepper.close()


async def leaks_in_a_try() -> None:
    cleaned.clear()

    async def leaker() -> None:
        try:
            await Channel().recv()
        finally:
            cleaned.append("ran")

    go(leaker)


cleaned: list[str] = []


def test_closing_runs_no_cleanup() -> None:
    stepper = Stepper(Subject(leaks_in_a_try))
    assert [waiting.goroutine for waiting in stepper.execution().waiting] == ["main/leaker#1"]
    stepper.close()
    assert cleaned == [] and running.world is None
