"""Misuse of a WaitGroup, as Go's race detector sees it: `Add` against `Wait`.

Package sync: "calls with a positive delta that occur when the counter is zero must happen before a Wait", and "new Add
calls must happen after all previous Wait calls have returned". In `sync/waitgroup.go` an Add from zero reads `wg.sema`,
and a Wait that has to block writes it; nothing else orders the two. So an Add from zero and a Wait race if neither
happens before the other and the Wait may have blocked, before the Add or after it. A Wait that can only have found zero
is no race in that execution.

When a goroutine has come to a Wait, and not when it completes, it looks at the counter; how long it takes to do so is
not the schedule's doing. So it may have blocked at any time when the counter was not zero, unless the return to zero
happens before it came there, or time has moved in between. In the same way, of several Adds of which nothing orders
one after another, any may be the one from zero. Both make the answer the same for all schedules of a class.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from harness.detect.access import Access, access_of
from harness.model.ending import Waiting
from harness.model.trace import Action, Trace

Steps: TypeAlias = int
KINDS = frozenset({"add", "wait", "wait_again"})


@dataclass(frozen=True, slots=True)
class Moment:
    """An operation on a group, and the steps that happen before its goroutine starts it.

    `since` is the step in which a waiting goroutine is known to have looked and not parked; -1 if there is none.
    """

    access: Access
    past: Steps
    since: int = -1


@dataclass(slots=True)
class Use:
    """A time during which a group's counter was not zero: the adds that may have raised it from there, and the end."""

    openers: list[Moment]
    lowered: bool = False
    end: int | None = None


@dataclass(slots=True)
class Group:
    """What was done with one group so far."""

    counter: int = 0
    uses: list[Use] = field(default_factory=list)
    waits: list[Moment] = field(default_factory=list)
    again: dict[str, int] = field(default_factory=dict)


class WaitGroups:
    """Follows the groups of a trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.groups: defaultdict[str, Group] = defaultdict(Group)

    def observe(self, action: Action, past: Steps) -> None:
        """The next operation on a group."""
        group = self.groups[action.objects[0]]
        access = access_of(action)
        if action.kind == "add":
            self.add(group, Moment(access, past), int(action.detail))
        elif action.kind == "wait":
            group.waits.append(Moment(access, past, group.again.get(access.goroutine, -1)))
        else:  # it had not parked before, and looks again: whatever came to zero is over
            group.again[access.goroutine] = action.step

    def pending(self, waiting: Waiting, past: Steps) -> None:
        """A Wait that never completes."""
        group = self.groups[waiting.group]
        access = Access(len(self.trace), waiting.goroutine, waiting.operation, waiting.location)
        group.waits.append(Moment(access, past, group.again.get(access.goroutine, -1)))

    def add(self, group: Group, add: Moment, delta: int) -> None:
        """An Add or a Done: does it begin or end a use?"""
        if delta > 0 and group.counter == 0:
            group.uses.append(Use([add]))
        elif delta > 0 and group.uses and not group.uses[-1].lowered:
            openers = group.uses[-1].openers
            if not any(self.before(opener.access.step, add.past) for opener in openers):
                openers.append(add)
        elif delta < 0 and group.uses:
            group.uses[-1].lowered = True
        group.counter += delta
        if group.counter == 0 and delta and group.uses:
            group.uses[-1].end = add.access.step

    def before(self, step: int, past: Steps) -> bool:
        """Does a step come before a goroutine with this past has come to its operation, whatever the schedule?"""
        if past >> step & 1:
            return True
        arrival = past.bit_length() - 1
        return arrival >= 0 and self.trace[step].time < self.trace[arrival].time

    def races(self) -> Iterator[tuple[Access, Access]]:
        """Every Add and Wait that race, the earlier one first."""
        for group in self.groups.values():
            for wait in group.waits:
                yield from self.races_of(wait, group.uses)

    def races_of(self, wait: Moment, uses: list[Use]) -> Iterator[tuple[Access, Access]]:
        """The Adds that race with one Wait."""
        blocked = False
        for use in uses:
            if use.openers[0].access.step > wait.access.step:
                if blocked:  # the group is used again, although the Wait may not have returned
                    for add in use.openers:
                        if not add.past >> wait.access.step & 1:
                            yield wait.access, add.access
            elif use.end is None or not (use.end < wait.since or self.before(use.end, wait.past)):
                blocked = True
                for add in use.openers:
                    if not wait.past >> add.access.step & 1:
                        yield add.access, wait.access
