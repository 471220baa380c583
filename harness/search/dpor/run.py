"""One execution in progress, seen through numbers that are the same in all executions of the program.

A goroutine is known by its creator and how many goroutines that had started before; an object likewise. The order in
which goroutines were created, which the schedule decides, has no part in it.
"""

from __future__ import annotations

from typing import Any

from harness.model.dependence import (
    BELOW_ZERO,
    LOWER,
    ORDERED,
    RAISE,
    READ,
    READ_LOCK,
    READ_UNLOCK,
    RECEIVE,
    SEND,
    WRITE_UNLOCK,
    Footprint,
)
from harness.model.operation import Transition
from harness.primitives.channel import NIL
from harness.primitives.mutex import READ_UNLOCK as READ_UNLOCKING
from harness.primitives.panics import PANICS
from harness.primitives.select import footprint
from harness.primitives.sync import WAIT
from harness.primitives.time import SLEEP, Alarm
from harness.runtime.clock import Tick
from harness.runtime.goroutine import Goroutine
from harness.runtime.scheduler import Scheduler
from harness.search.dpor.history import NOWHERE, Bits, History
from harness.search.dpor.names import Names
from harness.search.dpor.step import Key, Step, Touch

SUSPECT = 1 << BELOW_ZERO | 1 << RAISE | 1 << LOWER | 1 << READ_UNLOCK | 1 << WRITE_UNLOCK | 1 << READ
"""Labels of steps that may misuse an object; see `Run.misused`."""

FATAL: Touch = (PANICS.index, ORDERED, 0, 0)
"""What a panic that nobody recovers touches; a fatal error does so in the step that leads to it."""


