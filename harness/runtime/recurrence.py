"""Can the goroutines that are left go round for ever? Told by looking for a state that comes back.

Looked at are the last steps of the execution, and then further ones, in which whoever is left takes turns, and of
several alternatives at one place each is taken in turn; there the fair bound holds nobody up. If the whole state comes
back (`harness.runtime.fingerprint`), nobody waits for time to pass, and everything that was on offer meanwhile was
also taken, then repeating the same steps is an infinite fair schedule on which nothing changes: a livelock. Otherwise
nothing is claimed: something that only takes long looks the same from here, and so does what is too large to look at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias

from harness.model.ending import Loop, Waiting
from harness.model.errors import HarnessError
from harness.model.operation import Transition
from harness.primitives.naming import describe
from harness.primitives.polling import without_look
from harness.runtime.clock import candidates
from harness.runtime.fingerprint import Fingerprint, Incomparable
from harness.runtime.goroutine import Goroutine
from harness.runtime.scheduler import Scheduler

LAST = 60
"""How many steps before the end of an execution, and how many after it, are looked at."""

MOST = 50_000
"""How many objects are looked at, in all states together."""

Way: TypeAlias = tuple[Any, ...]


class Recurrence:
    """What has been seen of an execution in progress; `loop` is what was found. Takes the steps that it looks at."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.loop: Loop | None = None
        self.seen: dict[Any, int] = {}
        self.looked_at = 0
        self.offered: list[set[Way]] = []
        self.taken: list[Way] = []
        self.visits: Counter[tuple[Way, ...]] = Counter()

    def follow(self, schedule: Sequence[int]) -> None:
        """Take these steps of the execution."""
        for index in schedule:
            self.step(self.scheduler.enabled(), index)

    def go_on(self) -> Loop | None:
        """Go on from the end, everybody in turn."""
        scheduler = self.scheduler
        scheduler.fair_bound = 0
        for goroutine in scheduler.live:
            if goroutine.operation is not None:
                goroutine.operation = without_look(goroutine.operation)
        for _ in range(LAST):
            for goroutine in self.scheduler.left():
                enabled = self.scheduler.enabled()
                own = [index for index, each in enumerate(enabled) if each[0] is goroutine]
                if own:
                    self.step(enabled, own[self.turn([enabled[index] for index in own])])
            if self.loop is not None or self.scheduler.panic is not None:
                break
        return self.loop

    def turn(self, ways: list[Transition]) -> int:
        """Which of the ways that are open at one place is to be taken this time."""
        place = tuple(map(way_of, ways))
        self.visits[place] += 1
        return (self.visits[place] - 1) % len(ways)

    def step(self, enabled: list[Transition], index: int) -> None:
        """Look at the state, and take a step."""
        first = self.seen.setdefault(self.state(), len(self.taken))
        if first < len(self.taken) and self.loop is None and self.fair(first):
            self.loop = self.told(self.taken[first:])
        self.offered.append({way_of(each) for each in enabled if len(each) > 1})
        self.taken.append(way_of(enabled[index]))
        self.scheduler.take(enabled[index])

    def state(self) -> Any:
        """Everything that what happens next depends on."""
        scheduler, fingerprint = self.scheduler, Fingerprint()
        parts = [(g.name, fingerprint.of(g.operation), fingerprint.of(g.coroutine)) for g in scheduler.left()]
        timers = tuple(map(fingerprint.of, scheduler.timers))
        self.looked_at += len(fingerprint.kept)
        if self.looked_at > MOST:
            raise Incomparable("too much")
        return tuple(parts), timers, scheduler.now, scheduler.early

    def fair(self, first: int) -> bool:
        """Was everything that was on offer since then also taken, and would time not change anything?"""
        scheduler = self.scheduler
        if candidates(scheduler.timers, scheduler.left(), scheduler.now, future=True, adversarial=False):
            return False
        return {way for ways in self.offered[first:] for way in ways} == set(self.taken[first:])

    def told(self, steps: list[Way]) -> Loop:
        """What everybody has done in these steps."""
        done: dict[str, list[str]] = {}
        for name, operation in (part for way in steps for part in way[1:]):
            operations = done.setdefault(name, [])
            if operation not in operations:
                operations.append(operation)
        return Loop(tuple([Waiting(name, ", ".join(done[name])) for name in sorted(done)]), len(steps))


def loop_at_end(scheduler: Scheduler, schedule: Sequence[int]) -> Loop | None:
    """The loop that an execution has come into with the last steps of its schedule, or comes into after it."""
    recurrence = Recurrence(scheduler)
    try:
        recurrence.follow(schedule)
        return recurrence.go_on()
    except (Incomparable, HarnessError):
        return None


def way_of(transition: Transition) -> Way:
    """What a step is, so that it can be told from others: the ways, and who does what."""
    parts = [(part.name, describe(part.operation)) for part in transition if isinstance(part, Goroutine)]
    return (transition[1::2], *parts)
