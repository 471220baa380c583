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
from harness.model.operation import Operation
from harness.model.trace import PLAIN_READ, PLAIN_WRITE, Trace
from harness.primitives.world import Primitive
from harness.runtime.execute import Subject
from harness.runtime.scheduler import Choose, Scheduler
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
            parties = Parties()
            traces = [witnessed(subject, choose, most, parties.look_at) for choose in SCHEDULES]
    except HarnessError:  # no oracle objected, and that is what was asked
        return answer
    nothing = nothing_explored(traces, parties) if single else None
    return replace(answer, warnings=((nothing,) if nothing else ()) + tuple(map(str, shared(traces))))


def shared(traces: Sequence[Trace]) -> list[Sharing]:
    """The unordered accesses to plain state; one pair for each variable and line that writes it."""
    found: dict[tuple[str, str], Sharing] = {}
    for trace in traces:
        for each in unordered(trace):
            found.setdefault((each.variable, each.write.location), each)
    return list(found.values())


class Parties:
    """How many goroutines an execution had, and which objects those use that are left: what its steps do not tell."""

    def __init__(self) -> None:
        self.goroutines = 0
        self.pending: list[tuple[str, Operation]] = []

    def look_at(self, scheduler: Scheduler) -> None:
        """At the end of an execution."""
        self.goroutines = max(self.goroutines, scheduler.serials)
        for goroutine in scheduler.live:
            operation = goroutine.operation
            assert operation is not None
            cases = operation[1] if isinstance(operation[1], tuple) else (operation,)
            self.pending += [(goroutine.name, case) for case in cases]


def nothing_explored(traces: Sequence[Trace], parties: Parties) -> str | None:
    """Why there is nothing to explore, if that is because goroutines have nothing in common."""
    if parties.goroutines == 1:
        return "nothing was explored: the program has a single goroutine, so there is only one way to run it"
    users: defaultdict[str, set[str]] = defaultdict(set)
    joining = False
    for trace in traces:
        for action in trace:
            joining |= action.kind in JOINING
            if action.kind not in JOINING | {PLAIN_READ, PLAIN_WRITE}:  # joining is no reason for another order
                for touched in action.objects:
                    users[touched].update(participant.goroutine for participant in action.participants)
    for name, operation in parties.pending:
        joining |= operation[0].name in JOINING
        if operation[0].name not in JOINING and isinstance(operation[1], Primitive) and operation[1].identity:
            users[operation[1].identity].add(name)
    if any(len(each) > 1 for each in users.values()):
        return None
    waiting = ", but for waiting for one another with a WaitGroup" if joining else ""
    return (
        f"nothing was explored: of the program's {parties.goroutines} goroutines no two have used the same channel, "
        f"variable, lock or other primitive{waiting}, so the order of their steps does not matter; what they share has "
        f"to be made of the harness's primitives"
    )
