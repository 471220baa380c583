"""An operation is what a goroutine is suspended at: a plain tuple `(kind, object, *arguments)`.

The kind says when the operation can complete and what completing it does. A goroutine announces its
operation by yielding it; nothing has happened until the scheduler performs it. Tuples and shared kinds,
rather than one object per operation, because announcing one is the commonest thing an exploration does.

A transition is one way in which the execution can go on now, and has one of three shapes:

    (timer,)                                 the clock fires a timer
    (goroutine, way)                         one goroutine's operation completes, by its alternative `way`
    (sender, way, receiver, receiver_way)    a rendezvous on an unbuffered channel completes two operations

A way is 0 for an operation with a single alternative, the index of the case for a select (-1: default),
and the chosen number for `choose`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from harness.model.dependence import Footprint, Label

Operation: TypeAlias = tuple[Any, ...]
Transition: TypeAlias = tuple[Any, ...]

BLOCKED = object()
SINGLE = 0
DEFAULT = -1


class Kind:
    """What operations of one sort have in common.

    `ready(operation)` tells whether it can complete now (None: it always can). `perform(operation)`
    completes it and returns what `await` gives, or raises `Panic`. A kind with several alternatives has
    `ways` instead of `ready`: it appends the enabled transitions of `goroutine`, given the other `live`
    goroutines, and its `perform` also takes the way. `wide` marks kinds that may enable operations on
    objects other than their own, or that a partner may complete. The others with a single way are `plain`, and have
    `attempt`, which performs the operation if it is ready and says `BLOCKED` otherwise: the two in one call.

    `footprint(operation, way)` says what completing the operation now would touch (see `harness.model.dependence`); a
    label stands for touching the operation's object so, whatever its state. `polled` is how the default of a select
    with such a case touches the channel.

    `words(operation)` tells people what completing it now does, where the kind is not one of Go's.
    """

    __slots__ = ("attempt", "footprint", "label", "name", "perform", "plain", "polled", "ready", "ways", "words")

    def __init__(
        self,
        name: str,
        *,
        perform: Callable[..., Any],
        ready: Callable[[Operation], bool] | None = None,
        ways: Callable[[Any, Operation, Sequence[Any], list[Transition]], None] | None = None,
        wide: bool = False,
        attempt: Callable[[Operation], Any] | None = None,
        footprint: Callable[[Operation, int], Footprint] | Label | None = None,
        polled: Label | None = None,
        words: Callable[[Operation], str] | None = None,
    ) -> None:
        self.name = name
        self.words = words
        self.label = None if callable(footprint) else footprint
        self.footprint = footprint if callable(footprint) else _touches(footprint)
        self.polled = polled
        self.perform = perform
        self.ready = ready
        self.ways = ways
        self.plain = ways is None and not wide
        self.attempt = attempt or (perform if ready is None else _attempt(ready, perform))

    def __repr__(self) -> str:
        return f"<{self.name}>"


def _touches(label: Label | None) -> Callable[[Operation, int], Footprint]:
    if label is None:
        return lambda operation, way: ()
    return lambda operation, way: ((operation[1], label),)


def _attempt(ready: Callable[[Operation], bool], perform: Callable[[Operation], Any]) -> Callable[[Operation], Any]:
    return lambda operation: perform(operation) if ready(operation) else BLOCKED
