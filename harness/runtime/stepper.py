"""One execution that its owner advances, transition by transition, for as long as it likes.

The same as a run of the step loop, turned inside out: no thread is needed, because between two transitions a scheduler
is a value at rest. Then no program is running, and others may be.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from harness.model.errors import BadInput
from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.primitives.world import running
from harness.runtime.execute import Subject
from harness.runtime.scheduler import Scheduler


class Stepper:
    """An execution in progress. `enabled` is what can happen next, in canonical order; empty when it is over.

    Raises (also from `take`): whatever the scheduler complains about.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.schedule: list[int] = []
        self.scheduler = Scheduler(subject.settings.early, subject.settings.fair_bound)
        self.enabled: list[Transition] = []
        try:
            self.scheduler.begin(subject.program, subject.arguments)
            self.enabled = self.scheduler.enabled()
        except BaseException:
            self.close()
            raise
        running.world = None

    @contextmanager
    def resumed(self) -> Iterator[None]:
        """In this block the program is running."""
        if running.world is not None:
            raise BadInput("an execution is in progress already: let it come to its end before you go on with this one")
        running.world = self.scheduler
        try:
            yield
        finally:
            running.world = None

    def take(self, index: int) -> None:
        """Perform the transition with this index.

        Raises:
            BadInput: there is none, or another execution is in progress.
        """
        if type(index) is not int or not 0 <= index < len(self.enabled):
            raise BadInput(f"take(index) needs the index of one of {len(self.enabled)} transitions; found {index!r}")
        with self.resumed():
            self.schedule.append(index)
            self.scheduler.take(self.enabled[index])
            self.enabled = self.scheduler.enabled()

    def execution(self) -> Execution:
        """What it has come to; if it is not over, as an execution that is cut off here."""
        subject, going_on = self.subject, bool(self.enabled)
        if going_on:
            subject = replace(subject, settings=replace(subject.settings, max_steps=len(self.schedule)))
        with self.resumed():
            return subject.finished(self.scheduler, going_on, tuple(self.schedule))

    def close(self) -> None:
        """End it. Goroutines that are left vanish, as in Go."""
        self.enabled = []
        self.scheduler.close()
