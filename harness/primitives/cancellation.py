"""How a cancellation goes through a tree of contexts: one step for each context.

`cancelCtx.cancel` in Go's `context.go` locks the context, sets its error and closes its done channel, and still holding
the lock cancels the children, one after the other, in the order of a map: any order. So a goroutine that the parent's
done channel woke can see a child that is not cancelled yet. Who cancels a context that somebody else is cancelling
waits until its whole subtree is done; so does a child's own cancel function, which at its end removes the child from
the parent.

A context with a subtree in progress is `busy`. Where that matters, the footprint touches the done channel, too: READ
was found free, UNLOCK made it so.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from harness.model import dependence as touch
from harness.model.dependence import Footprint
from harness.model.operation import Kind, Operation, Transition
from harness.primitives.awaiting import coroutine

CANCELED = "context canceled"
DEADLINE_EXCEEDED = "context deadline exceeded"


class Cancellation:
    """One under way: the contexts that it has locked, the outermost first, each with the children left to cancel."""

    __slots__ = ("error", "frames", "reason", "root")

    def __init__(self, root: Any, error: str, reason: Any = None) -> None:
        self.root = root
        self.error = error
        self.reason = error if reason is None else reason
        self.frames: list[tuple[Any, list[Any]]] = []
        self.enter(root)

    def enter(self, context: Any) -> None:
        """Cancel one context, which nobody is cancelling; and go on to its children, if it has any."""
        if context.error is None:
            context.finish(self.error, self.reason)
            if context.children:
                context.busy = context.gated = True
                self.frames.append((context, sorted(context.children, key=_canonical)))
        while self.frames and not self.frames[-1][1]:
            done, _ = self.frames.pop()
            done.busy = False
            done.children.clear()
        if not self.frames:
            self.root.detach()

    def leaving(self) -> Footprint:
        """What is unlocked when the last child of the innermost context, which has none of its own, is done."""
        found: Footprint = ()
        for context, children in reversed(self.frames):
            if len(children) > (context is self.frames[-1][0]):
                return found
            found += ((context.channel, touch.UNLOCK),)
        return found + removing(self.root)


def _canonical(context: Any) -> tuple[str, int]:
    """An order that the schedule has no part in."""
    return context.creator.name, context.number


def removing(context: Any) -> Footprint:
    """What a context that is done with its own cancellation looks at: is its parent busy, does it still know it?"""
    if context.parent is None:
        return ()
    return (context.parent, touch.READ), (context.parent.channel, touch.READ)


def entering(context: Any) -> Footprint:
    """What cancelling one context, without its children, touches."""
    if context.error is None:
        return (context, touch.WRITE), (context.channel, touch.CLOSE)
    return ((context, touch.READ), (context.channel, touch.READ)) if context.gated else ((context, touch.READ),)


def cancelling(context: Any) -> Footprint:
    """What beginning to cancel `context` now would touch."""
    found = entering(context)
    return found if context.error is not None or context.children else found + removing(context)


@coroutine
def cancelled(context: Any, reason: Any = None) -> Generator[Operation, Any, None]:
    """What a cancel function does."""
    under_way = yield CANCEL, context, reason
    if under_way is not None:
        yield from cancel_children(under_way)  # type: ignore[misc]  # this is a coroutine, too, so it may
        if context.parent is not None and context.parent.busy:
            yield REMOVE_CHILD, context.parent


@coroutine
def cancel_children(under_way: Cancellation) -> Generator[Operation, Any, None]:
    """Go through the rest of the tree."""
    while under_way.frames:
        context, children = under_way.frames[-1]
        yield CANCEL_CHILD, context, under_way, tuple(children)


def _is_free(operation: Operation) -> bool:
    return not operation[1].busy


def _cancel(operation: Operation) -> Cancellation | None:
    context = operation[1]
    if context.error is not None:
        return None
    return Cancellation(context, CANCELED, operation[2])


def _child_ways(goroutine: Any, operation: Operation, live: Sequence[Any], out: list[Transition]) -> None:
    for way, child in enumerate(operation[3]):
        if not child.busy:
            out.append((goroutine, way))


def _cancel_child(operation: Operation, way: int) -> None:
    operation[2].enter(operation[2].frames[-1][1].pop(way))


def _cancelling_child(operation: Operation, way: int) -> Footprint:
    child = operation[3][way]
    found = entering(child)
    return found if child.error is None and child.children else found + operation[2].leaving()


def _nothing(operation: Operation) -> None:
    return None


def _removing(operation: Operation, way: int) -> Footprint:
    return ((operation[1].channel, touch.READ),)


CANCEL = Kind(
    "cancel", ready=_is_free, perform=_cancel, wide=True, footprint=lambda operation, way: cancelling(operation[1])
)
CANCEL_CHILD = Kind("cancel_child", ways=_child_ways, perform=_cancel_child, footprint=_cancelling_child)
REMOVE_CHILD = Kind("remove_child", ready=_is_free, perform=_nothing, wide=True, footprint=_removing)
