"""When a goroutine that polls is to wait: after `fair_bound` polls in a row in vain, once its state has come back.

Its state is where it is and what its own variables hold (`harness.runtime.local_state`). So straight-line code, a loop
that counts its rounds, and a walk through a list never wait: they are not in the state that they were in. And a
goroutine waits only at a place from where every change that matters can be seen: who is about to meet it at an
unbuffered channel, in a select at another place, cannot.

Nothing is lost by waiting: the goroutine would find the same, and be in the same state again. That is so unless its
rounds change something besides, a list or a closure variable that others may share, by which it would end its loop
some day. Then schedules are left out, and that is why the bound is stated. Whoever waits is never judged blocked.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from harness.model.operation import Operation
from harness.primitives.channel import HAND_OVER, TAKE_OVER
from harness.primitives.polling import AGAIN, Look, Seen, found_by, look_of
from harness.primitives.select import SELECT
from harness.runtime.goroutine import Goroutine
from harness.runtime.local_state import local_state


class Row:
    """Polls of one goroutine, with nothing in between and at one time, in which nothing new was seen."""

    __slots__ = ("last", "now", "seen", "states", "visits")

    def __init__(self, now: float) -> None:
        self.now = now
        self.last: Operation | None = None
        self.seen: dict[Any, tuple[Operation, Any]] = {}
        self.visits: Counter[Any] = Counter()
        self.states: set[Any] = set()

    def add(self, operation: Operation) -> None:
        """A poll has completed in vain. If it has found something else than before, the row starts here."""
        what, found = _subject(operation), found_by(operation)
        before = self.seen.get(what)
        if before is not None and before[1] is not found and before[1] != found:
            self.seen.clear()
            self.visits.clear()
            self.states.clear()
        self.seen[what] = operation, found
        self.visits[what] += 1


def look_again(world: Any, operation: Operation) -> Operation:
    """What the goroutine that is running, and has just polled in vain, announces instead of the poll `operation`."""
    goroutine: Goroutine = world.goroutine
    if not world.fair_bound:
        return operation
    row = goroutine.row
    if row is None or row.last is not goroutine.looked or row.now != world.now:
        row = goroutine.row = Row(world.now)
    row.add(goroutine.looked)
    here: Row = row
    bound: int = world.fair_bound
    look = Look(world.now, lambda: _watched(goroutine, here, operation, bound))
    if operation[0] is SELECT:
        here.last = (*operation[:-1], look)
    else:
        here.last = (AGAIN[operation[0]], *operation[1:], look)
    return here.last


def polls_in_vain(goroutine: Goroutine) -> bool:
    """Where nothing can move: is this one who would go on polling?"""
    return look_of(goroutine.operation) is not None


def _watched(goroutine: Goroutine, row: Row, operation: Operation, bound: int) -> Seen:
    """What has to change before the goroutine goes on: nothing, unless it goes round in a circle."""
    what = _subject(operation)
    if row.visits[what] < bound or any(_may_meet(other) for other in row.seen if other != what):
        return ()
    state = what, local_state(goroutine.coroutine)
    if state in row.states:
        return tuple(row.seen.values())
    row.states.add(state)
    return ()


def _subject(operation: Operation) -> Any:
    """What a poll looks at, so that two can be compared: for a select the kinds and channels of all its cases."""
    if operation[0] is SELECT:
        return tuple([case[:2] for case in operation[1]])
    return operation[0].name, operation[1]


def _may_meet(subject: Any) -> bool:
    return any(type(case) is tuple and case[0] in (HAND_OVER, TAKE_OVER) for case in subject)
