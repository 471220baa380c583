"""DPOR explores the same executions in the same order everywhere, and each can be had again from its schedule."""

from itertools import islice
from typing import Any

import pytest

from harness.runtime.execute import Subject
from harness.search.campaign import decisions_of
from harness.search.replay import Replay
from tests.meta.print_traces import MOST, account_of, executions_of, subjects
from tests.meta.test_determinism import HASH_SEEDS, told


def test_what_is_explored_does_not_depend_on_the_process() -> None:
    first, *others = [told("explorations", seed) for seed in HASH_SEEDS]
    assert first.count("<Execution of") > 1_000
    assert all(other == first for other in others)


@pytest.mark.parametrize("subject", [pytest.param(subject, id=str(at)) for at, subject in enumerate(subjects())])
def test_every_execution_replays_from_its_schedule(subject: Subject) -> None:
    for execution in islice(executions_of(subject), MOST):
        replayed = subject.execute(Replay(decisions_of(execution)).choose)
        assert replayed.schedule == execution.schedule == tuple(action.index for action in execution.trace)
        assert account_of(replayed) == account_of(execution)
        assert replayed.outcome == execution.outcome


def test_two_engines_explore_alike() -> None:
    def schedules(subject: Subject) -> list[Any]:
        return [execution.schedule for execution in islice(executions_of(subject), MOST)]

    for subject in subjects():
        found = schedules(subject)
        assert found == schedules(subject)
