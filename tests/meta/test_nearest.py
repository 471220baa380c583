"""What is said to be nearest is one of all the executions that pass, it differs as is said, and no change can be left
out: on random programs, for every value that they can return."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.causes.events import Op, events_of
from harness.causes.guide import Otherwise, Reversed, ways_by_op
from harness.causes.nearest import Nearest, Search
from harness.model.execution import Execution, Settings
from harness.runtime.execute import Subject
from tests.meta.random_programs import THEMES, program
from tests.meta.test_no_return_twin import FAILING, SETTINGS, every_execution, value_of

LATE = 1 << 30


def place(subject: Subject, execution: Execution, op: Op) -> int:
    """In which step an operation completes; late, if it does not."""
    return next((step for step, event in enumerate(events_of(subject, execution)) if op in event.ops), LATE)


def check_changes(subject: Subject, failing: Execution, found: Nearest) -> None:
    """Everything that is said to differ does."""
    for change in found.changes:
        match change:
            case Reversed(first, then):
                assert place(subject, failing, first) < place(subject, failing, then)
                assert place(subject, found.passing, then) < place(subject, found.passing, first)
            case Otherwise(op, way):
                assert ways_by_op(events_of(subject, failing))[op] != way
                assert ways_by_op(events_of(subject, found.passing)).get(op, way) == way


def nearest_ones(subject: Subject) -> Iterator[Nearest | None]:
    """For failing executions of every value, what is nearest, checked; None where no change was enough."""
    every = every_execution(subject)
    for value in sorted({str(value_of(execution)) for execution in every if value_of(execution) is not None}):
        passing = [execution for execution in every if value_of(execution) == value]
        failing = [execution for execution in every if value_of(execution) != value]
        for execution in failing[:: max(1, len(failing) // FAILING)]:
            search = Search(subject, execution, lambda found, value=value: value_of(found) == value, 500)
            found = search.nearest(passing[0])
            if found is not None:
                assert found.passing.schedule in {other.schedule for other in passing}
                check_changes(subject, execution, found)
                for change in found.changes:
                    assert search.attempt(tuple(each for each in found.changes if each != change)) is None
            assert search.left > 0
            yield found


@pytest.mark.parametrize("settings", SETTINGS, ids=["idle", "adversarial"])
def test_what_is_nearest_passes_and_differs_as_it_says(settings: Settings) -> None:
    found: list[Nearest | None] = []
    for theme in (*THEMES, None):
        for seed in range(8):
            found += nearest_ones(Subject(program(seed, theme), (), settings))
    sizes = [len(each.changes) for each in found if each is not None]
    assert len(found) > 80 and len(sizes) > 0.95 * len(found)
    assert min(sizes) == 1 < max(sizes) < 4
