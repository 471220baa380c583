"""Package `context`: contexts, their cancellation, deadlines, and functions that run when one is cancelled.

How a cancellation goes through a tree is in `harness.primitives.cancellation`. A child derived from a parent whose done
channel is closed is born cancelled, although the parent's canceller may still be busy with others. The error of a
context is set exactly when its done channel is closed. The background context is never cancelled, and its done channel
is nil. `children` are those that cancelling it would cancel: not those that are cancelled already. `forked` says that
it has had any, and `gated` that it was cancelled when it had.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeAlias

from harness.model import dependence as touch
from harness.model.errors import BadInput
from harness.model.operation import Kind, Operation
from harness.primitives.awaiting import coroutine
from harness.primitives.cancellation import (
    CANCELED,
    DEADLINE_EXCEEDED,
    REMOVE_CHILD,
    Cancellation,
    cancel_children,
    cancelled,
    cancelling,
)
from harness.primitives.channel import NIL, Channel
from harness.primitives.polling import looked_in_vain, looking, poll
from harness.primitives.time import Alarm, instant
from harness.primitives.world import Primitive, world

__all__ = [
    "CANCELED",
    "DEADLINE_EXCEEDED",
    "Context",
    "background",
    "cause",
    "context_after_func",
    "with_cancel",
    "with_cancel_cause",
    "with_deadline",
    "with_timeout",
    "without_cancel",
]


class Context(Primitive):
    """A context. Made by `background`, `with_cancel`, `with_timeout`, `with_deadline` and their like.

    `function` is what `context_after_func` has registered: it is started when this one is cancelled.
    """

    __slots__ = (
        "alarm",
        "born_cancelled",
        "busy",
        "channel",
        "children",
        "deadline",
        "error",
        "forked",
        "function",
        "gated",
        "parent",
        "place",
        "reason",
        "starter",
    )

    def __init__(self, parent: Context | None, name: str | None = None) -> None:
        self.enrol(name)
        self.error: str | None = None
        self.reason: Any = None
        self.children: list[Context] = []
        self.busy = self.gated = self.forked = False
        self.alarm: Alarm | None = None
        self.deadline: float | None = None
        self.function: Callable[[], Any] | None = None
        self.born_cancelled = parent is not None and parent.error is not None
        self.channel: Channel = NIL
        self.parent = parent if parent is not None and parent.channel is not NIL else None
        if parent is not None:
            self.channel = Channel(name=f"{name}.done" if name else None)
            self.deadline = parent.deadline
        if self.parent is not None:
            self.inherit(self.parent)

    def inherit(self, parent: Context) -> None:
        """Be cancelled with the parent, or at once."""
        world("a context").observed.append((parent, touch.READ))  # deriving is no operation, but it looks at this
        if parent.error is None:
            parent.forked = True
            parent.children.append(self)
        else:
            self.finish(parent.error, parent.reason)
            self.channel = parent.channel  # whoever receives from it comes after the cancel that closed that one

    def done(self) -> Channel:
        """The channel that is closed when the context is cancelled; nil for the background context."""
        return self.channel

    @coroutine
    def err(self) -> Generator[Operation, Any, str | None]:
        """None while the context is live, then `CANCELED` or `DEADLINE_EXCEEDED`."""
        operation = looking((CONTEXT_ERR, self))
        error: str | None = yield operation
        looked_in_vain(operation)
        return error

    def finish(self, error: str, reason: Any) -> None:
        """Cancel this context alone; the first error stays."""
        self.error = error
        self.reason = reason
        self.channel.closed = True
        if self.alarm is not None:
            self.alarm.disarm()
        if self.function is not None:
            world("a context").spawn(self.function, (), self)
            self.function = None

    def detach(self) -> None:
        """The parent needs not cancel this one any more."""
        if self.parent is not None and self in self.parent.children:
            self.parent.children.remove(self)


class BornClosed(Channel):
    """The done channel of a context whose deadline had passed when it was made."""

    __slots__ = ()

    def __init__(self, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self.closed = True


Cancel: TypeAlias = Callable[[], Awaitable[None]]
CancelCause: TypeAlias = Callable[[Any], Awaitable[None]]


def background() -> Context:
    """The root of a tree of contexts."""
    return Context(None, name="background")


def _derived(parent: Context, name: str | None) -> Context:
    if not isinstance(parent, Context):
        raise BadInput(f"a context is derived from a context; found {parent!r}")
    return Context(parent, name)


def without_cancel(parent: Context, *, name: str | None = None) -> Context:
    """A context that is not cancelled when `parent` is: it has no deadline, and its done channel is nil."""
    if not isinstance(parent, Context):
        raise BadInput(f"a context is derived from a context; found {parent!r}")
    return Context(None, name)


def with_cancel(parent: Context, *, name: str | None = None) -> tuple[Context, Cancel]:
    """A child of `parent`, and the function that cancels it."""
    context = _derived(parent, name)

    def cancel() -> Any:
        return cancelled(context)

    return context, cancel


def with_cancel_cause(parent: Context, *, name: str | None = None) -> tuple[Context, CancelCause]:
    """As `with_cancel`; the function takes the reason, which `cause` tells. None stands for `CANCELED`."""
    context = _derived(parent, name)

    def cancel(reason: Any = None) -> Any:
        return cancelled(context, reason)

    return context, cancel


@coroutine
def cause(context: Context) -> Generator[Operation, Any, Any]:
    """Why the context was cancelled: what `with_cancel_cause` was told, else its error; None while it is live."""
    reason: Any = yield CONTEXT_CAUSE, context
    return reason


def with_deadline(parent: Context, when: float, *, name: str | None = None) -> tuple[Context, Cancel]:
    """A child of `parent` that is cancelled at virtual time `when`, unless its parent's deadline is earlier."""
    context, cancel = with_cancel(parent, name=name)
    when = instant(when, "with_deadline")
    if context.deadline is not None and context.deadline < when:
        return context, cancel
    context.deadline = when
    if when <= world("with_deadline()").now:
        if not context.born_cancelled:
            context.finish(DEADLINE_EXCEEDED, DEADLINE_EXCEEDED)
            context.detach()
            context.born_cancelled = True
            context.channel = BornClosed(name=context.channel.label)
    elif context.error is None:
        context.alarm = Alarm(when, action=lambda: _expire(context), touches=lambda: cancelling(context), name=name)
        context.alarm.arrange(cancel_children)
    return context, cancel


