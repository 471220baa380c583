"""What could happen after a set of steps that is closed under what happens before: found out by running them."""

from __future__ import annotations

from harness.model.operation import Operation
from harness.runtime.execute import Subject
from harness.search.dpor.history import Bits, History
from harness.search.dpor.names import Names
from harness.search.dpor.repeat import take_again
from harness.search.dpor.run import Run
from harness.search.dpor.step import Key, Step


class Rerun:
    """Answers by executing the program anew. Slow, and right by construction: the twin of every faster answer."""

    def __init__(self, subject: Subject, names: Names, history: History) -> None:
        self.subject = subject
        self.names = names
        self.history = history
        self.known: dict[Bits, dict[Key, Step]] = {}

    def offer(self, key: Key, operations: tuple[Operation, ...], steps: Bits) -> Step | None:
        """The transition with this key after `steps`, if it is enabled there."""
        return self.offers(steps).get(key)

    def offers(self, steps: Bits) -> dict[Key, Step]:
        """All transitions that are enabled after `steps`."""
        found = self.known.get(steps)
        if found is None:
            found = self.known[steps] = self.execute(steps)
        return found

    def movers(self, steps: Bits) -> list[Step]:
        """The ways in which time can move after `steps`."""
        return [step for step in self.offers(steps).values() if step.barrier]

    def completed(self, step: Step, steps: Bits) -> Step:
        """`step`, with the consequences that taking it after `steps` has."""
        with self.subject.begun() as scheduler:
            run = Run(self.names, self.history, scheduler)
            self.repeat(run, steps)
            scheduler.enabled()
            return run.take(run.transition(step.key), step)

    def repeat(self, run: Run, steps: Bits) -> None:
        """Take the steps."""
        take_again(run, (step for position, step in enumerate(self.history.steps) if steps >> position & 1))

    def execute(self, steps: Bits) -> dict[Key, Step]:
        """Take the steps, and look."""
        with self.subject.begun() as scheduler:
            run = Run(self.names, self.history, scheduler)
            self.repeat(run, steps)
            keys = [(transition, run.key(transition)) for transition in scheduler.enabled()]
            return {key: run.step(transition, key, steps) for transition, key in keys}
