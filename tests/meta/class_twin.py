"""One program, searched in three ways that must agree: by DPOR, by the class oracle, and without any reduction.

DPOR and the oracle share the relation and the numbers of goroutines and objects, and nothing else; naive search shares
nothing. An end is everything that can be told of an execution when it is over: outcome, who waits, the final state.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from harness.model.execution import Execution, Settings
from harness.model.outcome import Deadlocked, Outcome
from harness.runtime.execute import Subject
from harness.search.dpor.names import Names
from harness.search.dpor.strategy import DPOR
from harness.search.exhaustive import Exhaustive
from tests.meta.class_oracle import Classes, TooMany, digest
from tests.meta.programs import Program

MAX_STEPS = 60

End: TypeAlias = tuple[str, tuple[str, ...], str]


def told(outcome: Outcome) -> str:
    """An outcome, without the order of goroutines, which depends on who was started first."""
    return "Deadlocked" if isinstance(outcome, Deadlocked) else repr(outcome)


class Watched:
    """A program under observation: its subject, and the end of its latest execution."""

    def __init__(self, program: Program, settings: Settings) -> None:
        self.probes: list[Any] = []
        self.subject = Subject(program, (self.probe,), settings)

    def probe(self, state: Any) -> None:
        """Called by the program when it begins."""
        self.probes[:] = [state]

    def state(self) -> str:
        """The state of the program now."""
        return repr(self.probes[0]())

    def end(self, scheduler: Any) -> End:
        """The end that the scheduler has come to."""
        waiting = sorted(goroutine.name for goroutine in scheduler.live)
        return told(scheduler.outcome(False)), tuple(waiting), self.state()


@dataclass
class Explored:
    """What DPOR has explored: how often each class, and what it found out about the program's objects."""

    blocked: int
    names: Names
    digests: Counter[bytes] = field(default_factory=Counter)
    executions: list[Execution] = field(default_factory=list)


def explore(subject: Subject, most: int) -> Explored:
    """Everything that DPOR explores.

    Raises:
        TooMany: that is more than `most` executions.
    """
    engine = DPOR()
    found = Explored(0, engine.names)
    while engine.begin():
        if not engine.executions:  # it may start over, when it has learnt how the program uses its objects
            found.digests.clear()
            found.executions.clear()
        found.executions.append(engine.execute(subject))
        engine.end()
        found.digests[digest(engine.history)] += 1
        if len(found.executions) > most:
            raise TooMany
    found.blocked = engine.blocked
    return found


def naive_ends(watched: Watched, most: int) -> set[End]:
    """The ends of all schedules.

    Raises:
        TooMany: there are more than `most`.
    """
    ends: set[End] = set()
    search = Exhaustive()
    for _ in range(most):
        if not search.begin():
            return ends
        with watched.subject.begun() as scheduler:
            while enabled := scheduler.enabled():
                scheduler.take(enabled[search.choose(enabled) if len(enabled) > 1 else 0])
            search.end()
            ends.add(watched.end(scheduler))
    raise TooMany


@dataclass
class Agreement:
    """How many classes there are, how many schedules were looked at, and where the three searches differ."""

    classes: int
    naive: bool
    differences: list[str]


def agreement(program: Program, settings: Settings, most: int) -> Agreement:
    """Search `program` in all three ways; naively only if it has at most `most` schedules.

    Raises:
        TooMany: it has more than `most` classes, or partial traces.
    """
    watched = Watched(program, settings)
    explored = explore(watched.subject, most)
    differences = []
    try:
        classes = Classes(watched.subject, watched.end, most, explored.names)
    except AssertionError as error:
        return Agreement(0, False, [f"two members of a class end differently: {error}"])
    known = set(classes.found)
    counts = {
        "lost": len(known - set(explored.digests)),
        "unknown": len(set(explored.digests) - known),
        "repeated": sum(explored.digests.values()) - len(explored.digests),
        "blocked": explored.blocked,
    }
    differences += [f"{number} {what}" for what, number in counts.items() if number]
    try:
        ends = naive_ends(watched, most)
    except TooMany:
        return Agreement(len(known), False, differences)
    if ends != set(classes.found.values()):
        differences.append(f"ends that only one search finds: {sorted(ends ^ set(classes.found.values()))}")
    outcomes = {told(execution.outcome) for execution in explored.executions}
    if outcomes != {outcome for outcome, _, _ in ends}:
        differences.append(f"outcomes that DPOR sees: {sorted(outcomes)}, but there are {sorted(ends)}")
    return Agreement(len(known), True, differences)
