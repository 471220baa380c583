"""What `harness stress` comes to: how much was tried, and what was found, each cause once."""

from __future__ import annotations

import builtins
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """One execution that a property objects to, and where in the campaign it comes from.

    Attributes:
        plan: in its text form.
        token: replays it.
        message: the oracle's sentence about it.
        batch: the number of the batch, from 0.
        execution: its number within the batch, from 1.
    """

    plan: str
    token: str
    message: str
    steps: int
    batch: int
    execution: int


@dataclass(frozen=True, slots=True)
class Cause:
    """What one property of one design is violated by.

    Attributes:
        cause: that of its minimal examples, in words; see `harness.model.cause`.
        known: why it is nothing new; empty if it is.
        times: how many executions showed it.
        first: the first execution that did, as it was.
        smallest: the smallest that shrinking has made of any of them, of the new ones if there are any; its numbers are
            those of the one it was made of.
    """

    design: str
    property: str
    cause: str
    known: str
    times: int
    first: Example
    smallest: Example


@dataclass(frozen=True, slots=True)
class Tried:
    """How much of a campaign one design has had.

    Attributes:
        plans: different ones.
    """

    design: str
    batches: int
    plans: int
    executions: int


@dataclass(frozen=True, slots=True)
class Stressed:
    """A campaign as far as it has come.

    Attributes:
        seed: of all that was drawn.
        per_batch: executions of a batch.
        tried: for each design, in the order of the campaign.
        causes: in the order in which they were found.
    """

    seed: int
    per_batch: int
    tried: tuple[Tried, ...]
    causes: tuple[Cause, ...]

    @builtins.property
    def executions(self) -> int:
        """Of all designs."""
        return sum(each.executions for each in self.tried)

    @builtins.property
    def plans(self) -> int:
        """Of all designs: pairs of a design and a plan."""
        return sum(each.plans for each in self.tried)

    @builtins.property
    def new(self) -> tuple[Cause, ...]:
        """What is not known."""
        return tuple(cause for cause in self.causes if not cause.known)
