"""Which class an execution is of: a number, equal for executions that differ only in the order of independent steps.

A class is known by which steps there are and, of every two that depend on each other, which comes first. So every step
is numbered by its key (see `harness.search.dpor.step`) and the sum of the keys of the earlier steps that it depends on,
and an execution is the sum of these. The order in which independent steps were taken goes into no sum. A send and a
receive that share a ticket need not be looked at: their order is always the same.

The numbers are hashes of tuples of integers: 64 bits, and the same in every process. Two classes among a million share
one with a chance of 3 in 100 million; then one is not counted.

The relation is that of `harness.model.dependence`. Where a program uses a wait group again or misuses a lock, `prove`
orders all steps at that object and so tells more classes apart.

Slow twin: `tests.meta.class_oracle.digest`, by a reduced search's history.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.model.dependence import CONFLICTING, LABELS, ORDERED, RECEIVE, SEND, Label
from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.primitives.channel import NIL
from harness.primitives.panics import PANICS
from harness.primitives.select import footprint
from harness.primitives.time import SLEEP
from harness.runtime.clock import Tick
from harness.runtime.execute import Subject
from harness.runtime.goroutine import Goroutine
from harness.runtime.scheduler import Scheduler
from harness.search.again import taken_again

BITS = (1 << 64) - 1
FATAL = (PANICS, ORDERED)


def _ordering(label: Label) -> tuple[Label, ...]:
    """The labels whose place before a step with this label is the schedule's doing."""
    by_ticket = {SEND: RECEIVE, RECEIVE: SEND}.get(label)
    return tuple(other for other in range(len(LABELS)) if CONFLICTING[label] >> other & 1 and other != by_ticket)


ORDERING = tuple(map(_ordering, range(len(LABELS))))


class Marks:
    """The steps of an execution in progress, as numbers: the sums for every object and label, and that of all.

    Attributes:
        number: the sum of what every step and those before it that it depends on amount to.
        everything: the sum of all keys.
        epoch: how many steps moved time; such a step depends on everything, and everything on it.
    """

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.number = self.everything = self.epoch = 0
        self.sums: dict[Any, dict[Label, int]] = {}
        self.paths: dict[Any, int] = {}
        self.counts: dict[Goroutine, int] = {}
        self.crashes = scheduler.crashes
        scheduler.observed.clear()

    def take(self, transition: Transition) -> None:
        """Take it, and number the step."""
        scheduler = self.scheduler
        key, touches, moves = self.key(transition), footprint(transition), self.moves_time(transition)
        scheduler.take(transition)
        if scheduler.observed or scheduler.crashes > self.crashes:
            touches += self.consequences(touches)
        before = self.everything if moves else self.before(touches)
        self.number = self.number + hash((key, self.epoch, before)) & BITS
        self.everything = self.everything + key & BITS
        self.epoch += moves
        for touched, label in touches:
            sums = self.sums.get(touched)
            if sums is None:
                self.sums[touched] = {label: key}
            else:
                sums[label] = sums.get(label, 0) + key & BITS

    def key(self, transition: Transition) -> int:
        """The number of what is consumed, and how; it counts the operations of each goroutine."""
        first = transition[0]
        if len(transition) == 2:
            return hash((self.path(first), self.counted(first), transition[1]))
        if len(transition) == 4:
            other = transition[2]
            sender, receiver = (self.path(first), self.counted(first)), (self.path(other), self.counted(other))
            return hash((*sender, transition[1], *receiver, transition[3]))
        if isinstance(first, Tick):
            return hash((first.deadline,))
        return hash((self.path(first.creator), first.number, first.fired, 0))

    def counted(self, goroutine: Goroutine) -> int:
        """How many operations it has completed before."""
        count = self.counts.get(goroutine, 0)
        self.counts[goroutine] = count + 1
        return count

    def path(self, goroutine: Any) -> int:
        """The number of its spawn path."""
        path = self.paths.get(goroutine)
        if path is None:
            parent = goroutine.parent
            path = self.paths[goroutine] = hash((self.path(parent), goroutine.position)) if parent is not None else 0
        return path

    def moves_time(self, transition: Transition) -> bool:
        """Will time pass in this step?"""
        if len(transition) == 1:
            return bool(transition[0].deadline > self.scheduler.now)
        operation = transition[0].operation
        return bool(operation[0] is SLEEP and operation[2] > self.scheduler.now)

    def before(self, touches: Iterable[tuple[Any, Label]]) -> int:
        """The earlier steps that conflict with a step that touches this; in whichever order it is told."""
        found = 0
        for touched, label in touches:
            sums = self.sums.get(touched)
            if sums is not None and touched is not NIL:
                for other in ORDERING[label]:
                    if other in sums:
                        found += hash((label, other, sums[other]))
        return found & BITS

    def consequences(self, touches: tuple[tuple[Any, Label], ...]) -> tuple[tuple[Any, Label], ...]:
        """What the step just taken has touched besides its footprint."""
        scheduler = self.scheduler
        found = tuple(scheduler.observed)
        scheduler.observed.clear()
        if scheduler.crashes > self.crashes:
            self.crashes = scheduler.crashes
            if FATAL not in touches:
                found += (FATAL,)
        return found


def class_of(subject: Subject, execution: Execution) -> int:
    """The class of an execution, by running it once more.

    Raises:
        NondeterministicProgram: the program does not offer what it offered before.
    """
    return taken_again(subject, execution, Marks).number
