"""Channels (Go specification: Channel types, Send statements, Receive operator, Close).

Invariants, checked by `Channel.check`:
  * 0 <= len(buffer) <= capacity, and an unbuffered channel's buffer is always empty;
  * once closed, a channel stays closed, and values sent before remain to be received.

A buffered operation concerns the buffer alone. A send and a receive on an unbuffered channel complete in one
joint transition, which is listed under the sender; whoever waits may be served, in any order (the language
promises no queue). A goroutine that is pending at a channel need not have parked there yet. `offering` belongs to
the runtime's fast loop. `parties` is who has come to send or close: None, one goroutine, or SEVERAL. Only with
several can a send and a close race; the world then counts the channel among what is `shared`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Generator, Sequence
from typing import Any

from harness.model import dependence as touch
from harness.model.dependence import Footprint
from harness.model.errors import BadInput, Panic
from harness.model.operation import SINGLE, Kind, Operation, Transition
from harness.primitives.awaiting import coroutine
from harness.primitives.polling import looked_in_vain, looking, poll
from harness.primitives.world import Forgetful, Primitive, running, world

SEVERAL = object()
NO_BUFFER: deque[Any] = deque(maxlen=0)


class Channel(Primitive):
    """A Go channel. `capacity` 0 makes it unbuffered."""

    __slots__ = ("buffer", "capacity", "closed", "offering", "parties", "receiving", "sending")

    def __init__(self, capacity: int = 0, *, name: str | None = None) -> None:
        if type(capacity) is not int or capacity < 0:
            raise BadInput(f"a channel's capacity is a whole number, 0 or more; found {capacity!r}")
        self.capacity = capacity
        self.closed = False
        self.parties: Any = None
        if capacity:
            self.buffer: deque[Any] = deque()
            self.sending, self.receiving = SEND, RECEIVE
        else:
            self.buffer = NO_BUFFER
            self.offering: list[Any] = []
            self.sending, self.receiving = HAND_OVER, TAKE_OVER
        self.enrol(name)

    @coroutine
    def send(self, value: Any) -> Generator[Operation, Any, None]:
        """Send `value`; blocks while the channel is full. Panics if the channel is closed."""
        if self.parties is not SEVERAL:
            current = running.world
            if current is None or self.parties is not current.goroutine:
                self.involve()
        yield self.sending, self, value

    @coroutine
    def recv(self) -> Generator[Operation, Any, tuple[Any, bool]]:
        """Receive `(value, True)`, or `(None, False)` once the channel is closed and empty."""
        received: tuple[Any, bool] = yield self.receiving, self
        return received

    @coroutine
    def close(self) -> Generator[Operation, Any, None]:
        """Close the channel. Panics if it is closed already, or nil."""
        self.involve()
        yield CLOSE, self

    @coroutine
    def length(self) -> Generator[Operation, Any, int]:
        """How many values are buffered (Go's `len`)."""
        operation = looking((LENGTH, self))
        length: int = yield operation
        looked_in_vain(operation)
        return length

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    @coroutine
    def __anext__(self) -> Generator[Operation, Any, Any]:
        value, ok = yield self.receiving, self
        if not ok:
            raise StopAsyncIteration
        return value

    def involve(self) -> None:
        """The running goroutine has come to send or close."""
        current = running.world or world("a channel's send or close")
        if self.parties is not current.goroutine:
            self.parties = current.goroutine if self.parties is None else SEVERAL

    def check(self) -> None:
        """Assert the invariants."""
        assert 0 <= len(self.buffer) <= self.capacity, (len(self.buffer), self.capacity)


def _can_send(operation: Operation) -> bool:
    channel: Channel = operation[1]
    return channel.closed or len(channel.buffer) < channel.capacity


def _send(operation: Operation) -> None:
    channel = operation[1]
    if channel.closed:
        _send_on_closed(operation, SINGLE)
    channel.buffer.append(operation[2])


def _can_receive(operation: Operation) -> bool:
    channel: Channel = operation[1]
    return True if channel.buffer else channel.closed


def _receive(operation: Operation) -> tuple[Any, bool]:
    buffer = operation[1].buffer
    if buffer:
        return buffer.popleft(), True
    return None, False


def _is_closed(operation: Operation) -> bool:
    closed: bool = operation[1].closed
    return closed


def _send_on_closed(operation: Operation, way: int) -> None:
    _count_if_shared(operation[1])
    raise Panic("send on closed channel")


def _receive_from_closed(operation: Operation) -> tuple[None, bool]:
    return None, False


def _close(operation: Operation) -> None:
    channel = operation[1]
    if channel.closed:
        raise Panic("close of closed channel")
    channel.closed = True
    _count_if_shared(channel)


def _count_if_shared(channel: Channel) -> None:
    if channel.parties is SEVERAL:
        assert running.world is not None
        running.world.shared += 1


def _length(operation: Operation) -> int:
    return len(operation[1].buffer)


def _never(operation: Operation) -> bool:
    return False


def _close_of_nil(operation: Operation) -> None:
    raise Panic("close of nil channel")


def _unreachable(operation: Operation) -> None:
    raise AssertionError(f"{operation} can never complete")


def receivers(channel: Any, goroutine: Any, live: Sequence[Any]) -> list[tuple[Any, int]]:
    """The other goroutines that are pending at a receive from unbuffered `channel`, each with its way."""
    return _pending(TAKE_OVER, channel, goroutine, live)


def senders(channel: Any, goroutine: Any, live: Sequence[Any]) -> list[tuple[Any, int]]:
    """The other goroutines that are pending at a send to unbuffered `channel`, each with its way."""
    return _pending(HAND_OVER, channel, goroutine, live)


def _pending(kind: Kind, channel: Any, goroutine: Any, live: Sequence[Any]) -> list[tuple[Any, int]]:
    found = []
    for other in live:
        if other is goroutine:
            continue
        operation = other.operation
        if operation[0] is kind:
            if operation[1] is channel:
                found.append((other, SINGLE))
        elif operation[0].name == "select":
            for way, case in enumerate(operation[1]):
                if case[0] is kind and case[1] is channel:
                    found.append((other, way))
    return found


def _hand_over_ways(goroutine: Any, operation: Operation, live: Sequence[Any], out: list[Transition]) -> None:
    channel = operation[1]
    if channel.closed:
        out.append((goroutine, SINGLE))
        return
    for receiver, way in receivers(channel, goroutine, live):
        out.append((goroutine, SINGLE, receiver, way))


def _sending(operation: Operation, way: int) -> Footprint:
    channel = operation[1]
    return ((channel, touch.REFUSED if channel.closed else touch.SEND),)


def _receiving(operation: Operation, way: int) -> Footprint:
    channel = operation[1]
    return ((channel, touch.RECEIVE if channel.buffer else touch.DRAINED),)


def _closing(operation: Operation, way: int) -> Footprint:
    channel = operation[1]
    return ((channel, touch.REFUSED if channel.closed else touch.CLOSE),)


SEND = Kind("send", ready=_can_send, perform=_send, footprint=_sending, polled=touch.DEFAULT)
RECEIVE = Kind(
    "receive",
    ready=_can_receive,
    perform=_receive,
    footprint=_receiving,
    polled=touch.DEFAULT,
)
HAND_OVER = Kind("send", ways=_hand_over_ways, perform=_send_on_closed, footprint=touch.REFUSED, polled=touch.DEFAULT)
TAKE_OVER = Kind(
    "receive",
    ready=_is_closed,
    perform=_receive_from_closed,
    wide=True,
    footprint=touch.DRAINED,
    polled=touch.DEFAULT,
)
CLOSE = Kind("close", perform=_close, footprint=_closing)
LENGTH = poll(Kind("length", perform=_length, footprint=touch.LENGTH))
NIL_SEND = Kind("send", ready=_never, perform=_unreachable)
NIL_RECEIVE = Kind("receive", ready=_never, perform=_unreachable)
NIL_CLOSE = Kind("close", perform=_close_of_nil)


class NilChannel(Channel):
    """The zero value of a channel variable: send and receive block for ever, close panics, the length is 0."""

    __slots__ = ()

    def __init__(self) -> None:
        self.capacity = 0
        self.buffer = deque()
        self.closed = False
        self.offering = Forgetful()
        self.parties = SEVERAL
        self.sending = NIL_SEND
        self.receiving = NIL_RECEIVE
        self.label = "nil"
        self.waiters = Forgetful()

    @coroutine
    def close(self) -> Generator[Operation, Any, None]:
        """Panics: "close of nil channel"."""
        yield NIL_CLOSE, self

    @property
    def identity(self) -> str:
        """All nil channels are one."""
        return "nil"


NIL = NilChannel()
