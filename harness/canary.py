"""Warnings about a green result that means less than it seems.

That nothing was explored, because the goroutines have nothing in common that the harness knows of; and that they share
plain Python state, whose accesses are no steps, so that no schedule tries out their orders. Both are found out by two
more executions, one that always takes the first transition and one that always takes the last: what is unordered shows
under nearly every schedule. They may miss something; what they tell is so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from harness.detect.plain import Sharing, unordered
from harness.detect.wait_groups import KINDS as JOINING
from harness.model.answers import Passed, Proof
from harness.model.errors import HarnessError
from harness.model.trace import PLAIN_READ, PLAIN_WRITE, Trace
from harness.runtime.execute import Subject
from harness.runtime.scheduler import Choose
from harness.runtime.watchdog import guarded
from harness.runtime.witness import witnessed

Green = TypeVar("Green", Passed, Proof)
MOST_STEPS = 1_000
SCHEDULES: tuple[Choose, ...] = (lambda enabled: 0, lambda enabled: len(enabled) - 1)


def with_warnings(answer: Green, subject: Subject, single: bool, patience: float) -> Green:
    """The answer, with what makes it worth less; `single` says that all its executions were of one class."""
    most = min(MOST_STEPS, subject.settings.max_steps)
    try:
        with guarded(patience):
            traces = [witnessed(subject, choose, most) for choose in SCHEDULES]
    except HarnessError:  # no oracle objected, and that is what was asked
        return answer
    nothing = nothing_explored(traces) if single else None
    return replace(answer, warnings=((nothing,) if nothing else ()) + tuple(map(str, shared(traces))))


def shared(traces: Sequence[Trace]) -> list[Sharing]:
    """The unordered accesses to plain state; one pair for each variable and line that writes it."""
    found: dict[tuple[str, str], Sharing] = {}
    for trace in traces:
        for each in unordered(trace):
            found.setdefault((each.variable, each.write.location), each)
    return list(found.values())


def nothing_explored(traces: Sequence[Trace]) -> str | None:
    """Why there is nothing to explore, if that is because goroutines have nothing in common."""
    users: defaultdict[str, set[str]] = defaultdict(set)
    goroutines = {"main"}
    for trace in traces:
        for action in trace:
            who = {participant.goroutine for participant in action.participants}
            goroutines |= who.union(action.spawned)
            if action.kind not in JOINING | {PLAIN_READ, PLAIN_WRITE}:  # joining is no reason for another order
                for touched in action.objects:
                    users[touched] |= who
    if len(goroutines) == 1:
        return "nothing was explored: the program has a single goroutine, so there is only one way to run it"
    if any(len(each) > 1 for each in users.values()):
        return None
    return (
        f"nothing was explored: of the program's {len(goroutines)} goroutines no two have used the same channel, "
        f"variable or lock, so the order of their steps does not matter; what they share has to be made of the "
        f"harness's primitives"
    )
