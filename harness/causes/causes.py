"""An explanation with the causes of the failure: what is looked for by executing the program again and again.

Bounded by numbers of executions and steps, never by time: equal findings have equal explanations on every machine.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher

from harness.causes.events import Event, Op, events_of
from harness.causes.guide import Otherwise, Reversed
from harness.causes.nearest import Nearest, Search
from harness.causes.no_return import Last, last_chance
from harness.causes.passes import passes
from harness.explain.account import account
from harness.explain.grounds import grounds_of
from harness.model.execution import Execution
from harness.model.explanation import Explanation, Looked, OrderedPair, OtherWay, PointOfNoReturn, Wait
from harness.model.outcome import CutOff
from harness.model.trace import Action, judged
from harness.runtime.execute import Subject
from harness.search.campaign import Oracle

EXECUTIONS = 1_000
"""How many executions may be looked at for the point of no return, and as many for what is nearest; of 200 steps or
fewer: of longer ones, as many as have so many steps."""
ROOM = 4
"""An execution that was cut off is given so many times its steps in which to come to an end after all."""

Side = tuple[Execution, tuple[Event, ...]]


def with_causes(explanation: Explanation, subject: Subject, oracle: Oracle, *, limit: int = EXECUTIONS) -> Explanation:
    """The explanation of an execution of `subject` that `oracle` objects to, with what is nearest and passes, the point
    of no return, and the decisive pairs of operations.

    Raises:
        NondeterministicProgram: the program does not do again what it did before.
    """
    failing = explanation.failing.execution
    subject = _roomy(subject, failing)
    last = last_chance(subject, failing, passes(oracle), limit)
    looked = Looked(last.executions, last.complete, last.passing is not None)
    explanation = replace(
        explanation,
        grounds=grounds_of(failing, explanation.oracle),
        looked=looked,
        point_of_no_return=_point(failing, last),
    )
    if looked.always:
        return explanation
    search = Search(subject, failing, passes(oracle), limit)
    found = search.nearest(last.passing)
    passing = found.passing if found is not None else last.passing
    explanation = replace(explanation, looked=replace(looked, nearest=search.left > 0))
    return explanation if passing is None else _compared(explanation, subject, search, passing, found)


def _roomy(subject: Subject, failing: Execution) -> Subject:
    """The subject, with more steps if the failing execution has used all."""
    if not isinstance(failing.outcome, CutOff):
        return subject
    settings = replace(subject.settings, max_steps=max(subject.settings.max_steps, ROOM * failing.steps + 100))
    return replace(subject, settings=settings)


def _point(failing: Execution, last: Last) -> PointOfNoReturn | None:
    """None as well if the execution could still be saved at its end, because it was only cut off there."""
    if last.passing is None or last.common >= failing.steps:
        return None
    return PointOfNoReturn(last.common, _deed(last.passing.trace[last.common]))


def _compared(
    explanation: Explanation, subject: Subject, search: Search, passing: Execution, found: Nearest | None
) -> Explanation:
    """The explanation, with the passing execution beside the failing one."""
    failing = explanation.failing.execution
    here, there = (failing, search.events), (passing, events_of(subject, passing))
    changes = found.changes if found is not None else ()
    waits = tuple([_served(wait, here, there) for wait in explanation.grounds.waits])
    return replace(
        explanation,
        grounds=replace(explanation.grounds, waits=waits),
        passing=account(passing),
        aligned=_aligned(here, there),
        pairs=tuple([_pair(change, here, there) for change in changes if isinstance(change, Reversed)]),
        otherwise=tuple([_other_way(change, here, there) for change in changes if isinstance(change, Otherwise)]),
    )


def _served(wait: Wait, here: Side, there: Side) -> Wait:
    """With how the operation is completed where the other execution comes to it."""
    number = sum(name == wait.goroutine for event in here[1] for name, _ in event.ops)
    action = _action((wait.goroutine, number), there)
    meant = action is not None and (wait.goroutine, wait.operation) in _parts(action)
    return replace(wait, served=_deed(action)) if action is not None and meant else wait


def _aligned(here: Side, there: Side) -> tuple[tuple[int | None, int | None], ...]:
    """The steps of two executions side by side: equal operations, as many as can be without changing the order."""
    found: list[tuple[int | None, int | None]] = []
    one, other = [[event.ops for event in events[: len(judged(side.trace))]] for side, events in (here, there)]
    for _, start, end, other_start, other_end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if one[start:end] == other[other_start:other_end]:
            found += zip(range(start, end), range(other_start, other_end), strict=True)
        else:
            found += [(step, None) for step in range(start, end)]
            found += [(None, step) for step in range(other_start, other_end)]
    return tuple(found)


def _pair(change: Reversed, here: Side, there: Side) -> OrderedPair:
    first, second = _step(change.first, here), _step(change.then, here)
    assert first is not None
    meant = _action(change.then, there)
    assert meant is not None
    came = None if second is None else here[0].trace[second]
    if came is not None and (came.after_panic or not _similar(came, meant)):
        came = None
    deed, other = _deed(here[0].trace[first]), _deed(came or meant)
    if came is None:
        return OrderedPair(first, None, f"{deed}, without waiting for {other}", other)
    words = f"{deed}, before {other}"
    if came.text != meant.text:
        words += f"; if that comes first, it is {_deed(meant)}"
    return OrderedPair(first, came.step, words)


def _similar(one: Action, other: Action) -> bool:
    """Is it the same operation, however it was completed?"""
    parts, others = _parts(one), _parts(other)
    return bool(parts & others) or not parts | others


def _parts(action: Action) -> set[tuple[str, str]]:
    return {(part.goroutine, part.operation) for part in action.participants}


def _other_way(change: Otherwise, here: Side, there: Side) -> OtherWay:
    step, meant = _step(change.op, here), _action(change.op, there)
    assert step is not None
    assert meant is not None
    return OtherWay(step, f"{_deed(here[0].trace[step])}, where it could be {_deed(meant)}")


def _step(op: Op, side: Side) -> int | None:
    return next((step for step, event in enumerate(side[1]) if op in event.ops), None)


def _action(op: Op, side: Side) -> Action | None:
    step = _step(op, side)
    return None if step is None else side[0].trace[step]


def _deed(action: Action) -> str:
    """Who does what."""
    return f"{action.participants[0].goroutine}: {action.text}" if action.participants else action.text