class Run:
    """What goroutines have done so far. Lists are indexed by a goroutine's serial number in this execution."""

    def __init__(self, names: Names, history: History, scheduler: Scheduler) -> None:
        self.names = names
        self.history = history
        self.scheduler = scheduler
        self.numbers: list[int] = []
        self.counts: list[int] = []
        self.pasts: list[Bits] = []
        self.members: dict[int, Goroutine] = {}
        self.armed: dict[int, Bits] = {}
        self.missed: list[tuple[int, Key, Bits, int]] = []
        self.steps = 0
        self.crashes = scheduler.crashes
        scheduler.observed.clear()
        self.admit()
        self.begin(0)

    def admit(self) -> None:
        """Take in the goroutines that the last step has started."""
        known = len(self.numbers)
        missing = self.scheduler.serials - known
        if missing:
            self.numbers += [-1] * missing
            self.counts += [0] * missing
            for goroutine in reversed(self.scheduler.live):
                if goroutine.serial < known:
                    break
                self.members[self.number(goroutine)] = goroutine

    def begin(self, past: Bits) -> None:
        """Give the goroutines and timers that the last step has started their past."""
        missing = len(self.numbers) - len(self.pasts)
        if missing:
            self.pasts += [past] * missing
        if self.scheduler.due:  # a timer that is due at once can fire from here on; others fire after time has moved
            for timer in self.scheduler.timers:
                if timer.deadline <= self.scheduler.now:
                    self.armed.setdefault(self.timer(timer), past)

    def number(self, goroutine: Any) -> int:
        """The number of a goroutine, alive or not."""
        number: int = self.numbers[goroutine.serial]
        if number < 0:
            parent = self.number(goroutine.parent) if goroutine.parent is not None else -1
            number = self.numbers[goroutine.serial] = self.names.goroutine(parent, goroutine.position)
        return number

    def object(self, touched: Any) -> int:
        """The number of an object, which remembers it: it lives no longer than the execution."""
        try:
            index: int = touched.index
        except AttributeError:
            index = touched.index = self.names.object(self.number(touched.creator), touched.number)
        return index

    def timer(self, timer: Any) -> int:
        """The number of a timer, or of a point in time."""
        if isinstance(timer, Tick):
            return self.names.timer(timer.deadline)
        return self.names.timer((self.number(timer.creator), timer.number))

    def key(self, transition: Transition) -> Key:
        """The key of an enabled transition."""
        first = transition[0]
        if len(transition) == 2:
            serial = first.serial
            return self.numbers[serial], self.counts[serial], transition[1]
        if len(transition) == 4:
            serial, other = first.serial, transition[2].serial
            numbers, counts = self.numbers, self.counts
            return numbers[serial], counts[serial], transition[1], numbers[other], counts[other], transition[3]
        return self.timer(first), getattr(first, "fired", 0), 0

    def first_enabled(self) -> Transition | None:
        """The first transition that `Scheduler.enabled` would list, where no clock has a say."""
        live = self.scheduler.live
        for goroutine in live:
            operation: Any = goroutine.operation
            kind = operation[0]
            if kind.ways is None:
                if kind.ready is None or kind.ready(operation):
                    return goroutine, 0
            else:
                found: list[Transition] = []
                kind.ways(goroutine, operation, live, found)
                if found:
                    return found[0]
        return None

    def step(self, transition: Transition, key: Key, within: Bits = -1) -> Step:
        """An enabled transition as a step; tickets count what came before in the set `within`."""
        touches = self.touches(footprint(transition), within)
        if len(key) == 3:
            if key[0] < 0:
                return Step(key, 0, touches, transition[0].deadline > self.scheduler.now, ())
            operation = transition[0].operation
            barrier = operation[0] is SLEEP and operation[2] > self.scheduler.now
            return Step(key, 1 << key[0], touches, barrier, (operation,))
        operations = transition[0].operation, transition[2].operation
        return Step(key, 1 << key[0] | 1 << key[3], touches, False, operations)

    def touches(self, found: Footprint, within: Bits = -1) -> tuple[Touch, ...]:
        """A footprint in numbers; a long one sorted, because the order in it is that of creation."""
        touches: list[Touch] = []
        ordered, places = self.names.totally_ordered, self.history.places
        for touched, label in found:
            if touched is NIL:
                continue
            number = self.object(touched)
            if ordered and number in ordered:
                touches.append((number, ORDERED, 0, 0))
            elif label == SEND or label == RECEIVE:  # noqa: PLR1714, SIM109 - faster than a tuple
                ticket = (places.get(number, NOWHERE).get(label, 0) & within).bit_count()
                touches.append((number, label, ticket, touched.capacity))
            else:
                touches.append((number, label, 0, 0))
        return tuple(sorted(touches) if len(touches) > 2 else touches)

    def transition(self, key: Key) -> Transition:
        """The transition with this key, which must be enabled."""
        first = key[0]
        if first < 0:
            for timer in self.scheduler.timers:
                if self.timer(timer) == first:
                    return (timer,)
            deadline = next(identity for identity, number in self.names.timers.items() if number == first)
            return (Tick(deadline),)
        if len(key) == 3:
            return self.members[first], key[2]
        return self.members[first], key[2], self.members[key[3]], key[5]

    def bases(self, transition: Transition) -> tuple[Bits, ...]:
        """The past of every participant."""
        if len(transition) == 1:
            return (self.armed.get(self.timer(transition[0]), 0),)
        if len(transition) == 2:
            return (self.pasts[transition[0].serial],)
        return self.pasts[transition[0].serial], self.pasts[transition[2].serial]

    def take(self, transition: Transition, step: Step) -> Step:
        """Take a transition; returns the step, with what only its consequences touched."""
        scheduler = self.scheduler
        if scheduler.due or scheduler.early is not None:
            self.take_with_timers(transition, step)
        else:
            scheduler.take(transition)
        if len(transition) > 1:
            self.counts[transition[0].serial] += 1
            if len(transition) > 2:
                self.counts[transition[2].serial] += 1
        if scheduler.serials > len(self.numbers):
            self.admit()
        if scheduler.observed or scheduler.crashes > self.crashes or self.names.totally_ordered:
            return step.with_consequences(self.consequences(transition, step))
        return step

    def take_with_timers(self, transition: Transition, step: Step) -> None:
        """Take a transition where timers may be called off, or time may come early."""
        scheduler = self.scheduler
        early, now = scheduler.early, scheduler.now
        due = [timer for timer in scheduler.timers if timer.deadline <= now and timer is not transition[0]]
        scheduler.take(transition)
        self.note_missed(due)
        step.early = scheduler.early != early

    def consequences(self, transition: Transition, step: Step) -> tuple[Touch, ...]:
        """What the transition just taken has touched besides its footprint."""
        scheduler = self.scheduler
        found: tuple[Touch, ...] = ()
        if self.names.totally_ordered:
            found += self.arrivals(transition)
        found += self.touches(tuple(scheduler.observed))
        scheduler.observed.clear()
        if scheduler.crashes > self.crashes:
            self.crashes = scheduler.crashes
            if FATAL not in step.touches:
                found += (FATAL,)
        return found

    def note_missed(self, due: list[Alarm]) -> None:
        """Remember which timers, that could have fired, the step just taken has called off."""
        for timer in due:
            if not timer.active or timer.deadline > self.scheduler.now:
                touched = 0
                for number, _, _, _ in self.touches(timer.footprint):
                    touched |= 1 << number
                number = self.timer(timer)
                self.missed.append((self.steps, (number, timer.fired, 0), self.armed.get(number, 0), touched))

    def arrivals(self, transition: Transition) -> tuple[Touch, ...]:
        """The wait groups, used again, at whose wait the last step has brought somebody."""
        came = [goroutine for goroutine in transition[::2] if len(transition) > 1]
        came += [goroutine for goroutine in self.scheduler.live if goroutine.serial >= len(self.pasts)]
        found = []
        for goroutine in came:
            if goroutine.operation is not None and goroutine.operation[0] is WAIT:
                number = self.object(goroutine.operation[1])
                if number in self.names.totally_ordered:
                    found.append((number, ORDERED, 0, 0))
        return tuple(found)

    def misused(self, transition: Transition, step: Step) -> set[int]:
        """The object, if any, whose steps must be totally ordered because of what is about to be done to it.

        The relation takes some steps to commute that do so only in programs that use the object as they should. A
        program that does not shows it in some execution, whatever the order of the others.
        """
        if len(transition) == 1:
            return set()
        for touched, label, _, _ in step.touches:
            if label == BELOW_ZERO:
                return {touched}
            if label in (RAISE, LOWER):
                _, group, delta = transition[0].operation
                if group.zeros and group.counter + delta:
                    return {touched}
            if label == WRITE_UNLOCK and not transition[0].operation[1].writing:
                return {touched}
            if label == READ_UNLOCK or (label == READ and transition[0].operation[0] is READ_UNLOCKING):
                mine = self.history.takers.get(step.key[0], 0)
                if self.history.count(touched, READ_LOCK, mine) <= self.history.count(touched, READ_UNLOCK, mine):
                    return {touched}
        return set()

    def passed(self, transition: Transition, past: Bits) -> None:
        """A transition has been taken, and this is its past now."""
        if len(transition) == 2:
            self.pasts[transition[0].serial] = past
        elif len(transition) == 4:
            self.pasts[transition[0].serial] = self.pasts[transition[2].serial] = past
        self.steps += 1
        if len(self.pasts) < len(self.numbers) or self.scheduler.due:
            self.begin(past)
