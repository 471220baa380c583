"""Every violated cell of `harness verify` is explained, and what the explanation says is true.

The checks know nothing of how causes are found: they look at all schedules, one by one, from the point of no return on.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import pytest

from harness.causes.causes import with_causes
from harness.explain.account import explanation_of
from harness.model.execution import Execution
from harness.model.explanation import Explanation
from harness.model.operation import Transition
from harness.model.outcome import Returned
from harness.report.explain import sentences
from harness.runtime.execute import Subject
from harness.search.campaign import Oracle, executions
from harness.search.exhaustive import Exhaustive
from harness.stream.plan import StreamPlan
from harness.stream.serve import serve
from harness.verify import smallest
from tests.meta.canonical import CELLS, Cell, failing
from tests.scenarios.judging import ASKED, DESIGNS, FAULTS

QUICK: list[Cell] = [
    ("done_channel", "late_send", "no_event_lost"),
    ("done_channel", "cancel_oblivious", "no_goroutine_leak"),
    ("wait_group", "buffer_pressure", "no_deadlock"),
    ("wait_group", "late_send", "no_panic"),
    ("close_channel", "late_send", "no_data_race"),
    ("combined", "combined", "no_data_race"),
    ("atomic_error", "none", "no_panic"),
]
"""One of each kind."""
CONTINUATIONS = 5_000
"""How many schedules are looked at after a point of no return, at most; and if every schedule fails, from the start."""


class From:
    """Every schedule that begins with these choices."""

    always = True

    def __init__(self, choices: Sequence[int]) -> None:
        self.choices = choices
        self.rest = Exhaustive()
        self.depth = 0

    def begin(self) -> bool:
        """The next one."""
        self.depth = 0
        return self.rest.begin()

    def choose(self, enabled: Sequence[Transition]) -> int:
        """As given, and then in every way."""
        self.depth += 1
        return self.choices[self.depth - 1] if self.depth <= len(self.choices) else self.rest.choose(enabled)

    def end(self) -> None:
        """Nothing to do."""
        self.rest.end()


def explained(cell: Cell) -> tuple[Subject, Oracle, Explanation]:
    """What the first failing execution of a random walk shrinks to, explained."""
    design, fault, name = cell
    oracle = ASKED[name]
    subject, execution = next(failing(DESIGNS[design], FAULTS[fault], name, seed=1))
    found = smallest(subject, execution, oracle)
    subject = Subject(serve(DESIGNS[design].handler, StreamPlan.parse(found.plan)), (), found.execution.settings)
    return subject, oracle, with_causes(explanation_of(found, plan=found.plan), subject, oracle)


def passes(oracle: Oracle, execution: Execution) -> bool:
    """Main returns, and nobody objects."""
    return isinstance(execution.outcome, Returned) and oracle(execution) is None


def check_explanation(cell: Cell) -> None:
    """All that an explanation says, by looking at other executions."""
    subject, oracle, found = explained(cell)
    looked, point = found.looked, found.point_of_no_return
    assert looked is not None and looked.complete and looked.nearest
    assert 2 <= len(sentences(found)) <= 6
    schedule = found.failing.execution.schedule
    fatal = schedule[: point.step + 1] if point is not None else ()
    after = islice(executions(subject, From(fatal)), CONTINUATIONS)
    assert not any(passes(oracle, execution) for execution in after)
    if point is None:
        assert looked.always and found.passing is None and not found.pairs
    else:
        assert any(passes(oracle, execution) for execution in executions(subject, From(fatal[:-1])))
        assert found.passing is not None and passes(oracle, found.passing.execution)
        assert found.pairs or found.otherwise


def test_the_paragraph_of_the_lost_event_names_the_late_send_the_empty_drain_and_the_status() -> None:
    _, _, found = explained(("done_channel", "late_send", "no_event_lost"))
    assert sentences(found) == (
        "`no_event_lost` is violated under the plan events=0 capacity=1 children=1 late=1: child1.1:1 was accepted by "
        "the stream but not delivered before the final status, although the client stayed connected; arrived: start, "
        "done.",
        "What matters is that main finds nothing to receive on streamChan and takes its default (step 5) before child "
        "sends child1.1:1 on streamChan (step 10); had that come first, main would have received child1.1:1 from "
        "streamChan.",
        "In between, main loads None from execErr (step 6), main writes done to the client (step 7) and the handler "
        "returns (step 8).",
        "An execution with the other order, and all else as it was as far as that is possible, passes.",
        "The point of no return is step 10, after which every continuation fails; "
        "if instead child were to find request.done closed, it could still pass.",
    )


@pytest.mark.parametrize("cell", QUICK, ids="-".join)
def test_the_explanation_is_true(cell: Cell) -> None:
    check_explanation(cell)


@pytest.mark.long
@pytest.mark.parametrize("cell", CELLS, ids="-".join)
def test_every_explanation_is_true(cell: Cell) -> None:
    check_explanation(cell)
