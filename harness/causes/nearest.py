"""The passing execution that differs from a failing one in as little as possible, and which differences are decisive.

How far apart two executions are is counted in changes: pairs of operations on one object that come in the other order,
and operations that complete by another of their alternatives. A set of changes is tried by executing the program: all
goes as in the failing execution as far as it can, but for the changes. One change is looked for first: reversed pairs,
the latest first, then alternatives. Where no single one is enough, those by which a given passing execution differs are
tried together, and then left out one by one as long as the rest is enough. So every answer has been executed, and no
change in it can be left out.

Only operations on a common object are reversed: the order of others matters only through such. The shortest change
rather than the longest common beginning, because what differs last may only hide what is wrong: a late sender that
gives up in the end loses nothing either.

`tests/meta/test_nearest.py` looks at all schedules to see that every answer is what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from harness.causes.events import Event, Op, events_of
from harness.causes.guide import NEVER, Change, Guide, Otherwise, Reversed, ways_by_op
from harness.causes.passes import Passes, cost
from harness.model.execution import Execution
from harness.runtime.execute import Subject


@dataclass(frozen=True, slots=True)
class Nearest:
    """A passing execution, with the changes that lead to it: no fewer do, of those that were tried."""

    passing: Execution
    changes: tuple[Change, ...]


class Search:
    """Executes the program with changes; `left` is how many more executions it may take, of which long ones count as
    several, and `judged` how many steps there are up to a panic: what comes after it is only too late.

    When there are none left, something nearer may not have been tried.
    """

    def __init__(self, subject: Subject, failing: Execution, passes: Passes, limit: int) -> None:
        self.subject = subject
        self.failing = failing
        self.passes = passes
        self.left = limit
        self.events = events_of(subject, failing)
        self.objects = _objects(failing, self.events)
        self.judged = sum(not action.after_panic for action in failing.skeleton)
        self.pending = _pending(failing, self.events)

    def nearest(self, other: Execution | None) -> Nearest | None:
        """The nearest one found; `other` is one that passes, if one is known.

        Raises:
            NondeterministicProgram: the program does not offer what it offered before.
        """
        changes: Iterator[Change] = chain(self.reversals(), self.alternatives())
        for change in changes:
            if self.left <= 0:
                return None
            if (found := self.attempt((change,))) is not None:
                return Nearest(found, (change,))
        return None if other is None else self.fewest(tuple(self.differences(other)))

    def decisive(self, step: int, other: Execution) -> Change | None:
        """What matters of that by which a passing execution differs in this step, the first in which it does.

        Without a change there, no change later is enough: so any changes that are contain one there.
        """
        changes = tuple(self.differences(other))
        here = tuple(change for change in changes if self.place(change) == step)
        if len(here) > 1:
            found = next((change for change in here if self.attempt((change,)) is not None), None)
            if found is not None:
                return found
            fewest = self.fewest(changes)
            here = tuple(change for change in fewest.changes if self.place(change) == step) if fewest else ()
        return here[0] if here else None

    def place(self, change: Change) -> int:
        """In which step of the failing execution the operation is that is to wait, or to complete otherwise."""
        op = change.first if isinstance(change, Reversed) else change.op
        return next(step for step, event in enumerate(self.events) if op in event.ops)

    def attempt(self, changes: tuple[Change, ...]) -> Execution | None:
        """The execution with these changes, if it passes."""
        if self.left <= 0:
            return None
        guide = Guide(self.events, changes)
        found = self.subject.execute(guide, always_ask=True)
        self.left -= cost(found)
        return found if guide.kept and not guide.waits and self.passes(found) else None

    def fewest(self, changes: tuple[Change, ...]) -> Nearest | None:
        """As few of these changes as are enough; None if all of them are not."""
        found = self.attempt(changes)
        while found is not None:
            for rest in (changes[:place] + changes[place + 1 :] for place in range(len(changes))):
                if (smaller := self.attempt(rest)) is not None:
                    found, changes = smaller, rest
                    break
            else:
                return Nearest(found, changes)
        return None

    # -- what could be changed ---------------------------------------------------------------------------------

    def reversals(self) -> Iterator[Reversed]:
        """Every two operations on one object; of pairs, that whose first one came latest comes first."""
        for place in reversed(range(self.judged)):
            for op in self.events[place].ops:
                for other, objects in self.later(place):
                    if other[0] != op[0] and objects & self.objects[place]:
                        yield Reversed(op, other)

    def later(self, place: int) -> Iterator[tuple[Op, frozenset[str]]]:
        """The operations that complete after a step, perhaps after the panic, or never; with what they concern."""
        own = self.events[place].ops
        for event, objects in zip(self.events[place + 1 :], self.objects[place + 1 :], strict=True):
            yield from ((op, objects) for op in event.ops if op not in own)
        yield from self.pending.items()

    def alternatives(self) -> Iterator[Otherwise]:
        """Every operation that could have completed otherwise, the latest first."""
        for place in reversed(range(self.judged)):
            event = self.events[place]
            yield from (Otherwise(event.ops[0], way) for way in event.others)

    def differences(self, other: Execution) -> Iterator[Change]:
        """By what another execution differs from the failing one."""
        there = events_of(self.subject, other)
        objects = _objects(other, there)
        places = {op: place for place, event in enumerate(there) for op in event.ops}
        here = {op: place for place, event in enumerate(self.events) for op in event.ops}
        for place, concerned in enumerate(self.objects[: self.judged]):
            for op in self.events[place].ops:
                for earlier in range(places.get(op, len(there))):
                    if objects[earlier] & concerned:
                        came = (each for each in there[earlier].ops if each[0] != op[0])
                        yield from (Reversed(op, each) for each in came if here.get(each, NEVER) > place)
        ways = ways_by_op(there)
        for op, way in ways_by_op(self.events).items():
            if ways.get(op, way) != way:
                yield Otherwise(op, ways[op])


def _objects(failing: Execution, events: Sequence[Event]) -> tuple[frozenset[str], ...]:
    """What each step concerns."""
    steps = zip(failing.skeleton, events, strict=True)
    return tuple([event.channels.union(action.objects) for action, event in steps])


def _pending(failing: Execution, events: Sequence[Event]) -> dict[Op, frozenset[str]]:
    """The operations that never complete, with the objects that they concern."""
    counts = _counts(event.ops for event in events)
    return {
        (left.goroutine, counts.get(left.goroutine, 0)): frozenset(each.identity for each in left.awaited)
        for left in (*failing.ending.stuck, *failing.ending.running)
    }


def _counts(steps: Iterable[tuple[Op, ...]]) -> dict[str, int]:
    return {name: number + 1 for ops in steps for name, number in ops}
