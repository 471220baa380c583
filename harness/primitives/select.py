"""`select` (Go specification: Select statements): every ready case, and a possible default, is an alternative.

The default is enabled unless some case is *certainly* ready. Buffers and closed channels are certain. A
partner that is merely pending on an unbuffered channel is not: it may be about to block, and Go would then
take the default. It is certain only when it is known to have parked, because the clock moved while it waited.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from inspect import iscoroutine
from typing import Any

from harness.model import dependence as touch
from harness.model.dependence import Footprint
from harness.model.errors import BadInput
from harness.model.operation import DEFAULT, SINGLE, Kind, Operation, Transition
from harness.primitives.awaiting import coroutine
from harness.primitives.channel import HAND_OVER, NIL, TAKE_OVER, Channel, receivers, senders
from harness.primitives.polling import looked_at, looked_in_vain, looking, settled


def Recv(channel: Channel | None) -> Operation:
    """The case `<-channel`. None is a nil channel: the case is never ready."""
    if channel is None:
        channel = NIL
    return channel.receiving, channel


def Send(channel: Channel | None, value: Any) -> Operation:
    """The case `channel <- value`. None is a nil channel: the case is never ready."""
    if channel is None:
        channel = NIL
    return channel.sending, channel, value


def _not_a_case(found: Any) -> BadInput:
    if iscoroutine(found):
        found.close()  # or Python would say, too, that nobody awaited it
    return BadInput(f"select takes Recv(channel) and Send(channel, value) cases; found {found!r}")


@coroutine
def select(*cases: Operation, default: bool = False) -> Generator[Operation, Any, tuple[int, Any, bool]]:
    """Complete one ready case and return `(index, value, ok)`, the shape of Go's `reflect.Select`.

    With `default`, returns `(-1, None, False)` if no case is ready. Without cases it blocks for ever.
    """
    for case in cases:
        if type(case) is not tuple:
            raise _not_a_case(case)
        if len(case) == 3:
            case[1].involve()
    operation: Operation = (SELECT, cases, bool(default))
    if not default:
        found: tuple[int, Any, bool] = yield operation
        return found
    operation = looking(operation)
    chosen: tuple[int, Any, bool] = yield operation
    if chosen[0] == DEFAULT:
        looked_in_vain(operation)
    return chosen


def _select_ways(goroutine: Any, operation: Operation, live: Sequence[Any], out: list[Transition]) -> None:
    certain = False
    for way, case in enumerate(operation[1]):
        kind = case[0]
        ready = kind.ready
        if ready is not None:
            if ready(case):
                out.append((goroutine, way))
                certain = True
        elif case[1].closed:
            out.append((goroutine, way))
            certain = True
        else:
            for partner, partner_way in receivers(case[1], goroutine, live):
                if not (operation[2] and _has_default(partner.operation)):
                    out.append((goroutine, way, partner, partner_way))
    default = operation[2]
    may_default = default is True or (default and default.open())
    if may_default and not certain and not partner_has_parked(goroutine, operation, live):
        out.append((goroutine, DEFAULT))


def _has_default(operation: Operation) -> bool:
    """Such a select never waits, so two of them never meet."""
    return operation[0] is SELECT and bool(operation[2])


def partner_has_parked(goroutine: Any, operation: Operation, live: Sequence[Any]) -> bool:
    """Is a case certainly ready because a goroutine at its other end is known to have parked?"""
    for case in operation[1]:
        if case[0] is TAKE_OVER:
            partners = senders(case[1], goroutine, live)
        elif case[0] is HAND_OVER:
            partners = receivers(case[1], goroutine, live)
        else:
            continue
        if any(partner.parked is partner.operation for partner, _ in partners):
            return True
    return False


def _select(operation: Operation, way: int) -> tuple[int, Any, bool]:
    settled(operation)
    if way == DEFAULT:
        return DEFAULT, None, False
    case = operation[1][way]
    kind = case[0]
    if len(case) == 2:
        value, ok = kind.perform(case)
        return way, value, ok
    if kind is HAND_OVER:
        kind.perform(case, way)
    else:
        kind.perform(case)
    return way, None, False


def _selecting(operation: Operation, way: int) -> Footprint:
    if way == DEFAULT:
        own = looked_at(settled(operation))
        return own if operation[2] is True else tuple(dict.fromkeys(own + operation[2].footprint))
    case = operation[1][way]
    found: Footprint = case[0].footprint(case, SINGLE)
    return found


SELECT = Kind("select", ways=_select_ways, perform=_select, footprint=_selecting)


def rendezvous(sender: Operation, way: int, receiver: Operation, receiver_way: int) -> tuple[Any, Any]:
    """Complete a send and a receive together; returns what each side's `await` gives."""
    sending = settled(sender)[0] is SELECT
    value = sender[1][way][2] if sending else sender[2]
    sent = (way, None, False) if sending else None
    received = (receiver_way, value, True) if settled(receiver)[0] is SELECT else (value, True)
    return sent, received


def cases(operation: Operation) -> tuple[Operation, ...]:
    """A select's cases; any other operation is its own only case."""
    if operation[0] is SELECT:
        found: tuple[Operation, ...] = operation[1]
        return found
    return (operation,)


def footprint(transition: Transition) -> Footprint:
    """What taking an enabled transition would touch.

    A goroutine that leaves an unbuffered channel at which it was known to have parked may be what kept a default away.
    """
    first = transition[0]
    if len(transition) == 1:
        fired: Footprint = first.footprint
        return fired
    operation = first.operation
    if len(transition) == 2:
        found: Footprint = operation[0].footprint(operation, transition[1])
    else:
        channel = operation[1][transition[1]][1] if operation[0] is SELECT else operation[1]
        found = ((channel, touch.MEET),)
        if transition[2].parked is transition[2].operation:
            found += _unparking(transition[2].operation)
    return found + _unparking(operation) if first.parked is operation else found


def _unparking(operation: Operation) -> Footprint:
    return tuple((case[1], touch.UNPARK) for case in cases(operation) if case[0] is TAKE_OVER or case[0] is HAND_OVER)
