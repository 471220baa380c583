"""What could happen after a set of steps, found out by counting how they touched the objects concerned.

A channel holds what was sent and not received, a mutex is locked if it was locked more often than unlocked, and so on.
What counting cannot tell (who had parked when time moved, what a timer did) is asked of its slow twin, `Rerun`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.model import dependence as touch
from harness.model.operation import DEFAULT, Kind, Operation
from harness.primitives import channel, memory, mutex, sync
from harness.primitives.cancellation import CANCEL
from harness.primitives.channel import NIL
from harness.primitives.choice import CHOOSE, GOSCHED
from harness.primitives.context import BornClosed
from harness.primitives.panics import PANICS
from harness.primitives.select import SELECT
from harness.primitives.time import TIMER_RECEIVE
from harness.primitives.world import NOTHING
from harness.search.dpor.configuration import Rerun
from harness.search.dpor.history import NOWHERE, Bits, History
from harness.search.dpor.step import Key, Step, Touch

Touches = tuple[Touch, ...]
UNKNOWN: Touches = ((-1, -1, -1, -1),)
Rule = Callable[["Counting", Operation, Bits], Touches | None]


class Counting:
    """Answers from `history` where it can."""

    def __init__(self, history: History, number: Callable[[Any], int], rerun: Rerun) -> None:
        self.history = history
        self.number = number
        self.rerun = rerun
        self.totally_ordered = rerun.names.totally_ordered

    def offer(self, key: Key, operations: tuple[Operation, ...], steps: Bits) -> Step | None:
        """The transition with this key, which completes `operations`, if it is enabled after `steps`."""
        if key[0] < 0:
            return self.rerun.offer(key, operations, steps)
        goroutines, way, operation = 1 << key[0], key[2], operations[0]
        if len(key) == 6:
            goroutines |= 1 << key[3]
            touches = self.meeting(key, operations, steps)
        else:
            case = operation[1][way] if operation[0] is SELECT and way != DEFAULT else operation
            rule = RULES.get(case[0])
            if rule is None or self.totally_ordered or (way and case is operation):
                touches = self.touches(operation, way, steps)
            else:  # what `touches` would come to, in fewer calls
                touches = rule(self, case, steps)
        if touches is None:
            return None
        if touches is UNKNOWN:
            return self.rerun.offer(key, operations, steps)
        return Step(key, goroutines, touches, False, operations)

    def meeting(self, key: Key, operations: tuple[Operation, ...], steps: Bits) -> Touches | None:
        """A rendezvous: possible as long as the channel is open."""
        if steps & self.history.barriers:
            return UNKNOWN
        sender = operations[0]
        case = sender[1][key[2]] if sender[0] is SELECT else sender
        number = self.number(case[1])
        if self.history.count(number, touch.CLOSE, steps):
            return None
        return ((number, touch.MEET, 0, 0),)

    def touches(self, operation: Operation, way: int, steps: Bits) -> Touches | None:
        """What one goroutine's operation would touch, if it is enabled."""
        kind = operation[0]
        if kind is SELECT:
            if way == DEFAULT:
                return self.default(operation, steps)
            case = operation[1][way]
            return self.case(case[0], case, steps)
        if way and kind is sync.WAIT:  # for a group that is used again, or not
            return UNKNOWN if self.number(operation[1]) in self.totally_ordered else None
        return self.case(kind, operation, steps)

    def case(self, kind: Kind, operation: Operation, steps: Bits) -> Touches | None:
        """What an operation, or a case of a select, would touch, if it is enabled."""
        touched = operation[1]
        rule = RULES.get(kind)
        if rule is not None and not self.totally_ordered:
            return rule(self, operation, steps)
        if touched is NIL or touched is NOTHING:
            return rule(self, operation, steps) if rule is not None else () if touched is NIL else UNKNOWN
        if self.totally_ordered and self.number(touched) in self.totally_ordered:
            return UNKNOWN
        if rule is not None:
            return rule(self, operation, steps)
        if kind.label is not None and kind.ready is None:
            return ((self.number(touched), kind.label, 0, 0),)
        return UNKNOWN

    def default(self, operation: Operation, steps: Bits) -> Touches | None:
        """The default of a select: if no case is certainly ready."""
        if operation[2] is not True:  # it may have to wait for a change
            return UNKNOWN
        found: list[Touch] = []
        for case in operation[1]:
            ready = self.case(case[0], case, steps)
            if ready is UNKNOWN:
                return UNKNOWN
            if ready is not None:
                return None
            if case[0].polled is not None:
                found.append((self.number(case[1]), case[0].polled, 0, 0))
        return tuple(sorted(found) if len(found) > 2 else found)

    def count(self, number: int, label: int, steps: Bits) -> int:
        """How often an object was touched so."""
        return self.history.count(number, label, steps)

    def counter(self, number: int, steps: Bits) -> int:
        """What a wait group stands at."""
        places = self.history.places.get(number, {})
        remaining = (places.get(touch.RAISE, 0) | places.get(touch.LOWER, 0)) & steps
        total = 0
        while remaining:
            lowest = remaining & -remaining
            operation = self.history.steps[lowest.bit_length() - 1].operations[0]
            total += operation[2]
            remaining ^= lowest
        return total

    def value(self, atomic: Any, number: int, steps: Bits) -> Any:
        """What an atomic variable holds."""
        written = _Holder(atomic.initial)
        remaining = self.history.places.get(number, {}).get(touch.WRITE, 0) & steps
        while remaining:
            lowest = remaining & -remaining
            kind, _, *arguments = self.history.steps[lowest.bit_length() - 1].operations[0]
            kind.perform((kind, written, *arguments))
            remaining ^= lowest
        return written.value


