"""Looking again: what a goroutine announces that has just looked at something in vain, and now looks once more.

A *poll* is an operation that changes nothing if it is in vain: a load, a failed try-lock or compare-and-swap, a select
that takes its default, `gosched`. A goroutine that does nothing but poll would keep a depth-first search busy for ever.
So a poll right after another is announced as another kind, which has a `Look`: if the runtime finds that the goroutine
is where it was before, having seen nothing new, then the operation can complete only when something that the goroutine
looks at has changed, or time has moved. It is what GenMC and Nidhugg make of a spin loop, an `assume` (M.
Kokologiannakis et al., "Dynamic Partial Order Reduction for Spinloops", FMCAD 2021), and what a fair scheduler comes
to (M. Musuvathi and S. Qadeer, "Fair Stateless Model Checking", PLDI 2008).

That makes the fair bound a matter of which operations are enabled, and of what they touch: a function of the state and
of the goroutine's own past, like the readiness of a lock. Every search, reduced or not, takes it as such.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from harness.model import dependence as touch
from harness.model.dependence import Footprint
from harness.model.operation import SINGLE, Kind, Operation
from harness.primitives.world import NOTHING, running, world

Seen: TypeAlias = tuple[tuple[Operation, Any], ...]
"""Polls, each with what it found."""

AGAIN: dict[Kind, Kind] = {}
"""For each kind of poll, the kind that is announced right after another poll. A select stays one."""

BASE: dict[Kind, Kind] = {}
"""The other way round."""


class Look:
    """One more look. `decide` tells, when it is first asked, what must change before it may happen; nothing: it may."""

    __slots__ = ("decide", "since", "watched")

    def __init__(self, since: float, decide: Callable[[], Seen]) -> None:
        self.since = since
        self.decide: Callable[[], Seen] | None = decide
        self.watched: Seen = ()

    def settle(self) -> None:
        """Decide, if that has not been done; to be asked while the goroutine is pending at the operation."""
        if self.decide is not None:
            decide, self.decide = self.decide, None
            self.watched = decide()

    def open(self) -> bool:
        """May it happen now?"""
        self.settle()
        if not self.watched:
            return True
        assert running.world is not None
        if running.world.now != self.since:
            return True
        return any(has_changed(operation, found) for operation, found in self.watched)

    @property
    def footprint(self) -> Footprint:
        """What deciding that it may happen touches: everything that it waits for."""
        touched = [each for operation, _ in self.watched for each in looked_at(operation)]
        return tuple(dict.fromkeys(touched))


def settled(operation: Operation) -> Operation:
    """The operation, which is about to complete; if it looks again, it is decided whether it had to wait.

    Whoever repeats a schedule need not have asked, but what comes later depends on where the goroutine has been.
    """
    if type(operation[-1]) is Look:
        operation[-1].settle()
    return operation


def look_of(operation: Operation | None) -> Look | None:
    """The look of an operation that looks again."""
    if operation is not None and type(operation[-1]) is Look:
        return operation[-1]
    return None


def without_look(operation: Operation) -> Operation:
    """The same operation, as one that is free to happen."""
    if look_of(operation) is None:
        return operation
    kind = operation[0]
    return (BASE[kind], *operation[1:-1]) if kind in BASE else (*operation[:-1], True)


def poll(kind: Kind) -> Kind:
    """Say that `kind` is a poll; returns it."""

    def footprint(operation: Operation, way: int) -> Footprint:
        operation[-1].settle()
        own: Footprint = kind.footprint(operation, way)
        return own + tuple(each for each in operation[-1].footprint if each[0] is not operation[1])

    again = Kind(
        kind.name,
        ready=lambda operation: operation[-1].open(),
        perform=lambda operation: kind.perform(operation[:-1]),
        footprint=footprint,
        words=kind.words,
    )
    AGAIN[kind], BASE[again] = again, kind
    return kind


def looking(operation: Operation) -> Operation:
    """What the running goroutine announces when it is about to poll."""
    current = running.world or world("a poll")
    goroutine = current.goroutine
    return current.look_again(operation) if goroutine.looked is goroutine.operation else operation


def looked_in_vain(operation: Operation) -> None:
    """The poll that the running goroutine announced has completed in vain."""
    assert running.world is not None
    running.world.goroutine.looked = operation


def found_by(operation: Operation) -> Any:
    """What a poll that has just completed in vain found, as far as it may find something else next time."""
    subject = operation[1]
    match operation[0].name:
        case "load" | "atomic_load":
            return subject.value
        case "context_err":
            return subject.error
        case "length":
            return len(subject.buffer)
    return None


def has_changed(operation: Operation, found: Any) -> bool:
    """Would a poll now not be in vain any more?"""
    kind: Kind = operation[0]
    subject = operation[1]
    if kind.name == "select":
        return any(_certain(case) for case in subject)
    if subject is NOTHING:
        return False
    now = found_by(operation)
    if now is not found and now != found:
        return True
    own: Footprint = BASE.get(kind, kind).footprint(operation, SINGLE)
    return any(label not in (touch.READ, touch.LENGTH) for _, label in own)


def looked_at(operation: Operation) -> Footprint:
    """What a poll in vain touches."""
    kind, subject = operation[:2]
    if kind.name == "select":
        return tuple((case[1], case[0].polled) for case in subject if case[0].polled is not None)
    if subject is NOTHING:
        return ()
    return ((subject, touch.LENGTH if kind.name == "length" else touch.READ),)


def _certain(case: Operation) -> bool:
    ready = case[0].ready
    return bool(ready(case) if ready is not None else case[1].closed)
