"""Wherever shrinking starts, it ends at the same counterexample; the smallest lost event is as long as theory says."""

import json
from pathlib import Path

import pytest

from benchmarks.programs import s2b
from harness.model.execution import Execution
from harness.model.outcome import Returned
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.dpor.strategy import DPOR
from harness.search.exhaustive import Exhaustive
from harness.search.fewest import measure
from harness.search.shrink import shrink
from tests.meta.canonical import CELLS, Cell, shrunk

THEORY = json.loads((Path(__file__).parents[1] / "data" / "lost_event.json").read_text("utf-8"))
WANTED = 0.95

FEW: list[Cell] = [
    ("done_channel", "late_send", "no_event_lost"),
    ("done_channel", "cancel_oblivious", "no_goroutine_leak"),
    ("wait_group", "buffer_pressure", "no_deadlock"),
    ("wait_group", "combined", "terminates"),
    ("close_channel", "late_send", "no_data_race"),
    ("combined", "write_failure", "no_goroutine_leak"),
]


@pytest.mark.parametrize("cell", FEW, ids="-".join)
def test_random_failing_executions_shrink_to_the_same_counterexample(cell: Cell) -> None:
    bugs = shrunk(cell, 25, seed=7)
    assert sum(bug.results.total() for bug in bugs.values()) == 25
    assert {len(bug.results) for bug in bugs.values()} == {1}


@pytest.mark.long
@pytest.mark.parametrize("cell", CELLS, ids="-".join)
def test_nearly_all_of_200_shrink_to_the_same_counterexample(cell: Cell) -> None:
    assert all(bug.share >= WANTED for bug in shrunk(cell, 200).values())


def lost(execution: Execution) -> bool:
    return execution.outcome != Returned(0)


def test_the_smallest_lost_event_is_as_long_as_theory_says() -> None:
    every = list(executions(Subject(s2b), Exhaustive()))
    bad = [execution for execution in every if lost(execution)]
    assert (len(every), len(bad)) == (THEORY["interleavings"], THEORY["bad_interleavings"])
    classes = list(executions(Subject(s2b), DPOR()))
    assert (len(classes), sum(map(lost, classes))) == (THEORY["classes"], THEORY["bad_classes"])
    sizes = {shrink(Subject(s2b), execution, lost).measure for execution in bad}
    assert len(sizes) == 1 < len({measure(Subject(s2b), execution) for execution in bad})
    switches, preemptions, steps, _ = sizes.pop()
    assert (switches, preemptions, steps) == (2, 0, 2 * 3 + 5)


@pytest.mark.parametrize("events", range(5))
def test_with_more_events_it_is_longer_and_has_no_more_switches(events: int) -> None:
    """The measure is worked out by hand; see the data file."""
    subject = Subject(s2b, (events,))
    execution = next(execution for execution in executions(subject, DPOR()) if lost(execution))
    assert shrink(subject, execution, lost).measure[:3] == (2, 0, 2 * events + 5)
