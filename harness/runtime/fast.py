"""A faster loop for uniform random walks: the same steps on the same state, without listing what is enabled.

`ready` holds every enabled goroutine and possibly some that are not. One is drawn; if its operation cannot
complete it is put aside until the object it waits at changes, and another is drawn. So the draw is uniform over
the enabled goroutines (a rendezvous is the sender's), and then over the alternatives of the one drawn. What was
taken is recorded as decisions, from which a schedule is made when somebody asks for one.

`run` is one long function on purpose: what it saves is calls, so buffered sends and receives are written out in it.
`attempt_select` and `attempt_widely` answer with what `await` gives, and the goroutine is still to be resumed; with
`BLOCKED`; or with None, if they have taken the whole step by the ordinary way.

Slow twin: `Scheduler.enabled`. A test replays what this loop recorded through it, choice by choice.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import Any

from harness.model.operation import BLOCKED, DEFAULT, SINGLE, Operation, Transition
from harness.primitives.channel import HAND_OVER, RECEIVE, SEND, TAKE_OVER
from harness.primitives.polling import look_of
from harness.primitives.select import SELECT, cases, partner_has_parked
from harness.runtime.goroutine import Goroutine
from harness.runtime.scheduler import Scheduler

Decision = int | tuple[int, ...]

CLOSED_AND_EMPTY = (None, False)


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
        record, spawned = self.decisions.append, scheduler.spawned
        for _ in range(max_steps):
            while True:
                if not ready or scheduler.due:
                    if not self.step_slowly():
                        return False
                    break
                count = len(ready)
                index = floor(random() * count) if count > 1 else 0
                goroutine = ready[index]
                operation: Any = goroutine.operation
                kind = operation[0]
                taken: Any = goroutine.serial
                touched = operation[1]
                value: Any
                if kind is RECEIVE:
                    if touched.buffer:
                        value = touched.buffer.popleft(), True
                    else:
                        value = CLOSED_AND_EMPTY if touched.closed else BLOCKED
                elif kind is SEND and not touched.closed:
                    if len(touched.buffer) < touched.capacity:
                        touched.buffer.append(operation[2])
                        value = None
                    else:
                        value = BLOCKED
                elif kind is SELECT:
                    value = self.attempt_select(goroutine, operation)
                    if value is None:
                        break
                    if value is not BLOCKED:
                        way = value[0]
                        touched = touched[way][1]  # by default none: recalling those who wait there does no harm
                        if way:
                            taken = taken, way
                elif kind is TAKE_OVER:
                    value = CLOSED_AND_EMPTY if touched.closed else BLOCKED
                elif kind.plain:
                    try:
                        attempt = kind.attempt
                        value = attempt(operation)
                    except Exception:  # the ordinary way performs it again, and tells the goroutine
                        self.take((goroutine, SINGLE))
                        break
                else:
                    value = self.attempt_widely(goroutine, operation)
                    if value is None:
                        break
                if value is BLOCKED:  # put the goroutine aside, until one of the objects it waits at changes
                    ready[index] = ready[-1]
                    ready.pop()
                    goroutine.blocked = True
                    if goroutine.row is not None:
                        self.watch(goroutine)
                    if kind is SELECT:
                        for case in touched:
                            case[1].waiters.append(goroutine)
                    else:
                        touched.waiters.append(goroutine)
                    continue
                record(taken)
                scheduler.goroutine = goroutine
                try:
                    goroutine.operation = goroutine.coroutine.send(value)
                except BaseException as error:
                    ready[index] = ready[-1]
                    ready.pop()
                    scheduler.end(goroutine, error)
                    if goroutine.operation is not None:
                        ready.append(goroutine)
                else:
                    if self.offers:
                        self.arrived(goroutine)
                if spawned or scheduler.fault:
                    self.settle()
                waiters = touched.waiters
                if waiters:  # see `recall`
                    for waiter in waiters:
                        if waiter.blocked:
                            waiter.blocked = False
                            ready.append(waiter)
                    waiters.clear()
                break
        return bool(scheduler.enabled())

    def attempt_select(self, goroutine: Goroutine, operation: Operation) -> Any:
        """Try one of a select's ready cases, or its default."""
        chosen: Any = None
        way = number = -1
        several: list[int] | None = None
        for case in operation[1]:
            channel = case[1]
            number += 1  # enumerate would cost 3 % of a short execution
            if len(case) == 2:
                if not channel.buffer and not channel.closed:
                    continue
            elif not channel.capacity:  # a rendezvous, perhaps
                return self.attempt_widely(goroutine, operation)
            elif not channel.closed and len(channel.buffer) >= channel.capacity:
                continue
            if chosen is None:
                chosen, way = case, number
            elif several is None:
                several = [way, number]
            else:
                several.append(number)
        if chosen is None:
            return self.attempt_default(goroutine, operation)
        if several is not None:
            way = several[floor(self.random() * len(several))]
            chosen = operation[1][way]
        channel = chosen[1]
        if len(chosen) == 2:
            return (way, channel.buffer.popleft(), True) if channel.buffer else (way, None, False)
        if channel.closed:
            self.take((goroutine, way))
            return None
        channel.buffer.append(chosen[2])
        return way, None, False

    def attempt_default(self, goroutine: Goroutine, operation: Operation) -> Any:
        """Try the default of a select none of whose cases is ready."""
        default = operation[2]
        if not default or (default is not True and not default.open()):
            return BLOCKED
        if not operation[1]:
            return self.attempt_widely(goroutine, operation)
        if self.scheduler.timed and partner_has_parked(goroutine, operation, self.scheduler.live):
            return BLOCKED
        return DEFAULT, None, False

    def attempt_widely(self, goroutine: Goroutine, operation: Operation) -> Any:
        """Take one of the goroutine's alternatives by the ordinary way; `BLOCKED` if there is none."""
        kind = operation[0]
        ready, ways = kind.ready, kind.ways
        out: list[Transition] = []
        if ways is not None:
            ways(goroutine, operation, self.scheduler.live, out)
        elif ready is None or ready(operation):
            out.append((goroutine, SINGLE))
        if not out:
            self.offer(goroutine, operation)
            return BLOCKED
        self.take(out[floor(self.random() * len(out))] if len(out) > 1 else out[0])
        return None

    def arrived(self, goroutine: Goroutine) -> None:
        """The goroutine has come to an operation: a receiver at an unbuffered channel enables the senders there."""
        operation: Any = goroutine.operation
        if not operation[0].plain:
            for case in cases(operation):
                if case[0] is TAKE_OVER and case[1].offering:
                    self.recall(case[1].offering)

    def offer(self, goroutine: Goroutine, operation: Operation) -> None:
        """The goroutine is put aside; if it is a sender at an unbuffered channel, a receiver's arrival recalls it."""
        for case in cases(operation):
            if case[0] is HAND_OVER:
                case[1].offering.append(goroutine)
                self.offers = True

    def watch(self, goroutine: Goroutine) -> None:
        """The goroutine is put aside; if it polls, everything that it has looked at recalls it."""
        look = look_of(goroutine.operation)
        for touched, _ in look.footprint if look is not None else ():
            touched.waiters.append(goroutine)

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
        if not scheduler.timed:  # nobody is ready, and no time can come
            return False
        enabled = scheduler.enabled()
        if not enabled:
            return False
        self.take(enabled[floor(self.random() * len(enabled))] if len(enabled) > 1 else enabled[0])
        return True
