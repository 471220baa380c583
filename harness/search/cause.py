"""Finding out what a violation is about: see `harness.model.cause`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from harness.model.cause import Cause
from harness.model.errors import BadInput
from harness.model.execution import Execution
from harness.model.outcome import CutOff, Deadlocked, Panicked
from harness.model.place import raised_at
from harness.search.campaign import Oracle, name_of, said

NUMBER = re.compile(r"\d+")
GIVING_UP = re.compile(r"select \{((?:send|receive) on \S+), receive on \S+\.done\}")
OWN_LINE = re.compile(r"(\bharness/\S+\.py):\d+")
JOINING = "wait on "
PANIC, DEADLOCK, RETURNED = "panic", "deadlock", "returned"
LIVELOCK, CUT_OFF = "livelock", "cut off"
DRAINED = (DEADLOCK, RETURNED)
"""The kinds of executions that end because nothing can move any more."""


def cause_of(oracle: Oracle, execution: Execution, message: str) -> Cause:
    """What the oracle's `message` about `execution` is about."""
    kind: str | None = getattr(oracle, "kind", None)
    if kind is None:
        kind = kind_of(execution)
    particulars = getattr(oracle, "particulars", None)
    found = particulars(execution) if particulars is not None else _particulars(execution, kind, message)
    return Cause(name_of(oracle), kind, _plain(found))


def same_violation(oracle: Oracle, cause: Cause) -> Callable[[Execution], bool]:
    """Whether an execution shows this cause, or a part of it."""

    def shows(execution: Execution) -> bool:
        message = sentence(oracle, execution)
        return message is not None and cause.covers(cause_of(oracle, execution, message))

    return shows


def sentence(oracle: Oracle, execution: Execution) -> str | None:
    """What an oracle says about an execution that is only looked at because it may be a smaller counterexample.

    None, if it raises: what it cannot judge must not hide what it has found.

    Raises:
        HarnessError: the execution cannot be had again.
    """
    try:
        return said(oracle, execution)
    except BadInput:
        return None


def kind_of(execution: Execution) -> str:
    """How an execution ended."""
    outcome = execution.outcome
    if isinstance(outcome, Panicked):
        return PANIC
    if isinstance(outcome, Deadlocked):
        return DEADLOCK
    if isinstance(outcome, CutOff):
        return CUT_OFF if execution.ending.loop is None else LIVELOCK
    return RETURNED


def _plain(particulars: Iterable[str]) -> frozenset[str]:
    """Without what does not tell one bug from another.

    Who could also give up, had a context been done, is stuck at its send or receive like one who could not. A line of
    the harness's own is not where the bug is. Who waits for a wait group waits for somebody else who is left, if
    anybody is.
    """
    found = [OWN_LINE.sub(r"\1", GIVING_UP.sub(r"\1", each)) for each in particulars]
    return frozenset([each for each in found if not each.startswith(JOINING)] or found)


def _particulars(execution: Execution, kind: str, message: str) -> list[str]:
    outcome = execution.outcome
    if isinstance(outcome, Panicked):
        return [f"{NUMBER.sub('#', outcome.message)} at {raised_at(outcome.error)}"]
    if kind == DEADLOCK or (kind in (LIVELOCK, CUT_OFF) and execution.waiting):
        return [waiting.operation for waiting in execution.waiting]
    if kind == LIVELOCK:
        loop = execution.ending.loop
        assert loop is not None
        return [waiting.operation for waiting in loop.goroutines]
    return [NUMBER.sub("#", message.partition(";")[0])] if kind == RETURNED else []
