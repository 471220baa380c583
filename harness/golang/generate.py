"""Random programs for the comparison with Go: the same seed, the same program, everywhere.

Each has a theme, which says what its statements are about, so that every primitive is met often and with partners.
What an unlucky program does (panics, fatal errors, deadlocks, leaks) is part of what is compared.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from harness.golang.statements import Body, Statement
from harness.golang.text import Text
from harness.golang.verbs import VERBS

CHANNELS = ("send", "send", "recv", "recv", "close", "select", "select")
THEMES: dict[str, tuple[str, ...]] = {
    "channels": (*CHANNELS, "length", "range", "load", "store", "gosched", "choose"),
    "memory": ("load", "store", "atomic_load", "atomic_store", "add", "swap", "cas", "value_load", "value_store"),
    "mutex": ("lock", "unlock", "try_lock", "critical", "critical", "load", "store", "once", "send", "recv"),
    "rwmutex": (
        *("reading", "reading", "writing", "rlock", "wlock", "wunlock"),
        *("try_rlock", "try_wlock", "load"),
    ),
    "once": ("once", "once", "load", "store", "send", "recv", "add"),
    "group": ("wg_done", "wg_done", "wg_wait", "wg_add", "round", "load", "store", "send"),
    "cond": ("cond_wait", "cond_wait", "signal", "signal", "broadcast", "critical", "add"),
    "context": ("cancel", "cancel", "err", "watch", "select", "send", "recv", "load", "store", "when_done"),
    "time": (
        *("sleep", "timer", "stop", "reset", "cancel", "err", "watch", "select", "select"),
        *("send", "recv", "add", "after_func", "after_func", "load", "store"),
    ),
    "panics": ("panic", "recovering", "close", "close", "send", "recv", "store", "load"),
}
TIMED = frozenset({"time"})
CASES: dict[str, tuple[str, ...]] = {
    "context": ("c0", "c0", "c1", "d0", "d1"),
    "time": ("c0", "c1", "t0", "t1", "d0", "d1"),
}
NESTING = ("go", "recover", "if", "repeat")


def program(seed: int) -> Text:
    """The program with this seed; ten in a row have ten different themes."""
    theme = tuple(THEMES)[seed % len(THEMES)]
    writer = Writer(random.Random(f"program {seed}"), theme)
    capacities = tuple(writer.source.choice((0, 0, 1, 1, 2)) for _ in range(2))
    return Text(f"p{seed}", capacities, writer.main(), theme in TIMED)


class Writer:
    """Draws the statements of one program."""

    def __init__(self, source: random.Random, theme: str) -> None:
        self.source = source
        self.verbs = THEMES[theme]
        self.rounds = 0
        self.channels = CASES.get(theme, ("c0", "c0", "c1", "c1", "c2"))

    def main(self) -> Body:
        """One to two more goroutines, and what main does itself."""
        others: list[Statement] = [("go", self.body(4, 1)) for _ in range(self.source.choice((1, 2, 2)))]
        if "wg_wait" in self.verbs and self.source.random() < 0.8:
            others.insert(0, ("wg_add", 0))
        return (*others, *self.body(3, 0))

    def body(self, most: int, depth: int) -> Body:
        """A few statements, of which one in ten contains others."""
        drawn: list[Statement] = []
        for _ in range(self.source.randint(1, most)):
            drawn += self.statements(depth)
        return tuple(drawn)

    def statements(self, depth: int) -> Sequence[Statement]:
        """One statement, or a few that belong together."""
        source = self.source
        if depth < 2 and source.random() < 0.1:
            return [self.nesting(source.choice(NESTING), depth + 1)]
        verb = source.choice(self.verbs)
        compound = getattr(self, verb, None)
        if compound is not None:
            made: Sequence[Statement] = compound(depth)
            return made
        return [self.simple(verb)]

    def simple(self, verb: str) -> Statement:
        """A statement that contains no others: mostly about the first of its objects."""
        form = VERBS[verb]
        several = {"c": (0, 0, 0, 1, 1, 1, 2), "m": (0, 0, 1), "d": (0, 0, 1), "t": (0, 1), "x": (0, 0, 0, 1)}
        objects = [self.source.choice(several.get(letter, (0,))) for letter in form.kinds]
        values = [self.source.randrange(3) for _ in range(form.values)]
        return (verb, *objects, *values)

    def nesting(self, verb: str, depth: int) -> Statement:
        """A statement that contains others."""
        if verb == "if":
            return verb, self.body(1, depth), self.body(1, depth)
        return verb, self.body(2 if verb == "go" else 1, depth)

    def select(self, depth: int) -> Sequence[Statement]:
        """A select with up to three cases, often with a default."""
        source = self.source
        cases = []
        for _ in range(source.randint(1, 3)):
            channel = source.choice(self.channels)
            way = source.choice(("recv", "send")) if channel[0] == "c" else "recv"
            cases.append((way, channel, source.randrange(3)))
        return [("select", tuple(cases), source.random() < 0.35)]

    def once(self, depth: int) -> Sequence[Statement]:
        """`once.Do` with a short function."""
        return [("once", 0, tuple(self.simple(self.source.choice(("load", "store", "send", "add"))) for _ in range(1)))]

    def after_func(self, depth: int) -> Sequence[Statement]:
        """A function that a timer starts."""
        if depth > 1:
            return [("gosched",)]
        return [("after_func", self.source.randrange(3), self.source.random() < 0.3, self.body(2, 2))]

    def when_done(self, depth: int) -> Sequence[Statement]:
        """A function that a cancellation starts."""
        if depth > 1:
            return [("gosched",)]
        return [("when_done", self.source.choice((0, 1)), self.body(2, 2))]

    def recovering(self, depth: int) -> Sequence[Statement]:
        """Something that may panic, and a recover."""
        return [("recover", self.body(2, 2))]

    def critical(self, depth: int) -> Sequence[Statement]:
        """A critical section."""
        mutex = self.source.choice((0, 0, 1)) if "try_lock" in self.verbs else 0
        return [("lock", mutex), ("load", 0), ("store", 0, self.source.randrange(3)), ("unlock", mutex)]

    def reading(self, depth: int) -> Sequence[Statement]:
        """A section under a read lock."""
        return [("rlock", 0), ("load", 0), ("runlock", 0)]

    def writing(self, depth: int) -> Sequence[Statement]:
        """A section under a write lock."""
        return [("wlock", 0), ("store", 0, self.source.randrange(3)), ("wunlock", 0)]

    def round(self, depth: int) -> Sequence[Statement]:
        """A use of a wait group from beginning to end; two of them at once would misuse it."""
        if self.rounds:
            return [("load", 0)]
        self.rounds += 1
        return [("wg_add", 1), ("go", (("store", 0, 1), ("wg_done", 1))), ("wg_wait", 1), ("load", 0)]
