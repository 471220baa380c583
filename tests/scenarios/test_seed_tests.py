"""The four tests that the seed names, for every design, each over every schedule.

A table says which properties a design violates; a design that is not in it violates none. Whatever is violated is
shown to be, and everything else is proved.
"""

from collections.abc import Mapping

import pytest

from harness import Execution, Falsified, prove
from harness.oracles import no_data_race
from harness.stream import StreamPlan, serve
from harness.stream.oracles import status_correct
from tests.scenarios.judging import DESIGNS, LATE_RACE, STUCK, arrivals, every_design, prove_all_but

Broken = Mapping[str, frozenset[str]]
NOTHING: frozenset[str] = frozenset()
PANICS = frozenset({"no_panic"})

BUFFERED = StreamPlan(events=3, capacity=3)
OVERFLOWING = StreamPlan(events=3, capacity=1)
LATE = StreamPlan(events=1, capacity=2, children=1, late=1)
LATE_AND_FAILING = StreamPlan(events=1, capacity=2, children=1, late=1, ending="error")
FAILING = StreamPlan(events=2, capacity=2, ending="error")
PANICKING = StreamPlan(events=2, capacity=2, ending="panic")
PARALLEL = StreamPlan(events=1, workers=2, capacity=2)


def assert_exactly(broken: Broken, design: str, plan: StreamPlan) -> None:
    assert prove_all_but(broken.get(design, NOTHING), DESIGNS[design].handler, plan) >= 1


# -- TestStreamHandlerBufferDrain: all buffered events are sent ----------------------------------------------------

STORES_NIL: Broken = {"atomic_error": PANICS}
WAITS_FOR_ITSELF: Broken = {"wait_group": STUCK, "atomic_error": STUCK}
DRAINS_TOO_EARLY: Broken = {
    "done_channel": frozenset({"no_event_lost"}),
    "wait_group": LATE_RACE,
    "atomic_error": LATE_RACE,  # while the panic unwinds, main wakes and closes the stream
    "close_channel": LATE_RACE,
    "combined": LATE_RACE,
}


@every_design
def test_buffer_drain_sends_everything_that_fits_the_buffer(design: str) -> None:
    assert_exactly(STORES_NIL, design, BUFFERED)
    everything = "start, worker1:1, worker1:2, worker1:3, done"
    assert arrivals(DESIGNS[design].handler, BUFFERED) == ({everything} if design not in STORES_NIL else set())


@every_design
def test_buffer_drain_sends_more_than_the_buffer_holds_unless_the_handler_waits_first(design: str) -> None:
    assert_exactly(WAITS_FOR_ITSELF, design, OVERFLOWING)
    everything = "start, worker1:1, worker1:2, worker1:3, done"
    assert arrivals(DESIGNS[design].handler, OVERFLOWING) == ({everything} if design not in WAITS_FOR_ITSELF else set())


@every_design
def test_buffer_drain_survives_a_late_sender_only_under_supervision(design: str) -> None:
    assert_exactly(DRAINS_TOO_EARLY, design, LATE)


# -- TestStreamHandlerChannelCloses --------------------------------------------------------------------------------


def stream_closes_after_every_send(execution: Execution) -> str | None:
    """An oracle: the stream is closed exactly once, and nothing is sent on it afterwards."""
    events = [action.kind for action in execution.trace if "streamChan" in action.text]
    closes = events.count("close")
    if closes != 1:
        return f"the stream was closed {closes} times"
    return "something was sent after the close" if "send" in events[events.index("close") :] else None


@every_design
def test_channel_closes_exactly_once_and_after_every_send_except_where_nobody_closes_it(design: str) -> None:
    program = serve(DESIGNS[design].handler, PARALLEL)
    if design == "done_channel":
        with pytest.raises(Falsified, match="the stream was closed 0 times"):
            prove(program, oracles=[stream_closes_after_every_send])
    elif design == "atomic_error":
        with pytest.raises(Falsified, match="store of nil value into Value"):
            prove(program)
    else:
        assert prove(program, oracles=[stream_closes_after_every_send]).executions > 1


@every_design
def test_channel_closes_also_when_the_execution_fails_except_where_nobody_closes_it(design: str) -> None:
    program = serve(DESIGNS[design].handler, FAILING)
    if design == "done_channel":
        with pytest.raises(Falsified, match="the stream was closed 0 times"):
            prove(program, oracles=[stream_closes_after_every_send])
    else:
        assert prove(program, oracles=[stream_closes_after_every_send]).executions >= 1


# -- TestStreamHandlerExecError ------------------------------------------------------------------------------------


@every_design
def test_exec_error_is_told_after_every_event(design: str) -> None:
    assert_exactly({}, design, FAILING)
    assert arrivals(DESIGNS[design].handler, FAILING) == {"start, worker1:1, worker1:2, error"}


@every_design
def test_exec_error_by_panic_is_told_only_under_supervision(design: str) -> None:
    recovers = design == "supervised"
    assert_exactly({} if recovers else {design: PANICS}, design, PANICKING)
    told = {"start, worker1:1, worker1:2, error"}
    assert arrivals(DESIGNS[design].handler, PANICKING) == (told if recovers else set())


@every_design
def test_exec_error_is_not_told_of_a_success(design: str) -> None:
    executions = prove(serve(DESIGNS[design].handler, PARALLEL), oracles=[status_correct]).executions
    assert executions > 1
    ends = {arrived.rpartition(", ")[2] for arrived in arrivals(DESIGNS[design].handler, PARALLEL)}
    assert ends == ({"done"} if design not in STORES_NIL else set())


# -- TestStreamHandlerRaceDetection --------------------------------------------------------------------------------

CLOSES_UNDER_A_SENDER = frozenset({"wait_group", "atomic_error", "close_channel", "combined"})


@every_design
@pytest.mark.parametrize("plan", [BUFFERED, OVERFLOWING, FAILING, PARALLEL], ids=str)
def test_race_detection_finds_nothing_without_late_senders(design: str, plan: StreamPlan) -> None:
    proof = prove(serve(DESIGNS[design].handler, plan), oracles=[no_data_race])
    assert proof.executions > 1 or plan is not PARALLEL


@every_design
def test_race_detection_finds_the_close_that_races_with_a_late_send(design: str) -> None:
    program = serve(DESIGNS[design].handler, LATE_AND_FAILING)
    if design in CLOSES_UNDER_A_SENDER:
        with pytest.raises(Falsified, match="data race on streamChan") as falsified:
            prove(program, oracles=[no_data_race])
        assert falsified.value.counterexample.oracle == "no_data_race"
    else:
        assert prove(program, oracles=[no_data_race]).executions > 1
