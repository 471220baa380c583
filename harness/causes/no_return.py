"""The point of no return: the first step of a failing execution after which no continuation passes.

It is found by one depth-first search, optimal DPOR whose first execution is the failing one. Such a search completes
what can follow the longest beginning before it goes back to a shorter one; and as the failing execution comes first,
nothing sleeps on its path. So the first execution that passes leaves the failing one at the last step at which that was
possible, and no continuation beyond that passes: all of them have been seen, one of each class. The step that the
failing execution takes there is the point of no return; the passing one has the longest possible beginning in common.

Slow twin: `tests/meta/test_no_return_twin.py` looks at all schedules.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.causes.passes import Passes, cost
from harness.model.execution import Execution
from harness.model.outcome import Returned
from harness.runtime.execute import Subject, following
from harness.search.campaign import Oracle
from harness.search.dpor.history import History
from harness.search.dpor.names import Names
from harness.search.dpor.run import Run
from harness.search.dpor.step import Key
from harness.search.dpor.strategy import DPOR
from harness.search.dpor.wakeup import Node


@dataclass(frozen=True, slots=True)
class Last:
    """What the search came to.

    Attributes:
        passing: the passing execution with the longest beginning in common; None if none was found.
        common: how many steps it has in common with the failing one: the number of the point of no return.
        executions: how many were looked at, one of each class; where the search has started again, only those since
            then, unless it was stopped.
        unlike: how many of these the oracle does not object to, and the first one as an `example`.
        complete: whether the search was not stopped; if there is no passing execution then, every execution fails.
    """

    passing: Execution | None
    common: int
    executions: int
    complete: bool
    unlike: int = 0
    example: Execution | None = None


def last_chance(
    subject: Subject, failing: Execution, passes: Passes, limit: int, *, oracle: Oracle | None = None
) -> Last:
    """Where a failing execution could still have been saved for the last time; by at most `limit` executions, of which
    long ones count as several. `oracle` tells which of those that do not pass fail in another way.

    Raises:
        NondeterministicProgram: the program does not do again what it did before.
    """
    engine = DPOR()
    planted = _plant(engine, subject, failing.schedule)
    tried = spent = 0
    unlike, example = 0, None
    while engine.begin():
        if engine.executions == 0 and tried:  # it has started again, knowing more about the program
            _plant(engine, subject, failing.schedule)
            unlike, example = 0, None
        if spent >= limit:
            return Last(None, 0, tried, complete=False)
        execution = engine.execute(subject)
        tried, spent = tried + 1, spent + cost(execution)
        if passes(execution):
            common = _common(planted, [step.key for step in engine.history.steps])
            return Last(execution, common, engine.executions, complete=True)
        if oracle is not None and not isinstance(execution.outcome, Returned) and oracle(execution) is None:
            unlike, example = unlike + 1, example or execution
    return Last(None, 0, engine.executions, True, unlike, example)


def _plant(engine: DPOR, subject: Subject, schedule: tuple[int, ...]) -> list[Key]:
    """Make `schedule` the first execution of the engine; its steps."""
    branches = engine.trees[0]
    taken: list[Key] = []
    names: Names = engine.names
    with subject.begun() as scheduler:
        run = Run(names, History(), scheduler)
        follow = following(schedule)
        for _ in schedule:
            enabled = scheduler.enabled()
            transition = enabled[follow(enabled)]
            node = Node(run.step(transition, run.key(transition)))
            branches.append(node)
            if node.step.barrier:
                engine.add_other_moves(run, branches, enabled, {})
            taken.append(node.step.key)
            bases = run.bases(transition)
            step = run.take(transition, node.step)
            run.passed(transition, run.history.push(step, bases))
            branches = node.branches
    return taken


def _common(one: list[Key], other: list[Key]) -> int:
    """How many steps two executions have in common at the beginning."""
    for position, (here, there) in enumerate(zip(one, other, strict=False)):
        if here != there:
            return position
    return min(len(one), len(other))