def _expire(context: Context) -> None:
    """The deadline has come: the timer's own goroutine cancels the rest of the tree."""
    under_way = Cancellation(context, DEADLINE_EXCEEDED)
    if under_way.frames:
        world("a deadline").spawn(cancel_children, (under_way,), context.alarm)


def with_timeout(parent: Context, seconds: float, *, name: str | None = None) -> tuple[Context, Cancel]:
    """A child of `parent` that is cancelled after `seconds` of virtual time."""
    return with_deadline(parent, instant(seconds, "with_timeout", since=world("with_timeout()").now), name=name)


def context_after_func(context: Context, function: Callable[[], Any]) -> Callable[[], Awaitable[bool]]:
    """Start `function` in a goroutine of its own when `context` is cancelled (`context.AfterFunc`).

    Returns `stop`, which tells whether it has kept `function` from being started.
    """
    child = _derived(context, f"AfterFunc of {context.name}" if isinstance(context, Context) else None)
    child.arrange(function)
    if child.error is None:
        child.function = function
        world("a context").functions = True
    else:
        world("a context").spawn(function, (), child)

    @coroutine
    def stop() -> Generator[Operation, Any, bool]:
        stopped: bool = yield STOP_FUNCTION, child
        if stopped and child.parent is not None and child.parent.busy:
            yield REMOVE_CHILD, child.parent
        return stopped

    return stop


def _err(operation: Operation) -> str | None:
    error: str | None = operation[1].error
    return error


def _cause(operation: Operation) -> Any:
    return operation[1].reason


def _stop_function(operation: Operation) -> bool:
    child = operation[1]
    if child.error is not None:
        return False
    child.function = None
    Cancellation(child, CANCELED)
    return True


CONTEXT_ERR = poll(Kind("context_err", perform=_err, footprint=touch.READ))
CONTEXT_CAUSE = Kind("context_cause", perform=_cause, footprint=touch.READ)
STOP_FUNCTION = Kind(
    "stop_function", perform=_stop_function, wide=True, footprint=lambda operation, way: cancelling(operation[1])
)
