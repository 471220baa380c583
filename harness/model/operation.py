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
    """

    __slots__ = ("attempt", "name", "perform", "plain", "ready", "ways")

    def __init__(
        self,
        name: str,
        *,
        perform: Callable[..., Any],
        ready: Callable[[Operation], bool] | None = None,
        ways: Callable[[Any, Operation, Sequence[Any], list[Transition]], None] | None = None,
        wide: bool = False,
        attempt: Callable[[Operation], Any] | None = None,
    ) -> None:
        self.name = name
        self.perform = perform
        self.ready = ready
        self.ways = ways
        self.plain = ways is None and not wide
        self.attempt = attempt or (perform if ready is None else _attempt(ready, perform))

    def __repr__(self) -> str:
        return f"<{self.name}>"


def _attempt(ready: Callable[[Operation], bool], perform: Callable[[Operation], Any]) -> Callable[[Operation], Any]:
    return lambda operation: perform(operation) if ready(operation) else BLOCKED
