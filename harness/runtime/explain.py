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

from harness.model.ending import Awaited, Ending, Helper, Left
from harness.model.operation import Kind
from harness.model.place import RUNTIME, innermost
from harness.model.trace import Made
from harness.primitives.channel import NIL, Channel
from harness.primitives.context import Context
from harness.primitives.naming import describe
from harness.primitives.time import TimerChannel
from harness.primitives.world import running
from harness.runtime.goroutine import Goroutine
from harness.runtime.helpers import Uses
from harness.runtime.location import location
from harness.runtime.reachability import awaited, stuck
from harness.runtime.scheduler import Scheduler


class Origins:
    """At which line every object was made and every goroutine started, by identity and name.

    `fresh` is what nobody has collected yet, in the order in which it came into being; `channels` are by identity.
    """

    def __init__(self) -> None:
        self.lines: dict[str, str] = {}
        self.fresh: list[Any] = []
        self.channels: dict[str, Channel] = {}
        self.made_contexts: list[Context] = []

    def note(self, made: Any) -> None:
        """Something has just come into being."""
        self.lines[_identity(made)] = _line(sys._getframe(1))
        self.fresh.append(made)
        if isinstance(made, Channel):
            self.channels[made.identity] = made
        elif isinstance(made, Context):
            self.made_contexts.append(made)

    @property
    def contexts(self) -> dict[str, str]:
        """The done channels of all contexts, by identity, each with what it is called: by the context's name."""
        own = [context for context in reversed(self.made_contexts) if context.channel is not NIL]  # the eldest last
        return {context.channel.identity: context.channel.label or f"{context.name}.done" for context in own}

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
    """Describes who is left. `could`: by kind of operation and object, who could use the object, and to what effect."""

    def __init__(self, left: list[Goroutine], origins: Origins) -> None:
        self.origins = origins
        self.contexts = origins.contexts
        self.could: defaultdict[tuple[str, str], list[Helper]] = defaultdict(list)
        wanted = {(self.wanted(kind, each), each.identity): each for g in left for kind, each in awaited(g)}
        for goroutine in left:
            uses = Uses(goroutine)
            for (kind, identity), each in wanted.items():
                if uses.reaches([each]):
                    self.could[kind, identity].append(Helper(goroutine.name, uses.deeds(kind, each)))

    def __call__(self, goroutine: Goroutine) -> Left:
        made = tuple([self.object(goroutine.name, self.wanted(kind, each), each) for kind, each in awaited(goroutine)])
        line, started = location(goroutine.coroutine), self.origins.line(goroutine.name)
        return Left(goroutine.name, describe(goroutine.operation), line, started, made)

    def wanted(self, kind: Kind, awaited: Any) -> str:
        """What a goroutine is pending at: the kind of operation, told apart further by what it waits for."""
        if awaited.identity in self.contexts:
            return "done"
        return "timer" if isinstance(awaited, TimerChannel) else kind.name

    def object(self, name: str, wanted: str, awaited: Any) -> Awaited:
        """An object that a goroutine waits for."""
        others = [helper for helper in self.could[wanted, awaited.identity] if helper.goroutine != name]
        users, helpers = [helper.goroutine for helper in others], [helper for helper in others if helper.deeds]
        line = self.origins.line(awaited.identity)
        called = self.contexts.get(awaited.identity, awaited.name)
        return Awaited(awaited.identity, called, line, tuple(users), wanted, tuple(helpers))
