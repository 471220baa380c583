"""Running a finished execution once more, step by step, under the eyes of somebody who takes notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.runtime.execute import Subject, differs_at
from harness.runtime.fast import Decision, decision
from harness.runtime.scheduler import Scheduler


class Watcher(Protocol):
    """Takes the steps of an execution."""

    def take(self, transition: Transition) -> None:
        """Let the scheduler take an enabled transition."""


Kept = TypeVar("Kept", bound=Watcher)


def taken_again(subject: Subject, execution: Execution, watch: Callable[[Scheduler], Kept]) -> Kept:
    """The watcher that `watch` makes of a scheduler, when it has taken every step of the execution.

    Raises:
        NondeterministicProgram: the program does not offer what it offered before.
    """
    decisions = execution.decisions
    taken = execution.schedule if decisions is None else decisions
    with subject.begun() as scheduler:
        watcher = watch(scheduler)
        for step, wanted in enumerate(taken):
            enabled = scheduler.enabled()
            index = wanted if decisions is None else index_of(enabled, wanted)
            if index >= len(enabled):
                raise differs_at(step)
            watcher.take(enabled[index])
    return watcher


def index_of(enabled: list[Transition], wanted: Decision) -> int:
    """Where the transition is that was decided for; the end of the list, if it is not there."""
    found = (index for index, transition in enumerate(enabled) if decision(transition) == wanted)
    return next(found, len(enabled))
