"""A session without a script does what sessions with a script do, and nothing else."""

from itertools import product

import pytest

from harness import Falsified, prove, replay
from harness.cli.exits import DIFFERS
from harness.cli.main import main
from harness.errors import BadInput
from harness.search.programs import resolve
from harness.stream import PROPERTIES, SAFE_STREAM, Session, StreamPlan, improvise, serve
from harness.stream.serve import Handler
from tests.scenarios.judging import DESIGNS, arrivals

ENDINGS = ("success", "error", "panic")


def improvised(handler: Handler, plan: StreamPlan) -> set[str]:
    """What can have arrived, over every schedule in which the handler returns."""
    sessions = prove(improvise(handler, plan), oracles=[]).outcomes
    return {", ".join(map(repr, session.client.arrived)) for session in sessions if isinstance(session, Session)}


def plans_within(plan: StreamPlan) -> list[StreamPlan]:
    """Every script within the bounds; a late child is started before any event is sent."""
    writes = plan.events + 3
    return [
        StreamPlan(events=events, capacity=plan.capacity, disconnect=leaves, failing_write=fails, ending=ending)
        for events, leaves, fails, ending in product(
            range(plan.events + 1),
            {False, plan.disconnect},
            range(writes if plan.failing_write else 1),
            ENDINGS[: ENDINGS.index(plan.ending) + 1],
        )
        if not (leaves and fails)
    ]


@pytest.mark.parametrize("design", ["done_channel", "close_channel", "supervised"])
@pytest.mark.parametrize(
    "bounds",
    [
        StreamPlan(events=2, capacity=1, ending="error"),
        StreamPlan(events=1, capacity=0, disconnect=True),
        StreamPlan(events=1, capacity=1, failing_write=1),
        StreamPlan(events=1, capacity=1, failing_write=1, disconnect=True, ending="panic"),
    ],
    ids=str,
)
def test_it_comes_to_what_all_scripts_within_its_bounds_come_to(design: str, bounds: StreamPlan) -> None:
    handler, scripts = DESIGNS[design].handler, plans_within(bounds)
    scripted = set().union(*(arrivals(handler, plan) for plan in scripts))
    assert improvised(handler, bounds) == scripted
    assert len(scripted) > 1 and len(scripts) > 1


BROKEN = {
    "done_channel": ("no_event_lost", StreamPlan(events=0, capacity=1, children=1, late=1)),
    "close_channel": ("no_goroutine_leak", StreamPlan(events=1, capacity=0, watches_context=False, failing_write=1)),
    "wait_group": ("no_deadlock", StreamPlan(events=1, capacity=0)),
}


@pytest.mark.parametrize("design", BROKEN)
def test_a_bug_within_the_bounds_is_found_and_replays(design: str) -> None:
    name, bounds = BROKEN[design]
    program = improvise(DESIGNS[design].handler, bounds)
    with pytest.raises(Falsified) as falsified:
        prove(program, oracles=[PROPERTIES[name]])
    found = falsified.value.counterexample
    assert resolve(program.reference) == program
    with pytest.raises(Falsified) as again:
        replay(resolve(program.reference), token=found.token, oracles=SAFE_STREAM)
    assert again.value.counterexample.schedule == found.schedule
    assert main(["replay", found.token]) == DIFFERS


def test_supervised_holds_whatever_executor_and_client_do_within_the_bounds() -> None:
    bounds = StreamPlan(events=1, capacity=1, children=1, late=1, ending="panic", disconnect=True)
    assert prove(improvise(DESIGNS["supervised"].handler, bounds), oracles=SAFE_STREAM).executions > 500


@pytest.mark.parametrize("plan", [StreamPlan(workers=2), StreamPlan(ending="stall"), StreamPlan(delay=1.0)], ids=str)
def test_bounds_that_cannot_be_improvised_are_refused(plan: StreamPlan) -> None:
    with pytest.raises(BadInput, match="is one worker, without delay, and ends in one of success, error, panic"):
        improvise(DESIGNS["supervised"].handler, plan)


def test_what_is_no_plan_or_no_handler_is_refused_as_by_serve() -> None:
    for refused in (lambda: improvise(len, StreamPlan()), lambda: improvise(DESIGNS["supervised"].handler, "events=1")):  # type: ignore[arg-type]
        with pytest.raises(BadInput):
            refused()


def test_without_a_worst_case_there_is_only_one_thing_to_do() -> None:
    handler = DESIGNS["supervised"].handler
    assert improvised(handler, StreamPlan(events=0)) == arrivals(handler, StreamPlan(events=0)) == {"start, done"}
    assert prove(serve(handler, StreamPlan(events=0))).outcomes
