"""Judging many executions of one batch: which properties they violate, each with its cause (`harness.model.cause`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.detect.ending import STUCK
from harness.model.cause import Cause
from harness.model.execution import Execution
from harness.model.outcome import Panicked
from harness.model.place import raised_at
from harness.search.campaign import Oracle, said
from harness.search.cause import cause_of
from harness.stream.oracles import PROPERTIES

BY_ENDING = STUCK | {"no_panic"}
"""The properties that look at nothing but how an execution ended."""


class Judge:
    """Asks all properties about one execution after the other, and remembers what it was told of each way to end.

    The words of a property about the ending take running the schedule again, and a batch ends in few ways. Its slow
    twin asks every property about every execution, and they agree; but for one thing: of the executions that were cut
    off with the same goroutines left, only the first is asked whether these go round for ever, which takes a third of a
    second. Making an example smaller asks again.
    """

    def __init__(self, properties: Mapping[str, Oracle] = PROPERTIES) -> None:
        self.by_ending = {name: oracle for name, oracle in properties.items() if name in BY_ENDING}
        self.others = {name: oracle for name, oracle in properties.items() if name not in BY_ENDING}
        self.known: dict[Any, dict[str, Cause]] = {}

    def __call__(self, execution: Execution) -> dict[str, Cause]:
        """The violated properties, each with the cause."""
        key = _ending(execution)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = objections(self.by_ending, execution)
        return {**found, **objections(self.others, execution)}


def objections(properties: Mapping[str, Oracle], execution: Execution) -> dict[str, Cause]:
    """The violated ones of these properties, each with the cause."""
    told = ((name, oracle, said(oracle, execution)) for name, oracle in properties.items())
    return {name: cause_of(oracle, execution, message) for name, oracle, message in told if message is not None}


def _ending(execution: Execution) -> Any:
    """All that the properties in `BY_ENDING` look at, and the place of a panic."""
    outcome = execution.outcome
    panic = (outcome, raised_at(outcome.error)) if isinstance(outcome, Panicked) else None
    return type(outcome), panic, execution.returned, execution.waiting, execution.running
