"""What else could have happened: from one complete execution to the beginnings of those that remain to be explored.

One rule covers every primitive. Take any transition formed from the operations of the execution: an executed one,
another way of an executed operation, two operations that could have met, an operation that is blocked at the end. Let
U be what remains of the execution without the steps that consumed its operations and what follows from those. If the
transition was not executed and could be taken in U, then U followed by it is to be explored. Otherwise undo, from the
latest on, a step d of U that touches the same objects: if the transition could be taken in W, which is U without d and
what follows from d, then W followed by it is to be explored, and what d depends on is no longer an immediate obstacle;
if it could not (an unlock before a lock is undone), look further back. What looks at several objects (a default) may
need several steps undone.

What can be taken after a set of steps, and what it would touch, is asked of `offer`. Where only old steps take part,
nothing is new: an earlier execution, that began with them, has planned it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from harness.model.operation import Operation
from harness.search.dpor.history import Bits, History
from harness.search.dpor.options import Number, Options, looks_at_several, never_meet
from harness.search.dpor.step import Key, Step

Offer: TypeAlias = Callable[[Key, tuple[Operation, ...], Bits], Step | None]
Plan: TypeAlias = Callable[[int, Bits, Step], None]
Missed: TypeAlias = tuple[int, Key, Bits, Bits]
"""A timer that could have fired: the step that called it off, its key, what came before it, and what it touches."""


class Pending:
    """An operation of the execution: whose, the how-manieth, what came before, and the step that completed it."""

    __slots__ = ("count", "goroutine", "operation", "options", "past", "position")

    def __init__(
        self, goroutine: int, count: int, operation: Operation, past: Bits, position: int | None, options: Options
    ) -> None:
        self.goroutine = goroutine
        self.count = count
        self.operation = operation
        self.past = past
        self.position = position
        self.options = options


class Wanted:
    """A transition that was not taken, or taken too late: its key, and the operations that it completes.

    `several`: more than one step may have to be undone before it can be taken.
    """

    __slots__ = ("key", "operations", "several")

    def __init__(self, key: Key, operations: tuple[Operation, ...], several: bool) -> None:
        self.key = key
        self.operations = operations
        self.several = several


class Races:
    """Finds what is to be explored instead of parts of `history`; `blocked` is who could not move at its end.

    `new` is the first step that no earlier execution has begun with. `settled` are the old steps that all new ones
    follow: nothing that leaves one of them out is new.
    """

    def __init__(
        self, history: History, blocked: list[Pending], new: int, number: Number, offer: Offer, plan: Plan
    ) -> None:
        self.history = history
        self.blocked = blocked
        self.new = new
        self.number = number
        self.offer = offer
        self.plan = plan
        self.all = (1 << len(history)) - 1
        self.settled = self.all >> len(history) - new
        for past in history.pasts[new:]:
            self.settled &= past
        self.followers: list[Bits] = [0] * len(history)
        self.neighbours: dict[Bits, Bits] = {}
        self.meeting_places: dict[int, tuple[list[tuple[Pending, int]], list[tuple[Pending, int]]]] = {}

    def search(self, missed: list[Missed]) -> None:
        """Plan everything."""
        history = self.history
        settled = self.settled
        for position, step in enumerate(history.steps):
            fresh = not settled >> position & 1
            if fresh and not step.barrier:
                obstacles = history.pasts[position] ^ 1 << position
                for past in history.bases[position]:
                    obstacles &= ~past
                if obstacles:
                    self.executed(position, step, obstacles)
            if not step.plain:
                self.alternatives(position, step, fresh)
        for pending in self.blocked:
            self.other_ways(pending, None, self.all)
            self.admit(pending)
        for position, key, past, objects in missed:
            self.alternative(Wanted(key, (), False), past, self.all & ~self.after(position), position, objects)
        for channel, (senders, receivers) in self.meeting_places.items():
            for sender, way in senders:
                for receiver, receiver_way in receivers:
                    self.meeting(channel, sender, way, receiver, receiver_way)

    def after(self, position: int) -> Bits:
        """A step and everything that happens after it."""
        found = self.followers[position]
        if not found:
            found = here = bit = 1 << position
            for past in self.history.pasts[position + 1 :]:
                bit <<= 1
                if past & here:
                    found |= bit
            self.followers[position] = found
        return found

    def near(self, objects: Bits) -> Bits:
        """What may have to be undone before something that touches these objects."""
        found = self.neighbours.get(objects)
        if found is None:
            found = self.neighbours[objects] = self.history.touching(objects) | self.history.barriers
        return found

    # -- the sources of transitions ------------------------------------------------------------------------------

    def executed(self, position: int, step: Step, obstacles: Bits) -> None:
        """A step of the execution, earlier: before some of `obstacles`, which its participants did not wait for."""
        obstacles &= self.near(step.objects)
        if obstacles and (position >= self.new or obstacles & ~self.settled):
            remaining = self.all & ~self.after(position)
            several = looks_at_several(step.operations[0] if step.operations else None, step.key[2])
            self.undo(Wanted(step.key, step.operations, several), remaining, obstacles, None, position)

    def alternatives(self, position: int, step: Step, fresh: bool) -> None:
        """What else the operations of a step could have come to."""
        if step.options is None:
            step.options = tuple([Options(operation, self.number) for operation in step.operations])
        key, bases = step.key, self.history.bases[position]
        first = 0
        for options in step.options:
            if fresh or options.meets:
                part = first // 3
                pending = Pending(key[first], key[first + 1], step.operations[part], bases[part], position, options)
                if fresh:
                    taken = key[2] if len(key) == 3 else None
                    self.other_ways(pending, taken, self.all & ~self.after(position))
                if options.meets:
                    self.admit(pending)
            first += 3

    def admit(self, pending: Pending) -> None:
        """An operation that may meet others at unbuffered channels."""
        for way, channel in pending.options.sends:
            self.meeting_places.setdefault(channel, ([], []))[0].append((pending, way))
        for way, channel in pending.options.receives:
            self.meeting_places.setdefault(channel, ([], []))[1].append((pending, way))

    def other_ways(self, pending: Pending, taken: int | None, remaining: Bits) -> None:
        """Another way of an operation, by itself."""
        for way, objects, several in pending.options.ways:
            if way != taken:
                wanted = Wanted((pending.goroutine, pending.count, way), (pending.operation,), several)
                self.alternative(wanted, pending.past, remaining, pending.position, objects)

    def meeting(self, channel: int, sender: Pending, way: int, receiver: Pending, receiver_way: int) -> None:
        """Two operations that could have met on an unbuffered channel."""
        if sender.goroutine == receiver.goroutine or never_meet(sender.operation, receiver.operation):
            return
        key = sender.goroutine, sender.count, way, receiver.goroutine, receiver.count, receiver_way
        position = sender.position
        remaining = self.all
        fresh = False
        for at in (position, receiver.position):
            if at is None:
                fresh = True
                continue
            if self.history.steps[at].key == key:
                return
            fresh = fresh or at >= self.new
            remaining &= ~self.after(at)
            position = at if position is None or at < position else position
        if fresh or remaining >> self.new:
            wanted = Wanted(key, (sender.operation, receiver.operation), False)
            self.alternative(wanted, sender.past | receiver.past, remaining, position, 1 << channel)

    # -- what has to be undone for them --------------------------------------------------------------------------

    def alternative(self, wanted: Wanted, base: Bits, remaining: Bits, position: int | None, objects: Bits) -> None:
        """A transition that was not executed, whose operations come after `base`."""
        if base & ~remaining:
            return
        step = self.offer(wanted.key, wanted.operations, remaining)
        if step is not None and position is not None:
            self.plan(position, remaining, step)
        else:
            obstacles = remaining & ~base & self.near(objects)
            if obstacles:
                end = len(self.history.steps)
                self.undo(wanted, remaining, obstacles, end if position is None else position, end)

    def undo(self, wanted: Wanted, remaining: Bits, obstacles: Bits, at: int | None, source: int) -> bool:
        """Undo obstacles, the latest first, until the transition could be taken; plan it wherever it could."""
        found = False
        key, operations, followers = wanted.key, wanted.operations, self.followers
        while obstacles:
            latest = obstacles.bit_length() - 1
            without = remaining & ~(followers[latest] or self.after(latest))
            where = latest if at is None or latest < at else at
            step = self.offer(key, operations, without)
            if step is not None:
                if source >= self.new or without >> self.new:
                    self.plan(where, without, step)
                obstacles &= ~self.history.pasts[latest]
                found = True
                continue
            obstacles ^= 1 << latest
            further = obstacles & without if wanted.several else 0
            if further and self.undo(wanted, without, further, where, source):
                found = True
                obstacles &= ~self.history.pasts[latest]
        return found
