"""Oracles: functions from an `Execution` to None, or to one sentence that says what is wrong with it.

`SAFE` is what no program should do, whatever it is for, and what the verbs ask about unless told otherwise. Of an
execution that was cut off little is known: who in it is blocked for good, and that it had not come to an end.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from harness.detect.access import Access
from harness.detect.ending import blocked_for_good, going_on, who_goes_round, who_runs, who_waits
from harness.detect.races import Race, races
from harness.model.cause import ANY, told_by
from harness.model.ending import GlobalDeadlock, LeakAfterMain, Livelock, PartialDeadlock
from harness.model.execution import Execution
from harness.model.outcome import CutOff, FairBoundReached, Panicked, Returned, StepLimitReached
from harness.model.place import raised_at
from harness.model.trace import shorten

Oracle: TypeAlias = Callable[[Execution], str | None]


def no_panic(execution: Execution) -> str | None:
    """No goroutine dies of a panic that nobody recovers."""
    outcome = execution.outcome
    if not isinstance(outcome, Panicked):
        return None
    place = raised_at(outcome.error)
    where = f" at {place}" if place else ""
    return f"{outcome.goroutine} panicked{where}: {outcome.message}"


def no_deadlock(execution: Execution) -> str | None:
    """Nobody is left waiting for what cannot come before main has returned."""
    match blocked_for_good(execution):
        case GlobalDeadlock():
            return f"deadlock, all goroutines wait for ever: {who_waits(execution)}"
        case PartialDeadlock():
            others = f"; still running: {who_runs(execution)}"
            return f"partial deadlock, waiting for ever while others can move: {who_waits(execution)}{others}"
    return None


def _leaked_at(execution: Execution) -> set[str]:
    return {waiting.operation for waiting in execution.waiting}


@told_by(_leaked_at)
def no_goroutine_leak(execution: Execution) -> str | None:
    """No goroutine is left behind, waiting for ever, after main has returned."""
    if not isinstance(blocked_for_good(execution), LeakAfterMain):
        return None
    return f"main returned, but left waiting for ever: {who_waits(execution)}"


def _racing_pairs(execution: Execution) -> set[str]:
    pairs = [(race, sorted((race.first, race.second), key=_place)) for race in _races_of(execution)]
    return {f"{race.variable}: {' and '.join(map(_place, pair))}" for race, pair in pairs}


def _races_of(execution: Execution) -> tuple[Race, ...]:
    return races(execution.trace, execution.waiting)


def _place(access: Access) -> str:
    return f"{access.noun} at {access.location}"


@told_by(_racing_pairs, ANY)
def no_data_race(execution: Execution) -> str | None:
    """No two accesses to a variable, one of them a write, no close and send of a channel, and no add and wait of a
    wait group are unordered."""
    if not execution.shared:
        return None
    if not races(execution.skeleton, execution.waiting):
        return None
    return str(_races_of(execution)[0])


def terminates(execution: Execution) -> str | None:
    """The execution comes to an end within its limits."""
    if not isinstance(execution.outcome, CutOff):
        return None
    finding = going_on(execution)
    if isinstance(finding, Livelock):
        return f"livelock, the same steps can be repeated for ever, and nothing changes: {who_goes_round(finding.loop)}"
    return f"no end after {execution.steps} steps; still running: {who_runs(execution)}"


def returns(expected: Any) -> Oracle:
    """An oracle: main returns `expected`, or, if that is a function, a value for which it is true."""
    text = getattr(expected, "__name__", type(expected).__name__) if callable(expected) else shorten(expected)
    oracle = partial(_returned, expected)  # which can be sent to another process
    vars(oracle)["__name__"] = vars(oracle)["__qualname__"] = f"returns({text})"
    return oracle


def _returned(expected: Any, execution: Execution) -> str | None:
    if callable(expected):
        wanted = f"a value that satisfies {getattr(expected, '__name__', type(expected).__name__)}"
    else:
        wanted = shorten(expected)
    match execution.outcome:
        case Returned(value):
            holds = expected(value) if callable(expected) else bool(value == expected)
            return None if holds else f"main returned {shorten(value)}, not {wanted}"
        case StepLimitReached() | FairBoundReached():
            return None
    return f"main did not return {wanted}: {no_panic(execution) or no_deadlock(execution)}"


SAFE: tuple[Oracle, ...] = (no_panic, no_deadlock, no_goroutine_leak, no_data_race)
