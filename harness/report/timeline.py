"""One execution, told step by step as plain text.

A row is a step: who, where in the source, what happened. The name stands where the goroutine changes, so that a
look down the second column shows the context switches; a ditto mark says that the same one goes on.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.errors import Panic
from harness.model.execution import Execution
from harness.model.outcome import CutOff, Deadlocked, FairBoundReached, Panicked, Returned, StepLimitReached
from harness.model.place import raised_at
from harness.model.trace import Action, Trace, judged, shorten
from harness.report.repeats import LIMIT, ends, once
from harness.report.text import brief, called, count, padded, plain, printable, tail, width_of

CLOCK = "(the clock)"
DITTO = '"'
NAME_LIMIT = 44
PLACE_LIMIT = 44
UNKNOWN = "?"

Row = tuple[str, str, str, str]


def timeline(execution: Execution, *, limit: int = LIMIT) -> str:
    """The steps, how main ended, and who is left waiting; of more than `limit` steps, the first and the last ones.

    Of the steps that an execution which is cut off repeats to its end, one round.
    """
    trace = judged(execution.trace)
    keys = [(action.participants, action.text) for action in trace]
    shown, repeats = once(trace, keys) if isinstance(execution.outcome, CutOff) else (trace, "")
    rows = _steps(tuple(shown), limit)
    if repeats:
        rows.append(_note(repeats))
    if later := len(execution.trace) - len(trace):
        rows.append(_note(f"{over(execution)}: {count(later, 'later step')} not judged, not shown"))
    ending = [plain(f"end   {ending_of(execution)}"), *_left_behind(execution)]
    if not rows:
        return "\n".join(["no steps", "", *ending])
    return "\n".join([*_laid_out(rows), "", *ending])


def ending_of(execution: Execution) -> str:
    """The outcome in words."""
    match execution.outcome:
        case Returned(value):
            return f"main returned {shorten(value)}"
        case Panicked(goroutine, message, error):
            where = f" at {printable(place)}" if (place := raised_at(error)) else ""
            if error is not None and not isinstance(error, Panic):  # an assertion's, say: not what Go would do
                return f"{called(goroutine)} ended{where} with {brief(message)}"
            return f"panic in {called(goroutine)}{where}: {brief(message)}; Go would have ended the process there"
        case Deadlocked():
            return "deadlock: main has not returned, and nothing can ever move again"
        case FairBoundReached(goroutines):
            names = brief(", ".join(goroutines))
            return f"cut off: {names} would poll for ever, and nothing that could be seen changes any more"
        case StepLimitReached(steps):
            return f"cut off after {count(steps, 'step')}: it might go on for ever"


def over(execution: Execution) -> str:
    """What the step is called after which nothing is judged."""
    outcome = execution.outcome
    if isinstance(outcome, Panicked) and outcome.error is not None and not isinstance(outcome.error, Panic):
        return "it was decided here"
    return "Go would have ended here"


def _left_behind(execution: Execution) -> list[str]:
    if not execution.waiting:
        return []
    places = {left.goroutine: _place(left.location) for left in execution.ending.stuck}
    rows = [
        (plain(called(each.goroutine)), plain(brief(each.operation)), places.get(each.goroutine, ""))
        for each in execution.waiting
    ]
    names, operations = (width_of([row[column] for row in rows]) for column in range(2))
    title = "still blocked, for ever:" if execution.returned or isinstance(execution.outcome, CutOff) else "blocked:"
    lines = [f"        {padded(name, names)}  {padded(what, operations)}  {place}" for name, what, place in rows]
    return [f"      {title}", *(line.rstrip() for line in lines)]


def _steps(trace: Trace, limit: int) -> list[Row]:
    first, last = ends(range(len(trace)), limit)
    left_out = [_note(f"{count(last[0] - len(first), 'step')} not shown")] if last else []
    head, tail_ = ([row for position in each for row in _rows(trace, position)] for each in (first, last))
    return [*head, *left_out, *tail_]


def _rows(trace: Trace, position: int) -> Iterator[Row]:
    action = trace[position]
    before = trace[position - 1] if position else None
    if action.time > (before.time if before else 0.0):
        yield _note(f"time moves to {action.time:g} s")
    same = before is not None and len(before.participants) < 2 and _who(before) == _who(action)
    first = action.participants[0] if action.participants else None
    starts = f"; starts {', '.join(action.spawned)}" if action.spawned else ""
    text = brief(f"{told(action)}{starts}")
    yield str(action.step), DITTO if same else _who(action), _place(first.location) if first else "", text
    for partner in action.participants[1:]:
        yield "", f"+ {_name(partner.goroutine)}", _place(partner.location), brief(f"({partner.operation})")


def told(action: Action) -> str:
    """What happens, and whether a select chose it."""
    first = action.participants[0] if action.participants else None
    chosen = first is not None and first.operation.startswith("select {") and action.kind != "default"
    return f"select: {action.text}" if chosen else action.text


def _note(text: str) -> Row:
    return "", f"-- {text} --", "", ""


def _who(action: Action) -> str:
    return _name(action.participants[0].goroutine) if action.participants else CLOCK


def _name(goroutine: str) -> str:
    return tail(plain(printable(goroutine)), NAME_LIMIT)


def _place(location: str) -> str:
    return "" if location == UNKNOWN else tail(printable(location), PLACE_LIMIT)


def _plain(row: Row) -> Row:
    step, name, place, text = map(plain, row)
    return step, name, place, text


def _laid_out(rows: list[Row]) -> Iterator[str]:
    table = [("step", "goroutine", "where", "what happens"), *(_plain(row) for row in rows)]
    wide = [row for row in table if row[3]]
    steps, names, places = (width_of([row[column] for row in wide]) for column in range(3))
    for step, name, place, text in table:
        line = f"{step:>{steps}}  {padded(name, names)}  {padded(place, places)}  {text}"
        yield line.rstrip() if text else f"{'':>{steps}}  {name}"
