"""The classes of a program by a method of its own: depth-first search that extends no partial trace twice.

The digest of a trace is that of its labelled happens-before order, so it is the same for all members of a class. What
remains at the leaves are the classes, exactly; the price is memory for every partial trace. (Musuvathi, Qadeer:
Partial-Order Reduction for Context-Bounded State Exploration, 2007, call it happens-before caching.)
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from harness.runtime.execute import Subject
from harness.search.dpor.history import History
from harness.search.dpor.names import Names
from harness.search.dpor.run import Run
from harness.search.dpor.step import Key


class TooMany(Exception):
    """More partial traces than allowed."""


def digests(history: History) -> list[bytes]:
    """One digest for each step: of the step, and of the digests of what happens before it."""
    found: list[bytes] = []
    for position, step in enumerate(history.steps):
        past = history.pasts[position]
        before = sorted(found[other] for other in range(position) if past >> other & 1)
        found.append(blake2b(repr((step.key, step.touches, before)).encode(), digest_size=12).digest())
    return found


def digest(history: History) -> bytes:
    """The digest of a trace: equal exactly for the traces of one class."""
    return blake2b(b"".join(sorted(digests(history))), digest_size=12).digest()


class Classes:
    """All classes of `subject`'s program, by digest, with the final state that `state` tells of each.

    Raises:
        TooMany: there are more partial traces than `most`.
        AssertionError: two members of one class end in different states.
    """

    def __init__(self, subject: Subject, state: Callable[[Any], Any], most: int, names: Names | None = None) -> None:
        self.subject = subject
        self.state = state
        self.most = most
        self.names = names or Names()
        self.seen: set[bytes] = set()
        self.found: dict[bytes, Any] = {}
        todo: list[tuple[Key, ...]] = [()]
        while todo:
            prefix = todo.pop()
            todo += [prefix + (key,) for key in self.extensions(prefix)]

    def extensions(self, prefix: tuple[Key, ...]) -> list[Key]:
        """The keys that can follow a sequence of steps; none, if an equal one has been seen."""
        with self.subject.begun() as scheduler:
            history = History()
            run = Run(self.names, history, scheduler)
            for key in prefix:
                scheduler.enabled()
                transition = run.transition(key)
                step, bases = run.step(transition, key), run.bases(transition)
                step = run.take(transition, step)
                run.passed(transition, history.push(step, bases))
            here = digest(history)
            if here in self.seen:
                return []
            if len(self.seen) == self.most:
                raise TooMany
            self.seen.add(here)
            enabled = [run.key(transition) for transition in scheduler.enabled()]
            if not enabled:
                end = self.state(scheduler)
                assert self.found.setdefault(here, end) == end, (end, self.found[here])
            return enabled
