"""The point of no return, found by a reduced search, is the one that looking at every schedule finds: on random
programs, for every value that they can return, under both clocks."""

from __future__ import annotations

from itertools import takewhile

import pytest

from harness.causes.no_return import last_chance
from harness.model.execution import Execution, Settings
from harness.model.outcome import Returned
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.exhaustive import Exhaustive
from tests.meta.random_programs import THEMES, program

MOST = 400
"""Programs with more schedules are left out."""
FAILING = 6
"""Of so many failing executions of each value, evenly chosen, the point of no return is looked for."""
SETTINGS = [Settings(max_steps=60), Settings("adversarial", max_steps=60, early_firings=1)]


def value_of(execution: Execution) -> str | None:
    """What main returned; None if it did not. What comes after a panic does not count."""
    return str(execution.outcome.value) if isinstance(execution.outcome, Returned) else None


def every_execution(subject: Subject) -> list[Execution]:
    """All of them; none, if these are too many."""
    found: list[Execution] = []
    for execution in executions(subject, Exhaustive()):
        found.append(execution)
        if len(found) > MOST:
            return []
    return found


def last_common(failing: Execution, passing: list[Execution]) -> int | None:
    """How many steps a passing execution can have in common with a failing one, by comparing with all."""
    return max((common(failing, other) for other in passing), default=None)


def common(one: Execution, other: Execution) -> int:
    """How many choices two executions have in common at the beginning."""
    pairs = zip(one.schedule, other.schedule, strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


@pytest.mark.parametrize("settings", SETTINGS, ids=["idle", "adversarial"])
@pytest.mark.parametrize("theme", [*THEMES, None])
def test_the_last_chance_is_the_last_of_all(theme: str | None, settings: Settings) -> None:
    points, unsaved = set(), 0
    for seed in range(12):
        subject = Subject(program(seed, theme), (), settings)
        every = every_execution(subject)
        for value in sorted({str(value_of(execution)) for execution in every} | {"never returned"}):
            passing = [execution for execution in every if value_of(execution) == value]
            failing = [execution for execution in every if value_of(execution) != value]
            for execution in failing[:: max(1, len(failing) // FAILING)]:
                last = last_chance(subject, execution, lambda found, value=value: value_of(found) == value, 10**9)
                expected = last_common(execution, passing)
                assert last.complete and (last.passing is None) == (expected is None)
                if last.passing is None:
                    unsaved += 1
                    continue
                assert last.common == expected == common(execution, last.passing)
                assert value_of(last.passing) == value
                points.add(last.common)
    assert len(points) > 1 and unsaved > 4
