"""What a run tells the places where people look: one problem, where in the source it shows, and how it came about."""

from __future__ import annotations

import builtins
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A line of source code and what happens there.

    Attributes:
        path: with forward slashes; relative to the project if it is `own`, else to where Python found it.
        line: from 1.
        text: what happens there; empty if the line itself is meant.
        goroutine: who does it; empty if nobody.
        own: whether the file is the project's, and not an installed one.
    """

    path: str
    line: int
    text: str = ""
    goroutine: str = ""
    own: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a run found.

    Attributes:
        rule: the property, or what a gate objects to ("gate/vanished").
        fails: whether it makes the run fail; what does not is known and expected.
        message: one sentence.
        design, faults, property: what it is about; empty where that is more than one thing.
        plan, token: of the counterexample; empty without one.
        oracle: which one replaying the token must name; empty if none.
        places: the most telling one first.
        steps: the minimal interleaving.
    """

    rule: str
    fails: bool
    message: str
    design: str = ""
    faults: tuple[str, ...] = ()
    property: str = ""
    plan: str = ""
    token: str = ""
    places: tuple[Place, ...] = ()
    steps: tuple[Place, ...] = ()
    oracle: str = ""

    @builtins.property
    def title(self) -> str:
        """Short: which design violates what."""
        return ": ".join(part for part in (self.design, self.rule) if part)
