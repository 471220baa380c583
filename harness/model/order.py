"""The order of an execution, told by who went on when.

Where nothing is said, whoever moved last (at the start, main) goes on, in the first of their ways; and when a panic has
ended all that matters, the first who can. Each `Turn` is one decision that was made otherwise: mostly a switch.
So the order of an execution with few switches is a few turns, and what they say, "when main had come to its 2nd receive
on streamChan, the worker went on with a send", still makes sense when the program around it has been edited.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Decisions: TypeAlias = tuple[tuple[int, int], ...]
"""(index, alternatives) of every step that offered more than one transition."""

MOST_TURNS = 250
"""Longer orders nobody reads, and no edited program follows: these executions are told by their decisions."""

CLOCK = ""
"""The name under which the clock takes turns; goroutines have longer ones."""
START, END = "start", "end"
"""What somebody stands at who has not begun, and who has come to their end; elsewhere, operations stand here."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A moment in an execution: a goroutine has come to an operation on an object for the `number`-th time.

    The clock comes to each timer that it has fired. `START` is before the first step. Each arrival comes about in one
    step, so there is one moment after it.
    """

    goroutine: str
    operation: str
    object: str
    number: int

    def __str__(self) -> str:
        if self.operation == START:
            return "at the start"
        if self.operation == END:
            return f"when {self.goroutine} had ended"
        if self.goroutine == CLOCK:
            who = f"{self.object} had fired" if self.object else "time had moved"
            return f"when {who} for the {ordinal(self.number)} time"
        return f"when {self.goroutine} had come to its {ordinal(self.number)} {words(self.operation, self.object)}"


@dataclass(frozen=True, slots=True)
class Move:
    """What a turn is taken for: the `rank`-th (from 0) of the transitions that complete this operation of a goroutine.

    Attributes:
        partner: who else takes part in a rendezvous, else empty.
    """

    goroutine: str
    operation: str
    object: str
    partner: str = ""
    rank: int = 0

    def __str__(self) -> str:
        if self.goroutine == CLOCK:
            return f"{self.object or 'time'} was to {'fire' if self.object else 'move'}"
        partner = f" to {self.partner}" if self.partner else ""
        rank = f" (alternative {self.rank})" if self.rank else ""
        return f"{self.goroutine} was to go on with {words(self.operation, self.object)}{partner}{rank}"


@dataclass(frozen=True, slots=True)
class Turn:
    """A decision that needs saying: at that moment, this.

    `decision` (which one it was, from 0, of those with several alternatives) and `index` are hints: with them, an
    unchanged program needs no names.
    """

    at: Arrival
    move: Move
    decision: int
    index: int


SUMS = 1 << 24
"""How many different sums of steps there are."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What an execution was, as two sums: of who completed which operation on what, and came to which next.

    Attributes:
        whole: of all steps, and of how it ended.
        decided: of those up to the last decision between several, with their values where these are plain.
    """

    whole: int
    decided: int


@dataclass(frozen=True, slots=True)
class Order:
    """All turns of an execution.

    Attributes:
        checksum: of all its decisions.
        steps: tells whether a replay is the same execution, and how far; None in tokens that were made before it was.
    """

    turns: tuple[Turn, ...] = ()
    checksum: int = 0
    steps: Steps | None = None


EXACTLY, GUIDED = "exactly", "guided"
"""How an execution was had again: as it was, or along its turns in an edited program."""
WHOLE, DECIDED, CHOICES, UNKNOWN = "every step", "every decision", "every choice", ""
"""What is known to be as it was: every step; every step up to the last decision; or, of an older token that does not
hold the steps, how many ways there were each time and which was taken, but not whose and what they were."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A turn that an edited program did not take: at which step that showed, and why."""

    step: int
    reason: str


def checksum(decisions: Iterable[tuple[int, int]]) -> int:
    """The CRC-32 of all decisions."""
    return zlib.crc32("".join(f"{index},{alternatives};" for index, alternatives in decisions).encode())


def words(operation: str, subject: str) -> str:
    """An operation on an object, as the trace calls it."""
    return f"{operation} on {subject}" if subject else operation


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, ..."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
