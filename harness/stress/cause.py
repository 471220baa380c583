"""What makes two findings alike: the traits of an execution that a property objects to.

A schedule and a plan are full of what does not matter: how many events there were, which of several workers it was, how
large the buffer. Traits leave that out and keep who plays which part in the violation:

* of a panic: whose it is, where in the user's code it was raised, and its text;
* of goroutines that wait for ever: each one's part, and the operation that it is stuck at;
* of a data race: the variable, and both sides with what they do;
* of anything else: what the oracle says before its first semicolon, where the particulars begin.

Numbers are taken out. A worker plays the part of the executor that it works for; who waits for those it started is not
stuck by itself; and who could also give up is stuck at its send like one who could not. All this is up to the plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from harness.detect.races import races
from harness.model.execution import Execution
from harness.model.outcome import FairBoundReached, Panicked, StepLimitReached
from harness.model.place import raised_at
from harness.search.campaign import Oracle
from harness.stream.oracles import PROPERTIES

Traits: TypeAlias = frozenset[str]

BY_ENDING = frozenset({"terminates", "no_deadlock", "no_goroutine_leak", "no_panic"})
"""The properties that look at nothing but how an execution ended."""

WORKER = re.compile(r"/worker#\d+")
SERIAL = re.compile(r"#\d+")
NUMBER = re.compile(r"\d+")
GIVING_UP = re.compile(r"select \{(send on \S+), receive on \S+\.done\}")
JOINING = frozenset({"wait on crew", "wait on workers"})
"""How `harness.stream.executor` waits for its workers and children."""
SEVERAL = re.compile(r"(\S+)(?:, \1)+ were\b")


def traits_of(name: str, execution: Execution, oracle: Oracle) -> Traits | None:
    """The traits of what the property with this name objects to; None if it does not object."""
    message = oracle(execution)
    if message is None:
        return None
    if name in BY_ENDING:
        return _of_ending(name, execution)
    if name == "no_data_race":
        first = races(execution.trace, execution.waiting)[0]
        sides = {f"{side.noun} by {part(side.goroutine)}" for side in (first.first, first.second)}
        return frozenset({f"race on {_plain(first.variable)}", *sides})
    return frozenset({SEVERAL.sub(r"\1 was", _plain(message.partition(";")[0]))})


def _of_ending(name: str, execution: Execution) -> Traits:
    match execution.outcome:
        case Panicked(goroutine, message, error) if name == "no_panic":
            place = raised_at(error)
            where = "" if place.startswith("harness/") else f" at {place}"
            return frozenset({f"{part(goroutine)} panicked{where}: {_plain(message)}"})
        case StepLimitReached() | FairBoundReached() if name == "terminates":
            return frozenset(f"{part(each.goroutine)} goes on" for each in execution.running)
    waiting = [each for each in execution.waiting if each.operation not in JOINING] or execution.waiting
    return frozenset(f"{part(each.goroutine)} waits: {_stuck_at(each.operation)}" for each in waiting)


def _stuck_at(operation: str) -> str:
    return _plain(GIVING_UP.sub(r"\1", operation))


def part(goroutine: str) -> str:
    """Which part a goroutine plays: its path without numbers, where a worker is the executor."""
    return SERIAL.sub("", WORKER.sub("", goroutine))


def _plain(text: str) -> str:
    return NUMBER.sub("#", text)


class Judge:
    """Asks all properties about one execution after the other, and remembers what it was told of each way to end.

    The words of a property about the ending take running the schedule again, and a batch ends in few ways. Its slow
    twin is `traits_of` for every property, and they agree.
    """

    def __init__(self, properties: Mapping[str, Oracle] = PROPERTIES) -> None:
        self.by_ending = {name: oracle for name, oracle in properties.items() if name in BY_ENDING}
        self.others = {name: oracle for name, oracle in properties.items() if name not in BY_ENDING}
        self.known: dict[Any, dict[str, Traits]] = {}

    def __call__(self, execution: Execution) -> dict[str, Traits]:
        """The violated properties, each with its traits."""
        key = _ending(execution)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = _objections(self.by_ending, execution)
        return {**found, **_objections(self.others, execution)}


def _objections(properties: Mapping[str, Oracle], execution: Execution) -> dict[str, Traits]:
    found = {name: traits_of(name, execution, oracle) for name, oracle in properties.items()}
    return {name: traits for name, traits in found.items() if traits is not None}


def _ending(execution: Execution) -> Any:
    """All that the properties in `BY_ENDING` look at, and the place of a panic."""
    outcome = execution.outcome
    panic = (outcome, raised_at(outcome.error)) if isinstance(outcome, Panicked) else None
    return type(outcome), panic, execution.returned, execution.waiting, execution.running
