"""Going through an execution step by step: names for all that happens, and sums by which executions are compared."""

from __future__ import annotations

import zlib
from collections import Counter
from typing import Any, TypeAlias

from harness.model.operation import DEFAULT, Operation, Transition
from harness.model.order import CLOCK, END, START, SUMS, Arrival, Steps
from harness.model.outcome import Outcome, Panicked, Returned
from harness.model.trace import ADDRESS, shorten
from harness.primitives.select import SELECT, cases
from harness.primitives.world import Nothing
from harness.runtime.account import committed
from harness.runtime.clock import Tick
from harness.runtime.goroutine import Goroutine
from harness.runtime.scheduler import Scheduler

Label: TypeAlias = tuple[str, str, str, str]
"""Goroutine, operation, object and partner."""

LONGEST = 100
"""How much of a name tells objects apart."""


class Walk:
    """A scheduler in which somebody walks: as `Scheduler`, and it knows who has just come to what.

    Attributes:
        arrivals: of the last step, that of the first participant first; at the beginning, `START`, then others.
        last: who took the last step: a goroutine, two, or a timer; at the beginning main, which has just started.
        sum: of all steps so far, and of who has come to what by them.
        exact: the same with values: those of a program that has been edited may differ.
        sums: what that was at the beginning, and whenever one of several ways was taken: with the step, but not yet
            with what it led to.
    """

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.ways = 0
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.last: tuple[Any, ...] = tuple(scheduler.live[:1])
        self.known = scheduler.serials
        self.steps = 0
        self.arrivals = [Arrival(CLOCK, START, "", 1), *map(self.arrived, scheduler.live)]
        self.sum = self.exact = 0
        self.sums = [0]
        self.add_arrivals()

    def enabled(self) -> list[Transition]:
        """See `Scheduler.enabled`."""
        found = self.scheduler.enabled()
        self.ways = len(found)
        return found

    def take(self, transition: Transition) -> None:
        """Take a step."""
        self.sum = added(self.sum, label(transition))
        self.exact = added(self.exact, (label(transition), values(transition)))
        if self.ways > 1:
            self.sums.append(self.exact)
        self.last = transition[::2]
        clock = self.arrival(CLOCK, *fired(transition[0])) if len(transition) == 1 else None
        self.scheduler.take(transition)
        self.steps += 1
        movers = list(self.last) if clock is None else []
        if self.scheduler.serials > self.known:
            movers += [goroutine for goroutine in self.scheduler.live if goroutine.serial >= self.known]
            self.known = self.scheduler.serials
        self.arrivals = [clock] if clock is not None else []
        self.arrivals += map(self.arrived, movers)
        self.add_arrivals()

    def add_arrivals(self) -> None:
        """Add who has come to what by the last step."""
        came = [(arrival.goroutine, arrival.operation, arrival.object) for arrival in self.arrivals]
        self.sum, self.exact = added(self.sum, came), added(self.exact, came)

    def steps_before(self, outcome: Outcome) -> Steps:
        """The sums of an execution that has ended so."""
        return Steps(zlib.crc32(ending(outcome), self.sum) % SUMS, self.sums[-1] % SUMS)

    def decided_as(self, steps: Steps) -> bool:
        """Were, up to the last decision of an execution with these sums, all steps the same? Of one that had none,
        that is known only if there were none here."""
        found = [number for number, each in enumerate(self.sums) if each % SUMS == steps.decided]
        return bool(found) and (found[0] > 0 or len(self.sums) == 1)

    def arrived(self, goroutine: Goroutine) -> Arrival:
        """The goroutine has come to its operation, or to its end."""
        return self.arrival(goroutine.name, *standing(goroutine.operation))

    def arrival(self, goroutine: str, operation: str, subject: str) -> Arrival:
        """One more of these."""
        key = clipped(goroutine), operation, subject
        self.counts[key] += 1
        return Arrival(*key, self.counts[key])

    def staying(self, enabled: list[Transition]) -> int:
        """What is done without a turn: see `harness.model.order`. -1 where somebody else must go on."""
        if self.scheduler.panic is not None:
            return 0
        for mover in self.last:
            for place in (0, 2):
                for index, transition in enumerate(enabled):
                    if len(transition) > place and transition[place] is mover:
                        return index
        return -1


def added(total: int, what: object) -> int:
    """A sum, with one thing more; of texts and numbers."""
    return zlib.crc32(repr(what).encode(), total)


def values(transition: Transition) -> tuple[object, ...]:
    """Which alternative it is, and with what values, as far as these are the same in every process."""
    if len(transition) == 1:
        return ()
    given = committed(transition)[2:]
    return transition[1], *(shorten(value, LONGEST) for value in given if isinstance(value, int | str | float | None))


def ending(outcome: Outcome) -> bytes:
    """How an execution ended, as far as that is the same in every process: of what main returned, plain values."""
    text = type(outcome).__name__
    match outcome:
        case Panicked(goroutine, message):
            text += ADDRESS.sub("", f" {goroutine} {message}")
        case Returned(int() | str() | float() | None as value):
            text += f" {shorten(value, LONGEST)}"
    return text.encode("utf-8", "backslashreplace")


def standing(operation: Operation | None) -> tuple[str, str]:
    """What somebody stands at: an operation and its object, of a select the first one."""
    if operation is None:
        return END, ""
    first = next(iter(cases(operation)), None)
    return operation[0].name, named(first[1]) if first is not None else ""


def named(subject: Any) -> str:
    """What an object is called in an order."""
    return "" if isinstance(subject, Nothing) else clipped(str(subject.name))


def clipped(name: str) -> str:
    """A name, or the beginning of a very long one."""
    return name[:LONGEST]


def fired(timer: Any) -> tuple[str, str]:
    """What the clock does."""
    return ("tick", "") if isinstance(timer, Tick) else ("fires", named(timer.channel or timer))


def label(transition: Transition) -> Label:
    """What a step that is possible now is called."""
    first = transition[0]
    if len(transition) == 1:
        return CLOCK, *fired(first), ""
    partner = clipped(transition[2].name) if len(transition) == 4 else ""
    operation = committed(transition)
    if operation[0] is SELECT and transition[1] == DEFAULT:
        return clipped(first.name), "default", standing(operation)[1], partner
    return clipped(first.name), operation[0].name, named(operation[1]), partner
