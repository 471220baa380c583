"""A faster loop for uniform random walks: the same steps on the same state, without listing what is enabled.

`ready` holds every enabled goroutine and possibly some that are not. One is drawn; if its operation cannot
complete it is put aside until the object it waits at changes, and another is drawn. So the draw is uniform over
the enabled goroutines (a rendezvous is the sender's), and then over the alternatives of the one drawn. What was
taken is recorded as decisions, from which a schedule is made when somebody asks for one.

`run` is one long function on purpose, and repeats the end of `step_widely`: what it saves is calls.

Slow twin: `Scheduler.enabled`. A test replays what this loop recorded through it, choice by choice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.model.operation import BLOCKED, Operation, Transition
from harness.primitives.channel import HAND_OVER, TAKE_OVER
from harness.primitives.select import SELECT, cases
from harness.runtime.goroutine import Goroutine
from harness.runtime.scheduler import Scheduler

Decision = int | tuple[int, ...]


def decision(transition: Transition) -> Decision:
    """What was taken, in numbers that do not depend on what else was enabled."""
    if len(transition) == 2:
        goroutine, way = transition
        return (goroutine.serial, way) if way else goroutine.serial
    if len(transition) == 4:
        sender, way, receiver, receiver_way = transition
        return sender.serial, way, receiver.serial, receiver_way
    key: tuple[int, ...] = transition[0].key
    return key


class FastWalk:
    """One execution of an already begun `scheduler` under a uniform random walk and the idle clock."""

    __slots__ = ("decisions", "offers", "random", "ready", "scheduler")

    def __init__(self, scheduler: Scheduler, random: Callable[[], float]) -> None:
        self.scheduler = scheduler
        self.random = random
        self.ready: list[Goroutine] = list(scheduler.live)
        self.decisions: list[Decision] = []
        self.offers = False  # has a sender ever been put aside at an unbuffered channel?

    def run(self, max_steps: int) -> bool:
        """Go on until nothing can move; True if `max_steps` came first."""
        scheduler, random, ready = self.scheduler, self.random, self.ready
        record = self.decisions.append
        for _ in range(max_steps):
            while True:
                if scheduler.due or not ready:
                    if not self.step_slowly():
                        return False
                    break
                count = len(ready)
                index = int(random() * count) if count > 1 else 0
                goroutine = ready[index]
                operation: Any = goroutine.operation
                kind = operation[0]
                if not kind.plain:
                    if self.step_widely(goroutine, operation):
                        break
                    self.put_aside(index, goroutine, operation)
                    continue
                try:
                    value = kind.attempt(operation)
                except Exception:  # the ordinary way performs it again, and tells the goroutine
                    self.take((goroutine, 0))
                    break
                if value is BLOCKED:
                    ready[index] = ready[-1]
                    ready.pop()
                    goroutine.blocked = True
                    operation[1].waiters.append(goroutine)
                    continue
                record(goroutine.serial)
                scheduler.goroutine = goroutine
                try:
                    goroutine.operation = following = goroutine.send(value)
                except BaseException as error:
                    self.end(goroutine, error)
                else:
                    if not following[0].plain and self.offers:
                        self.arrived(following)
                if scheduler.spawned or scheduler.fault:
                    self.settle()
                if operation[1].waiters:
                    self.recall(operation[1].waiters)
                break
        return bool(scheduler.enabled())

    def step_widely(self, goroutine: Goroutine, operation: Any) -> bool:
        """One step of a goroutine whose operation may have several ways; False if it has none now."""
        scheduler = self.scheduler
        way = self.draw_receiving_case(operation) if operation[0] is SELECT else None
        if way is None:
            transition = self.draw_way(goroutine, operation)
            if transition is not None:
                self.take(transition)
            return transition is not None
        case = operation[1][way]
        value, ok = case[0].perform(case)
        self.decisions.append((goroutine.serial, way) if way else goroutine.serial)
        scheduler.goroutine = goroutine
        try:
            goroutine.operation = following = goroutine.send((way, value, ok))
        except BaseException as error:
            self.end(goroutine, error)
        else:
            if not following[0].plain and self.offers:
                self.arrived(following)
        if scheduler.spawned or scheduler.fault:
            self.settle()
        if case[1].waiters:
            self.recall(case[1].waiters)
        return True

    def draw_receiving_case(self, operation: Operation) -> int | None:
        """One of the ready cases of a select that only receives; None if it sends, too, or nothing is ready."""
        ways = []
        for way, case in enumerate(operation[1]):
            if len(case) == 3:
                return None
            if case[0].ready(case):
                ways.append(way)
        if not ways:
            return None
        return ways[int(self.random() * len(ways))] if len(ways) > 1 else ways[0]

    def draw_way(self, goroutine: Goroutine, operation: Any) -> Transition | None:
        """One of the goroutine's enabled alternatives, or None."""
        kind = operation[0]
        out: list[Transition] = []
        if kind.ways is not None:
            kind.ways(goroutine, operation, self.scheduler.live, out)
        elif kind.ready is None or kind.ready(operation):
            out.append((goroutine, 0))
        if not out:
            return None
        return out[int(self.random() * len(out))] if len(out) > 1 else out[0]

    def end(self, goroutine: Goroutine, error: BaseException) -> None:
        """The goroutine has come to its end."""
        self.scheduler.end(goroutine, error)
        self.ready.remove(goroutine)

    def arrived(self, operation: Operation) -> None:
        """A goroutine has come to `operation`: a receiver at an unbuffered channel enables the senders there."""
        for case in cases(operation):
            if case[0] is TAKE_OVER and case[1].offering:
                self.recall(case[1].offering)

    def put_aside(self, index: int, goroutine: Goroutine, operation: Operation) -> None:
        """The drawn goroutine cannot go on until one of the objects it waits at changes."""
        ready = self.ready
        ready[index] = ready[-1]
        ready.pop()
        goroutine.blocked = True
        for case in cases(operation):
            waited = case[1]
            waited.waiters.append(goroutine)
            if case[0] is HAND_OVER:
                waited.offering.append(goroutine)
                self.offers = True

    def recall(self, waiters: list[Goroutine]) -> None:
        """Something has changed for these: they may be enabled now."""
        for goroutine in waiters:
            if goroutine.blocked:
                goroutine.blocked = False
                self.ready.append(goroutine)
        waiters.clear()

    def restart(self) -> None:
        """Consider every live goroutine ready."""
        self.ready[:] = self.scheduler.live
        for goroutine in self.ready:
            goroutine.blocked = False

    def settle(self) -> None:
        """Start the goroutines that were just spawned; report a fault."""
        scheduler = self.scheduler
        if scheduler.fault is not None:
            raise scheduler.fault
        scheduler.settle()
        self.restart()

    def take(self, transition: Transition) -> None:
        """Perform a transition by the ordinary way."""
        self.decisions.append(decision(transition))
        self.scheduler.take(transition)
        self.restart()

    def step_slowly(self) -> bool:
        """One step by the ordinary way, because the clock has a say; False if nothing can move."""
        scheduler = self.scheduler
        enabled = scheduler.enabled()
        if not enabled:
            return False
        self.take(enabled[int(self.random() * len(enabled))] if len(enabled) > 1 else enabled[0])
        return True
