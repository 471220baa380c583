"""`context`: cancellation that reaches every descendant at once.

Cancelling is one transition: it sets the error and closes the done channel of the context and of all its
descendants. (Go goes through the tree under a lock; a goroutine that a parent's done channel woke could see a child
not yet cancelled. That window is not modelled.) A child derived from a cancelled parent is born cancelled. The
background context is never cancelled, and its done channel is nil.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from types import coroutine
from typing import Any, TypeAlias

from harness.model import dependence as touch
from harness.model.dependence import Footprint
from harness.model.errors import BadInput
from harness.model.operation import Kind, Operation
from harness.primitives.channel import NIL, Channel
from harness.primitives.polling import looked_in_vain, looking, poll
from harness.primitives.time import Alarm, instant
from harness.primitives.world import Primitive, world

CANCELED = "context canceled"
DEADLINE_EXCEEDED = "context deadline exceeded"


class Context(Primitive):
    """A context. Made by `background`, `with_cancel`, `with_timeout` and `with_deadline`."""

    __slots__ = ("alarm", "born_cancelled", "cause", "channel", "children", "deadline")

    def __init__(self, parent: Context | None, name: str | None = None) -> None:
        self.enrol(name)
        self.cause: str | None = None
        self.children: list[Context] = []
        self.alarm: Alarm | None = None
        self.deadline: float | None = None
        self.born_cancelled = parent is not None and parent.cause is not None
        self.channel: Channel = NIL
        if parent is not None:
            self.channel = Channel(name=f"{name}.done" if name else None)
            self.deadline = parent.deadline
            parent.children.append(self)
            if parent.channel is not NIL:  # deriving is no operation, but it sees whether the parent is cancelled
                world("a context").observed.append((parent, touch.READ))
            if parent.cause is not None:
                self.finish(parent.cause)
                self.channel = parent.channel  # whoever receives from it comes after the cancel that closed that one

    def done(self) -> Channel:
        """The channel that is closed when the context is cancelled; nil for the background context."""
        return self.channel

    @coroutine
    def err(self) -> Generator[Operation, Any, str | None]:
        """None while the context is live, then `CANCELED` or `DEADLINE_EXCEEDED`."""
        operation = looking((CONTEXT_ERR, self))
        cause: str | None = yield operation
        looked_in_vain(operation)
        return cause

    def finish(self, cause: str) -> None:
        """Cancel this context and all its descendants; the first cause stays."""
        if self.cause is None:
            self.cause = cause
            self.channel.closed = True
            if self.alarm is not None:
                self.alarm.disarm()
            for child in self.children:
                child.finish(cause)


class BornClosed(Channel):
    """The done channel of a context whose deadline had passed when it was made."""

    __slots__ = ()

    def __init__(self, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self.closed = True


Cancel: TypeAlias = Callable[[], Awaitable[None]]


def background() -> Context:
    """The root of a tree of contexts."""
    return Context(None, name="background")


def with_cancel(parent: Context, *, name: str | None = None) -> tuple[Context, Cancel]:
    """A child of `parent`, and the function that cancels it."""
    if not isinstance(parent, Context):
        raise BadInput(f"a context is derived from a context; found {parent!r}")
    context = Context(parent, name)

    @coroutine
    def cancel() -> Generator[Operation, Any, None]:
        yield CANCEL, context

    return context, cancel


def with_deadline(parent: Context, when: float, *, name: str | None = None) -> tuple[Context, Cancel]:
    """A child of `parent` that is cancelled at virtual time `when`, unless its parent's deadline is earlier."""
    context, cancel = with_cancel(parent, name=name)
    when = instant(when, "with_deadline")
    if context.deadline is not None and context.deadline < when:
        return context, cancel
    context.deadline = when
    if when <= world("with_deadline()").now:
        context.finish(DEADLINE_EXCEEDED)
        if not context.born_cancelled:
            context.born_cancelled = True
            context.channel = BornClosed(name=context.channel.label)
    elif context.cause is None:
        context.alarm = Alarm(
            when, action=lambda: context.finish(DEADLINE_EXCEEDED), touches=lambda: cancelling(context), name=name
        )
    return context, cancel


def with_timeout(parent: Context, seconds: float, *, name: str | None = None) -> tuple[Context, Cancel]:
    """A child of `parent` that is cancelled after `seconds` of virtual time."""
    return with_deadline(parent, instant(seconds, "with_timeout", since=world("with_timeout()").now), name=name)


def _err(operation: Operation) -> str | None:
    cause: str | None = operation[1].cause
    return cause


def _cancel(operation: Operation) -> None:
    operation[1].finish(CANCELED)


def cancelling(context: Context) -> Footprint:
    """What cancelling `context` now would touch: it and its descendants with their done channels."""
    if context.cause is not None:
        return ((context, touch.READ),)
    found: Footprint = ((context, touch.WRITE), (context.channel, touch.CLOSE))
    for child in context.children:
        found += cancelling(child)
    return found


CONTEXT_ERR = poll(Kind("context_err", perform=_err, footprint=touch.READ))
CANCEL = Kind("cancel", perform=_cancel, wide=True, footprint=lambda operation, way: cancelling(operation[1]))
