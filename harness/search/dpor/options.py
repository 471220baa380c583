"""What the operations of a step allow besides what was done with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from harness.model.operation import DEFAULT, Kind, Operation
from harness.primitives.cancellation import CANCEL_CHILD
from harness.primitives.channel import HAND_OVER, NIL, TAKE_OVER
from harness.primitives.choice import CHOOSE
from harness.primitives.polling import look_of
from harness.primitives.select import SELECT
from harness.primitives.sync import AGAIN, WAIT
from harness.primitives.world import NOTHING

Bits = int
Number: TypeAlias = Callable[[Any], int]
Way: TypeAlias = tuple[int, Bits, bool]
Meeting: TypeAlias = tuple[int, int]


class Options:
    """One operation's alternatives.

    Attributes:
        ways: the ways in which it can be completed by itself, for each the objects that decide whether it can, and
            whether more than one step may have to be undone before it can.
        sends: the ways in which it can hand a value over, with the channel.
        receives: the ways in which it can take a value over, with the channel.
        meets: it can hand over or take over.
    """

    __slots__ = ("meets", "receives", "sends", "ways")

    def __init__(self, operation: Operation, number: Number) -> None:
        self.meets = False
        self.sends: tuple[Meeting, ...] = ()
        self.receives: tuple[Meeting, ...] = ()
        if operation[0] is not SELECT:
            self.ways = ways_of(operation, number)
            if operation[0].polled is not None and operation[1] is not NIL:
                self.admit(operation[0], 0, number(operation[1]))
            return
        ways: list[Way] = []
        every = 0
        for way, case in enumerate(operation[1]):
            if case[0].polled is not None:
                channel = number(case[1])
                ways.append((way, 1 << channel, False))
                every |= 1 << channel
                self.admit(case[0], way, channel)
        if operation[2]:
            ways.append((DEFAULT, every | watched(operation, number), looks_at_several(operation, DEFAULT)))
        self.ways = tuple(ways)

    def admit(self, kind: Kind, way: int, channel: int) -> None:
        """A case, or an operation, at a channel."""
        if kind is HAND_OVER:
            self.sends += ((way, channel),)
            self.meets = True
        elif kind is TAKE_OVER:
            self.receives += ((way, channel),)
            self.meets = True


NONE: tuple[Way, ...] = ()


def ways_of(operation: Operation, number: Number) -> tuple[Way, ...]:
    """The ways of an operation that is no select."""
    if operation[0] is CHOOSE:
        return tuple([(way, 0, False) for way in range(operation[2])])
    if operation[1] is NOTHING or operation[1] is NIL:
        objects = watched(operation, number)
        return ((0, objects, True),) if objects else NONE
    if operation[0] is CANCEL_CHILD:
        gates = [1 << number(child) | 1 << number(child.channel) for child in operation[3]]
        return tuple([(way, gate, False) for way, gate in enumerate(gates)])
    objects = 1 << number(operation[1]) | watched(operation, number)
    ways = range(AGAIN + 1) if operation[0] is WAIT else (0,)
    return tuple([(way, objects, looks_at_several(operation, way)) for way in ways])


def looks_at_several(operation: Operation | None, way: int) -> bool:
    """May more than one thing have to be undone before the operation can be completed in this way?"""
    if operation is None:
        return False
    kind = operation[0]
    if look_of(operation) is not None:
        return True
    return kind is WAIT or (kind is SELECT and way == DEFAULT and len(operation[1]) > 1)


def watched(operation: Operation, number: Number) -> Bits:
    """The objects that a goroutine which polls in vain waits for a change of."""
    look = look_of(operation)
    found = 0
    for touched, _ in look.footprint if look is not None else ():
        found |= 1 << number(touched)
    return found


def never_meet(sender: Operation, receiver: Operation) -> bool:
    """Are both selects with a default, neither of which would wait for the other?"""
    return sender[0] is SELECT and receiver[0] is SELECT and bool(sender[2] and receiver[2])
