"""Which timers may fire now, and what else happens when virtual time moves.

Time comes only to deadlines that somebody waits for, or of timers that act by themselves. Other timers are lazy: when
time moves past their deadline they deliver into their channel silently, which nobody can tell apart.

Idle clock: time moves only when no goroutine can. Adversarial clock: the earliest deadline may also come while
goroutines are runnable, because real goroutines can be slow; `early` counts how many times that may still
happen. A sleeper, too, can be slow to go on after its deadline: there a deadline comes in a step of its own, a `Tick`,
and only enables the sleeper. Deadlines that have come (ties) are always enabled. When time moves because nothing
else could, every goroutine is known to be parked at its operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.model.operation import SINGLE, Transition
from harness.primitives.select import SELECT
from harness.primitives.time import SLEEP, Alarm
from harness.runtime.goroutine import Goroutine


class Tick:
    """Time comes to `deadline`, at which some goroutine's sleep ends."""

    __slots__ = ("deadline",)

    action = None
    channel = None
    function = None
    footprint = ()

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline

    @property
    def key(self) -> tuple[float, ...]:
        """See `Alarm.key`."""
        return -2, self.deadline

    def fire(self, now: float) -> None:
        """Nothing but time has changed."""


def watched_channels(live: Sequence[Goroutine]) -> set[int]:
    """The ids of all channels at which some goroutine is pending."""
    watched: set[int] = set()
    for goroutine in live:
        operation = goroutine.operation
        assert operation is not None
        if operation[0] is SELECT:
            watched.update(id(case[1]) for case in operation[1])
        else:
            watched.add(id(operation[1]))
    return watched


def candidates(
    timers: Sequence[Alarm], live: Sequence[Goroutine], now: float, future: bool, adversarial: bool
) -> list[tuple[float, Transition]]:
    """The timers that matter, and with `future` the sleepers too, with their deadlines.

    A sleeper whose deadline has come is an ordinary enabled goroutine and is left out.
    """
    found: list[tuple[float, Transition]] = []
    if timers:
        watched = watched_channels(live) if future else set()
        for timer in timers:
            due = timer.deadline <= now
            if due or (future and (timer.action or id(timer.channel) in watched)):
                found.append((timer.deadline, (timer,)))
    if future:
        sleepers = [goroutine for goroutine in live if _sleeps_beyond(goroutine, now)]
        if adversarial:
            deadlines = sorted({_wakes_at(goroutine) for goroutine in sleepers})
            found += [(deadline, (Tick(deadline),)) for deadline in deadlines]
        else:
            found += [(_wakes_at(goroutine), (goroutine, SINGLE)) for goroutine in sleepers]
    return found


def _sleeps_beyond(goroutine: Goroutine, now: float) -> bool:
    operation: Any = goroutine.operation
    return operation[0] is SLEEP and operation[2] > now


def _wakes_at(goroutine: Goroutine) -> float:
    operation: Any = goroutine.operation
    deadline: float = operation[2]
    return deadline


def due_and_next(
    timers: Sequence[Alarm], live: Sequence[Goroutine], now: float, future: bool, adversarial: bool
) -> tuple[list[Transition], list[Transition]]:
    """The timer transitions whose time has come, and those of the earliest deadline yet to come."""
    found = candidates(timers, live, now, future, adversarial)
    due: list[Transition] = [transition for deadline, transition in found if deadline <= now]
    later = [deadline for deadline, _ in found if deadline > now]
    if not later:
        return due, []
    earliest = min(later)
    return due, [transition for deadline, transition in found if deadline == earliest]


def pass_silently(timers: Sequence[Alarm], now: float) -> None:
    """Deliver every timer whose deadline lies before `now`; nobody is waiting for them."""
    for timer in list(timers):
        while timer.active and timer.deadline < now:
            timer.fire(timer.deadline)
