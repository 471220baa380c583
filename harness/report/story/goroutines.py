"""The goroutines of a story, from start to end."""

from __future__ import annotations

from collections.abc import Mapping

from harness.model.ending import Left
from harness.model.explanation import Account
from harness.model.outcome import Panicked
from harness.model.trace import MAIN, Trace
from harness.report.story.titles import titles
from harness.report.story.values import Lane
from harness.report.text import brief, called, printable
from harness.report.timeline import UNKNOWN


def lanes_of(account: Account, trace: Trace, created: Mapping[str, str]) -> tuple[Lane, ...]:
    """Everybody who came into being before the end, also those that never took a step."""
    ending = account.execution.ending
    left = {each.goroutine: each for each in (*ending.stuck, *ending.running)}
    started = _started(account, trace, created)
    last = {participant.goroutine: action.step for action in trace for participant in action.participants}
    short = titles([called(name) for name in started])
    stuck = {waiting.goroutine for waiting in account.execution.waiting}
    return tuple(
        [
            Lane(
                name=called(name),
                title=short[called(name)],
                created=printable(created.get(name) or (left[name].started if name in left else "")),
                started=started[name],
                last=last.get(name),
                ending=_ending_of(account, name, left.get(name)),
                blocked=name in stuck,
                place=_place(left.get(name)),
            )
            for name in started
        ]
    )


def _started(account: Account, trace: Trace, created: Mapping[str, str]) -> dict[str, int | None]:
    """Per goroutine, in the order in which they came into being, the step in which it did."""
    started: dict[str, int | None] = {MAIN: None, **dict.fromkeys(created)}
    for action in trace:
        made = [each.identity for each in action.made if each.kind == "goroutine"] if action.step else []
        started.update(dict.fromkeys([*made, *action.spawned], action.step))  # one that never waits is only made
    execution = account.execution
    named = [each.goroutine for each in (*execution.waiting, *execution.running)]
    if isinstance(execution.outcome, Panicked):
        named.append(execution.outcome.goroutine)
    for name in named:  # where nothing is completed, no step tells of them
        started.setdefault(name, trace[-1].step if trace else None)
    return started


def _place(left: Left | None) -> str:
    """Where it is suspended; empty if that is at no line of the user's, as a method of a primitive that was started."""
    return "" if left is None or left.location == UNKNOWN else printable(left.location)


def _ending_of(account: Account, name: str, left: Left | None) -> str:
    outcome = account.execution.outcome
    if isinstance(outcome, Panicked):
        return "panicked" if outcome.goroutine == name else ""
    return brief(left.operation) if left is not None else "returned"
