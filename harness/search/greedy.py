"""Making a failing schedule smaller step by step, where the search for the smallest one would take too long.

A candidate is the schedule with one stretch of a goroutine moved to where the same goroutine moves before or after it
(one switch fewer), or cut off after some decision, or with one decision changed; what it does not say is completed by
going on with the same goroutine as long as it can move. The first smaller one that still fails is taken, and all starts
again. In the end no candidate is smaller and fails: the schedule is 1-minimal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.runtime.execute import Subject, following
from harness.runtime.goroutine import Goroutine
from harness.runtime.scheduler import Choose
from harness.search.fewest import Measure, measure


@dataclass(frozen=True, slots=True)
class Taken:
    """One step of an execution: who took it, by name, in which of their ways, and what else was on offer."""

    who: tuple[str, ...]
    ways: tuple[int, ...]
    index: int
    offered: int


def reduced(
    subject: Subject, execution: Execution, fails: Callable[[Execution], bool], attempts: int
) -> tuple[Execution, Measure, bool]:
    """The smallest failing execution found, its measure, and whether it is 1-minimal: `attempts` were enough."""
    best, size = execution, measure(subject, execution)
    progress = True
    while progress:
        progress = False
        for choose in candidates(steps_of(subject, best)):
            if attempts == 0:
                return best, size, False
            attempts -= 1
            candidate = subject.execute(choose, always_ask=True)
            if fails(candidate) and (smaller := measure(subject, candidate)) < size:
                best, size, progress = candidate, smaller, True
                break
    return best, size, True


def steps_of(subject: Subject, execution: Execution) -> list[Taken]:
    """What was done, and what could have been done instead."""
    found: list[Taken] = []
    follow = following(execution.schedule)

    def note(enabled: list[Transition]) -> int:
        index = follow(enabled)
        found.append(Taken(*labelled(enabled[index]), index, len(enabled)))
        return index

    subject.execute(note, always_ask=True)
    return found


def labelled(transition: Transition) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Who takes a step, and in which of their ways; nobody, if it is the clock."""
    goroutines = [part for part in transition if isinstance(part, Goroutine)]
    return tuple([goroutine.name for goroutine in goroutines]), tuple(transition[1::2])


def candidates(steps: list[Taken]) -> Iterator[Choose]:
    """What to try instead, the boldest first."""
    chosen = [step.index for step in steps]
    asked = [position for position, step in enumerate(steps) if step.offered > 1]
    for position in asked:
        yield Prefixed(chosen[:position])
    for order in merged(stretches(steps)):
        yield Ordered([step for stretch in order for step in stretch])
    for position in asked:
        for index in range(steps[position].offered):
            if index != chosen[position]:
                yield Prefixed([*chosen[:position], index])
                yield Prefixed([*chosen[:position], index, *chosen[position + 1 :]])


def stretches(steps: list[Taken]) -> list[list[Taken]]:
    """The steps between two context switches."""
    found: list[list[Taken]] = []
    last: set[str] = set()
    for step in steps:
        if not found or not last.intersection(step.who):
            found.append([])
        found[-1].append(step)
        last = set(step.who)
    return found


def merged(parts: list[list[Taken]]) -> Iterator[list[list[Taken]]]:
    """The stretches in other orders, each with one of them moved next to another of the same goroutine."""
    movers = [{name for step in part for name in step.who} for part in parts]
    for here, part in enumerate(parts):
        others = parts[:here] + parts[here + 1 :]
        for there in range(len(parts)):
            if abs(there - here) > 1 and movers[here] & movers[there]:
                position = there + 1 if there < here else there - 1
                yield others[:position] + [part] + others[position:]


class Prefixed:
    """Follows a list of choices as far as they fit, then stays with the goroutine that moved last."""

    def __init__(self, prefix: list[int]) -> None:
        self.prefix = prefix
        self.position = 0
        self.last: Any = None

    def __call__(self, enabled: list[Transition]) -> int:
        index = self.pick(enabled)
        self.position += 1
        self.last = enabled[index][0]
        return index

    def pick(self, enabled: list[Transition]) -> int:
        """The recorded choice, if it fits."""
        if self.position < len(self.prefix) and self.prefix[self.position] < len(enabled):
            return self.prefix[self.position]
        return staying(enabled, self.last)


class Ordered:
    """Takes steps in an order, passing over those that are not possible; then stays with whoever moved last."""

    def __init__(self, steps: list[Taken]) -> None:
        self.wanted = [(step.who, step.ways) for step in steps]
        self.last: Any = None

    def __call__(self, enabled: list[Transition]) -> int:
        index = self.pick(enabled)
        self.last = enabled[index][0]
        return index

    def pick(self, enabled: list[Transition]) -> int:
        """The first wanted step that is possible."""
        offered = list(map(labelled, enabled))
        for position, wanted in enumerate(self.wanted):
            if wanted in offered:
                del self.wanted[position]
                return offered.index(wanted)
        return staying(enabled, self.last)


def staying(enabled: list[Transition], last: Any) -> int:
    """The first transition of whoever moved last; the first one if there is none."""
    return next((index for index, transition in enumerate(enabled) if transition[0] is last), 0)
