"""An explanation with the causes of the failure: what is looked for by executing the program again and again.

Bounded by numbers of executions and steps, never by time: equal findings have equal explanations on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from harness.causes.events import Event, Op, events_of
from harness.causes.guide import Change, Otherwise, Reversed
from harness.causes.nearest import Nearest, Search
from harness.causes.no_return import Last, last_chance
from harness.causes.passes import Passes, objection_of, passes, passes_all
from harness.explain.account import account
from harness.explain.grounds import grounds_of
from harness.model.execution import Execution
from harness.model.explanation import Explanation, Looked, OrderedPair, OtherWay, PointOfNoReturn, Wait
from harness.model.outcome import CutOff
from harness.model.trace import Action, judged
from harness.oracles import SAFE
from harness.runtime.execute import Subject
from harness.search.campaign import Oracle, name_of, objection

EXECUTIONS = 1_000
"""How many executions may be looked at for the point of no return, and as many for what is nearest; of 200 steps or
fewer: of longer ones, as many as have so many steps."""
DECISIVE = 100
"""How many for what is decisive in the point of no return."""
ROOM = 4
"""An execution that was cut off is given so many times its steps in which to come to an end after all."""

Side = tuple[Execution, tuple[Event, ...]]


def with_causes(
    explanation: Explanation,
    subject: Subject,
    oracle: Oracle,
    *,
    limit: int = EXECUTIONS,
    others: Sequence[Oracle] = SAFE,
) -> Explanation:
    """The explanation of an execution of `subject` that `oracle` objects to, with what is nearest and passes, the point
    of no return, and the decisive pairs of operations. What passes is told with what the `others` object to.

    Raises:
        NondeterministicProgram: the program does not do again what it did before.
    """
    failing = explanation.failing.execution
    subject = _roomy(subject, failing)
    others = [other for other in others if name_of(other) != explanation.oracle]
    last = last_chance(subject, failing, passes(oracle), limit, oracle=oracle)
    looked = Looked(last.executions, last.complete, last.passing is not None, unlike=last.unlike)
    if last.example is not None:
        looked = replace(looked, but=objection_of(last.example, others))
    explanation = replace(explanation, grounds=grounds_of(failing, explanation.oracle), looked=looked)
    if looked.always:
        return explanation
    search = Search(subject, failing, passes(oracle), limit)
    found = search.nearest(last.passing)
    if found is not None and objection(found.passing, others) is not None:
        found = _better(search, last.passing, passes_all(oracle, others)) or found
    passing = found.passing if found is not None else last.passing
    looked = replace(looked, nearest=search.left > 0)
    search.left = min(search.left, DECISIVE)
    explanation = replace(explanation, looked=looked, point_of_no_return=_point(search, last, found))
    if passing is None:
        return explanation
    looked = replace(looked, but=objection_of(passing, others))
    return _compared(replace(explanation, looked=looked), subject, search, passing, found)


def _better(search: Search, other: Execution | None, passes: Passes) -> Nearest | None:
    """The nearest execution to which nobody at all objects, if there are executions left to find it."""
    before, search.passes = search.passes, passes
    try:
        return search.nearest(other if other is not None and passes(other) else None)
    finally:
        search.passes = before


def _roomy(subject: Subject, failing: Execution) -> Subject:
    """The subject, with more steps if the failing execution has used all."""
    if not isinstance(failing.outcome, CutOff):
        return subject
    settings = replace(subject.settings, max_steps=max(subject.settings.max_steps, ROOM * failing.steps + 100))
    return replace(subject, settings=settings)


def _point(search: Search, last: Last, found: Nearest | None) -> PointOfNoReturn | None:
    """None as well if the execution could still be saved at its end, because it was only cut off there."""
    if last.passing is None or last.common >= search.failing.steps:
        return None
    step, there = last.common, (last.passing, events_of(search.subject, last.passing))
    near = [change for change in (found.changes if found is not None else ()) if search.place(change) == step]
    if near and found is not None:
        change: Change | None = near[0]
        there = found.passing, events_of(search.subject, found.passing)
    else:
        change = search.decisive(step, last.passing)
    if change is None:
        return PointOfNoReturn(step, _deed(last.passing.trace[step]))
    op = change.then if isinstance(change, Reversed) else change.op
    action = _action(op, there)
    assert action is not None
    return PointOfNoReturn(step, _deed(action), isinstance(change, Reversed))


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
    actors, places = (change.first[0], change.then[0]), (_step(change.first, there), _step(change.then, there))
    if came is None:
        return OrderedPair(first, None, f"{deed}, without waiting for {other}", other, actors, places)
    words = f"{deed}, before {other}"
    if came.text != meant.text:
        operation = next(part.operation for part in came.participants if part.goroutine == change.then[0])
        words = f"{deed}, before {change.then[0]}: {operation}, which then is {came.text}"
        words += f"; if that comes first, it is {_deed(meant)}"
    return OrderedPair(first, came.step, words, "", actors, places)


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
    words = f"{_deed(here[0].trace[step])}, where it could be {_deed(meant)}"
    return OtherWay(step, words, change.op[0], _step(change.op, there))


def _step(op: Op, side: Side) -> int | None:
    return next((step for step, event in enumerate(side[1]) if op in event.ops), None)


def _action(op: Op, side: Side) -> Action | None:
    step = _step(op, side)
    return None if step is None else side[0].trace[step]


def _deed(action: Action) -> str:
    """Who does what."""
    return f"{action.participants[0].goroutine}: {action.text}" if action.participants else action.text
