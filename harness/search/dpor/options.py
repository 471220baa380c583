"""What the operations of a step allow besides what was done with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from harness.model.operation import DEFAULT, Operation
from harness.primitives.channel import HAND_OVER, NIL, TAKE_OVER
from harness.primitives.choice import CHOOSE
from harness.primitives.select import SELECT, cases
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
    """

    __slots__ = ("receives", "sends", "ways")

    def __init__(self, operation: Operation, number: Number) -> None:
        self.ways = ways_of(operation, number)
        self.sends: tuple[Meeting, ...] = ()
        self.receives: tuple[Meeting, ...] = ()
        for way, case in enumerate(cases(operation)):
            if case[0] is HAND_OVER:
                self.sends += ((way, number(case[1])),)
            elif case[0] is TAKE_OVER:
                self.receives += ((way, number(case[1])),)


NONE: tuple[Way, ...] = ()


def ways_of(operation: Operation, number: Number) -> tuple[Way, ...]:
    """See `Options.ways`."""
    kind = operation[0]
    if kind is SELECT:
        channels = [1 << number(case[1]) if case[0].polled is not None else 0 for case in operation[1]]
        ways = [(way, channel, False) for way, channel in enumerate(channels) if channel]
        if operation[2]:
            every = 0
            for channel in channels:
                every |= channel
            ways.append((DEFAULT, every, len(channels) > 1))
        return tuple(ways)
    if kind is CHOOSE:
        return tuple([(way, 0, False) for way in range(operation[2])])
    if operation[1] is NOTHING or operation[1] is NIL:
        return NONE
    objects = 1 << number(operation[1])
    if kind is WAIT:
        return tuple([(way, objects, True) for way in range(AGAIN + 1)])
    return ((0, objects, False),)


def looks_at_several(operation: Operation | None, way: int) -> bool:
    """May more than one thing have to be undone before the operation can be completed in this way?"""
    if operation is None:
        return False
    kind = operation[0]
    return kind is WAIT or (kind is SELECT and way == DEFAULT and len(operation[1]) > 1)


def never_meet(sender: Operation, receiver: Operation) -> bool:
    """Are both selects with a default, neither of which would wait for the other?"""
    return sender[0] is SELECT and receiver[0] is SELECT and bool(sender[2] and receiver[2])
