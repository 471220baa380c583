"""Why goroutines are left at the end of an execution: found out by running it once more, with more attention.

While exploring nobody asks where things were made. Here everything that comes into being is noted with its line, and at
the end who is left is described with what it waits for, and whether the others can go round for ever.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from harness.model.ending import Awaited, Ending, Left
from harness.model.place import RUNTIME, innermost
from harness.model.trace import Made
from harness.primitives.channel import Channel
from harness.primitives.naming import describe
from harness.primitives.world import running
from harness.runtime.goroutine import Goroutine
from harness.runtime.location import location
from harness.runtime.reachability import awaited, can_use, stuck
from harness.runtime.scheduler import Scheduler


class Origins:
    """At which line every object was made and every goroutine started, by identity and name.

    `fresh` is what nobody has collected yet, in the order in which it came into being; `channels` are by identity.
    """

    def __init__(self) -> None:
        self.lines: dict[str, str] = {}
        self.fresh: list[Any] = []
        self.channels: dict[str, Channel] = {}

    def note(self, made: Any) -> None:
        """Something has just come into being."""
        self.lines[_identity(made)] = _line(sys._getframe(1))
        self.fresh.append(made)
        if isinstance(made, Channel):
            self.channels[made.identity] = made

    def collect(self) -> tuple[Made, ...]:
        """What has come into being since this was asked last."""
        fresh, self.fresh = self.fresh, []
        return tuple([self.made(each) for each in fresh])

    def made(self, each: Any) -> Made:
        """A goroutine or an object, as the trace tells of it."""
        kind = "goroutine" if isinstance(each, Goroutine) else type(each).__name__
        capacity = each.capacity if isinstance(each, Channel) else None
        return Made(kind, _identity(each), each.name, self.line(_identity(each)), capacity)

    def line(self, name: str) -> str:
        """Where it was made; empty for main."""
        return self.lines.get(name, "")


@contextmanager
def noting() -> Iterator[Origins]:
    """Note what comes into being in this block."""
    origins = Origins()
    running.note = origins.note
    try:
        yield origins
    finally:
        running.note = None


def _identity(made: Any) -> str:
    identity: str = made.name if isinstance(made, Goroutine) else made.identity
    return identity


def _line(frame: FrameType | None) -> str:
    """The innermost line of the goroutine that is running; of what a step itself makes, there is none of the user's.

    It looks at the frames up to the runtime that resumed the goroutine, or took the step.
    """
    places: list[tuple[str, int]] = []
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(RUNTIME) and frame.f_code.co_name in ("resume", "throw", "begin", "take"):
            break
        places.append((path, frame.f_lineno))
        frame = frame.f_back
    return innermost(places[::-1])


def ending_of(scheduler: Scheduler, origins: Origins, cut_off: bool) -> Ending:
    """What is to be said of the end that `scheduler` has come to."""
    left = scheduler.left()
    if scheduler.panic is not None or not left:
        return Ending()
    blocked = stuck(scheduler) if cut_off else left
    tell = _Teller(left, origins)
    told = tuple([tell(goroutine) for goroutine in blocked])
    going = tuple([tell(goroutine) for goroutine in left if goroutine not in blocked])
    return Ending(told, going)


class _Teller:
    """Describes who is left. `users`: by identity of an object that somebody waits for, who could use it."""

    def __init__(self, left: list[Goroutine], origins: Origins) -> None:
        self.origins = origins
        self.users: defaultdict[str, list[str]] = defaultdict(list)
        objects = list({each.identity: each for goroutine in left for each in awaited(goroutine)}.values())
        for goroutine in left:
            for each, can in zip(objects, can_use(goroutine, objects), strict=True):
                if can:
                    self.users[each.identity].append(goroutine.name)

    def __call__(self, goroutine: Goroutine) -> Left:
        made = tuple([self.object(goroutine, each) for each in awaited(goroutine)])
        line, started = location(goroutine.coroutine), self.origins.line(goroutine.name)
        return Left(goroutine.name, describe(goroutine.operation), line, started, made)

    def object(self, goroutine: Goroutine, awaited: Any) -> Awaited:
        """An object that a goroutine waits for."""
        others = tuple([name for name in self.users[awaited.identity] if name != goroutine.name])
        return Awaited(awaited.identity, awaited.name, self.origins.line(awaited.identity), others)
