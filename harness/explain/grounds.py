"""What a failing execution shows by itself: the two accesses of a race, or who waits for whom for ever."""

from __future__ import annotations

from harness.detect.decisive import RACE
from harness.detect.ending import Plights
from harness.detect.races import races
from harness.model.ending import Left
from harness.model.execution import Execution
from harness.model.explanation import Grounds, Racing, Wait
from harness.model.outcome import Panicked


def grounds_of(execution: Execution, oracle: str) -> Grounds:
    """The race, if `oracle` is the one that looks for races; else who is blocked for good, unless somebody panicked."""
    racing = _racing(execution) if oracle == RACE else None
    if racing is not None or isinstance(execution.outcome, Panicked):
        return Grounds(racing)
    plights, stuck = Plights(execution), execution.ending.stuck
    return Grounds(None, _waits(plights, stuck), _circle_of(plights, stuck))


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


def _circle_of(plights: Plights, stuck: tuple[Left, ...]) -> tuple[tuple[str, str], ...]:
    """A shortest circle of goroutines each of which waits for the next one, with what it waits for; empty if none.

    Somebody waits for whoever holds the object, or, where it is nothing to be held, for all who could serve it.
    """
    waits = {left.goroutine: _waits_for(plights, left) for left in stuck}
    circles = [circle for start in waits if (circle := _circle(waits, start))]
    return min(circles, key=len, default=())


def _waits_for(plights: Plights, left: Left) -> dict[str, str]:
    """For whom a goroutine waits, with the object."""
    found: dict[str, str] = {}
    for awaited in left.awaited:
        holders = [hold.goroutine for hold in plights.holders(left, awaited)]
        for name in holders or awaited.users:
            found.setdefault(name, awaited.name)
    return found


def _circle(waits: dict[str, dict[str, str]], start: str) -> tuple[tuple[str, str], ...]:
    """A shortest way from a goroutine back to itself."""
    paths: dict[str, tuple[tuple[str, str], ...]] = {start: ()}
    queue = [start]
    for name in queue:
        for other, awaited in waits.get(name, {}).items():
            path = (*paths[name], (name, awaited))
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
