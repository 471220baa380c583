"""Where a guided execution left the order that guides it, and why, in words."""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.order import CLOCK, END, START, Missed, Turn, words
from harness.search.walk import Label, Walk, clipped, standing


@dataclass(frozen=True, slots=True)
class Lost:
    """A turn that was not taken.

    Attributes:
        turn: which.
        step: at which step that showed.
        since: the step from which on it was the next thing that the order says.
        because: what there was instead.
        moment: its moment did not come; else it came, but whoever was to go on did not make the turn's move.
    """

    turn: Turn
    step: int
    since: int
    because: str
    moment: bool = True


class Seen:
    """All that there was in an execution: goroutines, objects, and who could do what on what."""

    def __init__(self) -> None:
        self.possible: set[tuple[str, str, str]] = set()

    def look(self, labels: list[Label]) -> None:
        """These steps were possible."""
        self.possible.update([label[:3] for label in labels])

    def missed(self, walk: Walk, lost: Lost) -> Missed:
        """When the order was left, and why, now that the execution is over.

        If what a turn needs never came to be there, the order was left as soon as it was this turn's time.
        """
        turn = lost.turn
        at = (turn.at.goroutine, turn.at.operation, turn.at.object)
        move = (turn.move.goroutine, turn.move.operation, turn.move.object)
        gone = self.gone(walk, *at if lost.moment else move)
        if not gone:
            return Missed(lost.step, f"{turn.at}, {turn.move}, {lost.because}")
        came = "but that did not come: " if lost.moment else "but "
        return Missed(min(lost.step, lost.since), f"{turn.at}, {turn.move}, {came}{gone}")

    def gone(self, walk: Walk, goroutine: str, operation: str, subject: str) -> str:
        """What there was not in the whole execution: the goroutine, the object, or this operation; empty if all."""
        found = self.possible | set(walk.counts)
        if goroutine == CLOCK or operation == START:
            return ""
        if goroutine not in {each for each, _, _ in found}:
            return f"there is no goroutine {goroutine}"
        if subject and subject not in {each for _, _, each in found}:
            return f"nothing is called {subject} any more"
        if operation != END and (goroutine, operation, subject) not in found:
            return f"{goroutine} has no {words(operation, subject)} any more"
        return ""


def never_came(walk: Walk, turn: Turn) -> str:
    """Why the moment of a turn does not come."""
    return f"but that did not come: {state(walk, turn.at.goroutine)}"


def overtaken(turn: Turn) -> str:
    """Why a turn is over before its moment has come: that of another one came first."""
    return f"but {str(turn.at).removeprefix('when ')} before that"


def held_up(walk: Walk, turn: Turn) -> str:
    """Why whoever is to go on cannot."""
    return f"but {state(walk, turn.move.goroutine)}"


def unfulfilled(walk: Walk, turn: Turn) -> str:
    """What became of somebody who went on, but otherwise."""
    return f"and went on, but did not do that: {state(walk, turn.move.goroutine)}"


def state(walk: Walk, goroutine: str) -> str:
    """Where a goroutine is now, in words."""
    if goroutine == CLOCK:
        return "no such time has come"
    for each in walk.scheduler.live:
        if clipped(each.name) == goroutine:
            return f"{goroutine} is at {words(*standing(each.operation))}"
    return f"{goroutine} has ended" if walk.counts[goroutine, END, ""] else f"there is no goroutine {goroutine}"
