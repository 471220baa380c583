"""The goroutines of a story, from start to end."""

from __future__ import annotations

from collections.abc import Mapping

from harness.model.ending import Left
from harness.model.explanation import Account
from harness.model.outcome import Panicked
from harness.model.trace import Trace
from harness.report.story.titles import titles
from harness.report.story.values import Lane
from harness.report.text import printable

MAIN = "main"


def lanes_of(account: Account, trace: Trace, created: Mapping[str, str]) -> tuple[Lane, ...]:
    """Everybody who came into being before the end."""
    started: dict[str, int | None] = {MAIN: None, **dict.fromkeys(created)}
    for action in trace:
        made = [each.identity for each in action.made if each.kind == "goroutine"] if action.step else []
        started.update(dict.fromkeys([*made, *action.spawned], action.step))  # one that never waits is only made
    last = {participant.goroutine: action.step for action in trace for participant in action.participants}
    called = titles([printable(name) for name in started])
    ending = account.execution.ending
    left = {each.goroutine: each for each in (*ending.stuck, *ending.running)}
    stuck = {waiting.goroutine for waiting in account.execution.waiting}
    return tuple(
        [
            Lane(
                name=printable(name),
                title=called[printable(name)],
                created=printable(created.get(name, "")),
                started=started[name],
                last=last.get(name),
                ending=_ending_of(account, name, left.get(name)),
                blocked=name in stuck,
                place=printable(left[name].location) if name in left else "",
            )
            for name in started
        ]
    )


def _ending_of(account: Account, name: str, left: Left | None) -> str:
    outcome = account.execution.outcome
    if isinstance(outcome, Panicked):
        return "panicked" if outcome.goroutine == name else ""
    return printable(left.operation) if left is not None else "returned"
