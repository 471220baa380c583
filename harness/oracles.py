"""Oracles: functions from an `Execution` to None, or to one sentence that says what is wrong with it.

`SAFE` is what no program should do, whatever it is for, and what the verbs ask about unless told otherwise. An
execution that was cut off by the step limit is not objected to by anything but `terminates`: nothing is known of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from harness.detect.races import races
from harness.model.execution import Execution
from harness.model.outcome import Deadlocked, Panicked, Returned, StepLimitReached
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
    """Main is never left waiting for what cannot come."""
    if not isinstance(execution.outcome, Deadlocked):
        return None
    return f"deadlock, all goroutines wait for ever: {_waiting(execution)}"


def no_goroutine_leak(execution: Execution) -> str | None:
    """No goroutine is left behind, waiting for ever, after main has returned."""
    if not execution.leaked:
        return None
    return f"main returned, but left waiting for ever: {_waiting(execution)}"


def no_data_race(execution: Execution) -> str | None:
    """No two accesses to a variable, one of them a write, no close and send of a channel, and no add and wait of a
    wait group are unordered."""
    if not execution.shared:
        return None
    if not races(execution.skeleton, execution.waiting):
        return None
    return str(races(execution.trace, execution.waiting)[0])


def terminates(execution: Execution) -> str | None:
    """The execution comes to an end within its step limit."""
    if not isinstance(execution.outcome, StepLimitReached):
        return None
    movers = sorted({part.goroutine for action in execution.trace[-100:] for part in action.participants})
    return f"no end after {execution.outcome.steps} steps; still moving: {', '.join(movers)}"


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
        case StepLimitReached():
            return None
    return f"main did not return {wanted}: {no_panic(execution) or no_deadlock(execution)}"


SAFE: tuple[Oracle, ...] = (no_panic, no_deadlock, no_goroutine_leak, no_data_race)


def _waiting(execution: Execution) -> str:
    return ", ".join(str(waiting) for waiting in execution.waiting)
