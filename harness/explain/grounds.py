"""What a failing execution shows by itself: the two accesses of a race, or who waits for whom for ever."""

from __future__ import annotations

from typing import NamedTuple

from harness.detect.decisive import RACE
from harness.detect.plights import Plights
from harness.detect.races import races
from harness.model.ending import Left
from harness.model.execution import Execution
from harness.model.explanation import Grounds, Racing, Wait
from harness.model.outcome import Panicked


class Link(NamedTuple):
    """A goroutine in a circle: what it waits for, and what the next one would have to do."""

    goroutine: str
    awaited: str
    deed: str


def grounds_of(execution: Execution, oracle: str) -> Grounds:
    """The race, if `oracle` is the one that looks for races; else who is blocked for good, unless somebody panicked."""
    racing = _racing(execution) if oracle == RACE else None
    if racing is not None or isinstance(execution.outcome, Panicked):
        return Grounds(racing)
    plights, stuck = Plights(execution), execution.ending.stuck
    links = _circle_of(plights, stuck)
    circle, deeds = tuple((link.goroutine, link.awaited) for link in links), tuple(link.deed for link in links)
    return Grounds(None, _waits(plights, stuck), circle, deeds)


def _waits(plights: Plights, stuck: tuple[Left, ...]) -> tuple[Wait, ...]:
    """Everybody who is blocked for good, and who holds what they wait for or could have served it."""
    return tuple(
        Wait(
            left.goroutine,
            left.operation,
            left.location,
            "; ".join(plights.fate(left, awaited) for awaited in left.awaited) or "that never completes",
        )
        for left in stuck
    )


def _circle_of(plights: Plights, stuck: tuple[Left, ...]) -> tuple[Link, ...]:
    """A shortest circle of goroutines each of which waits for the next one to do something; empty if there is none."""
    waits = {left.goroutine: plights.waits_for(left) for left in stuck}
    circles = [circle for start in waits if (circle := _circle(waits, start))]
    return min(circles, key=len, default=())


def _circle(waits: dict[str, dict[str, tuple[str, str]]], start: str) -> tuple[Link, ...]:
    """A shortest way from a goroutine back to itself."""
    paths: dict[str, tuple[Link, ...]] = {start: ()}
    queue = [start]
    for name in queue:
        for other, (awaited, deed) in waits.get(name, {}).items():
            path = (*paths[name], Link(name, awaited, deed))
            if other == start:
                return path
            if other not in paths:
                paths[other] = path
                queue.append(other)
    return ()


def _racing(execution: Execution) -> Racing | None:
    """The first race, told as the oracle tells of it."""
    found = races(execution.trace, execution.waiting)
    if not found:
        return None
    first, second = found[0].first.step, found[0].second.step
    return Racing(found[0].variable, first, second if second < execution.steps else None, str(found[0].missing))