class _Holder:
    """Stands in for an atomic variable."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _send(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
    number = now.number(operation[1])
    places = now.history.places.get(number, NOWHERE)
    if places.get(touch.CLOSE, 0) & steps:
        return ((number, touch.REFUSED, 0, 0),)
    sent, capacity = (places.get(touch.SEND, 0) & steps).bit_count(), operation[1].capacity
    if sent - (places.get(touch.RECEIVE, 0) & steps).bit_count() == capacity:
        return None
    return ((number, touch.SEND, sent, capacity),)


def _receive(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
    number = now.number(operation[1])
    places = now.history.places.get(number, NOWHERE)
    received = (places.get(touch.RECEIVE, 0) & steps).bit_count()
    if received < (places.get(touch.SEND, 0) & steps).bit_count():
        return ((number, touch.RECEIVE, received, operation[1].capacity),)
    return ((number, touch.DRAINED, 0, 0),) if places.get(touch.CLOSE, 0) & steps else None


def _unbuffered(label: int) -> Rule:
    def rule(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
        if steps & now.history.barriers or type(operation[1]) is BornClosed:
            return UNKNOWN
        number = now.number(operation[1])
        closed = now.history.places.get(number, NOWHERE).get(touch.CLOSE, 0) & steps
        return ((number, label, 0, 0),) if closed else None

    return rule


def _timer_receive(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
    if steps & now.history.barriers or now.count(now.number(operation[1]), touch.ORDERED, steps):
        return UNKNOWN
    return None


def _close(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
    number = now.number(operation[1])
    return ((number, touch.REFUSED if now.count(number, touch.CLOSE, steps) else touch.CLOSE, 0, 0),)


def _either(taken: int, given: int, if_held: int | None, if_free: int | None) -> Rule:
    """For what is held if it was `taken` more often than `given` back: the label in either case, None if it blocks."""

    def rule(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
        number = now.number(operation[1])
        held = now.count(number, taken, steps) > now.count(number, given, steps)
        return None if (label := if_held if held else if_free) is None else ((number, label, 0, 0),)

    return rule


def _unlock(taken: int, given: int) -> Rule:
    """For what is given back: its label if it is held, else a fatal error."""

    def rule(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
        number = now.number(operation[1])
        if now.count(number, taken, steps) > now.count(number, given, steps):
            return ((number, given, 0, 0),)
        return (number, touch.READ, 0, 0), (PANICS.index, touch.ORDERED, 0, 0)

    return rule


def _try_write_lock(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
    number = now.number(operation[1])
    announced = now.count(number, touch.ANNOUNCE, steps) > now.count(number, touch.WRITE_UNLOCK, steps)
    if announced or now.count(number, touch.READ_LOCK, steps) > now.count(number, touch.READ_UNLOCK, steps):
        return ((number, touch.READ, 0, 0),)
    return (number, touch.ANNOUNCE, 0, 0), (number, touch.WRITE_LOCK, 0, 0)


def _once_enter(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
    number = now.number(operation[1])
    if now.count(number, touch.UNLOCK, steps):
        return ((number, touch.READ, 0, 0),)
    return None if now.count(number, touch.LOCK, steps) else ((number, touch.LOCK, 0, 0),)


def _add(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
    number = now.number(operation[1])
    if now.counter(number, steps) + operation[2] < 0:
        return ((number, touch.BELOW_ZERO, 0, 0),)
    return ((number, touch.LOWER if operation[2] < 0 else touch.RAISE, 0, 0),)


def _wait(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
    number = now.number(operation[1])
    return None if now.counter(number, steps) else ((number, touch.WAIT, 0, 0),)


def _compare_and_swap(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
    number = now.number(operation[1])
    differs = now.value(operation[1], number, steps) != operation[2]
    return ((number, touch.READ if differs else touch.WRITE, 0, 0),)


def _cancel(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
    context = operation[1]
    if context.forked:
        return UNKNOWN
    number = now.number(context)
    if context.born_cancelled or now.count(number, touch.WRITE, steps):
        return ((number, touch.READ, 0, 0),)
    found = (number, touch.WRITE, 0, 0), (now.number(context.channel), touch.CLOSE, 0, 0)
    if context.parent is None:
        return found
    parent, gate = now.number(context.parent), now.number(context.parent.channel)
    return tuple(sorted((*found, (parent, touch.READ, 0, 0), (gate, touch.READ, 0, 0))))


def _nothing(now: Counting, operation: Operation, steps: Bits) -> Touches:
    return ()


def _never(now: Counting, operation: Operation, steps: Bits) -> Touches | None:
    return None


RULES: dict[Kind, Rule] = {
    channel.SEND: _send,
    channel.RECEIVE: _receive,
    channel.HAND_OVER: _unbuffered(touch.REFUSED),
    channel.TAKE_OVER: _unbuffered(touch.DRAINED),
    channel.CLOSE: _close,
    channel.NIL_SEND: _never,
    channel.NIL_RECEIVE: _never,
    channel.NIL_CLOSE: _nothing,
    CHOOSE: _nothing,
    GOSCHED: _nothing,
    CANCEL: _cancel,
    memory.COMPARE_AND_SWAP: _compare_and_swap,
    mutex.LOCK: _either(touch.LOCK, touch.UNLOCK, None, touch.LOCK),
    mutex.UNLOCK: _unlock(touch.LOCK, touch.UNLOCK),
    mutex.TRY_LOCK: _either(touch.LOCK, touch.UNLOCK, touch.READ, touch.LOCK),
    mutex.ANNOUNCE: _either(touch.ANNOUNCE, touch.WRITE_UNLOCK, None, touch.ANNOUNCE),
    mutex.WRITE_LOCK: _either(touch.READ_LOCK, touch.READ_UNLOCK, None, touch.WRITE_LOCK),
    mutex.WRITE_UNLOCK: _unlock(touch.WRITE_LOCK, touch.WRITE_UNLOCK),
    mutex.READ_LOCK: _either(touch.ANNOUNCE, touch.WRITE_UNLOCK, None, touch.READ_LOCK),
    mutex.READ_UNLOCK: _unlock(touch.READ_LOCK, touch.READ_UNLOCK),
    mutex.TRY_WRITE_LOCK: _try_write_lock,
    mutex.TRY_READ_LOCK: _either(touch.ANNOUNCE, touch.WRITE_UNLOCK, touch.READ, touch.READ_LOCK),
    TIMER_RECEIVE: _timer_receive,
    sync.ADD: _add,
    sync.WAIT: _wait,
    sync.ONCE_ENTER: _once_enter,
}
