"""Executions as orders (see `harness.model.order`): telling one, and following one exactly.

Slow twin of both: an order followed by its names alone, `harness.search.guided`, is the same execution.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.model.order import DECIDED, MOST_TURNS, UNKNOWN, WHOLE, Decisions, Move, Order, Steps, Turn, checksum
from harness.runtime.execute import Subject, differs_at, drive
from harness.search.walk import Walk, label


class NotThis(Exception):
    """The program does not offer what the order wants."""


def move(enabled: list[Transition], index: int) -> Move:
    """The address of a transition among those that are possible now."""
    wanted = label(enabled[index])
    return Move(*wanted, sum(label(transition) == wanted for transition in enabled[:index]))


def order_of(subject: Subject, execution: Execution) -> Order | Decisions:
    """The order of an execution; of one of very many turns, its decisions.

    Raises:
        NondeterministicProgram: the program does not offer what it offered before.
    """
    turns: list[Turn] = []
    decisions: list[tuple[int, int]] = []
    schedule = execution.schedule
    with subject.begun() as scheduler:
        walk = Walk(scheduler)
        for step, index in enumerate(schedule):
            enabled = walk.enabled()
            if index >= len(enabled):
                raise differs_at(step)
            if len(enabled) > 1:
                if index != walk.staying(enabled) and len(turns) <= MOST_TURNS:
                    turns.append(Turn(walk.arrivals[0], move(enabled, index), len(decisions), index))
                decisions.append((index, len(enabled)))
            walk.take(enabled[index])
    if len(turns) > MOST_TURNS:
        return tuple(decisions)
    return Order(tuple(turns), checksum(decisions), walk.steps_before(execution.outcome))


class Follower(Protocol):
    """Decides, step by step, where a walk goes."""

    def choose(self, walk: Walk, enabled: list[Transition]) -> int:
        """The index of the transition to take."""

    def end(self, walk: Walk) -> None:
        """The execution is over."""


def followed(subject: Subject, follower: Follower, steps: Steps | None) -> tuple[Execution, str]:
    """The execution in which `follower` decides, also where there is one transition only; and what of one with these
    sums is in it again."""
    schedule: list[int] = []
    with subject.begun() as scheduler:
        walk = Walk(scheduler)
        choose: Callable[[list[Transition]], int] = lambda enabled: follower.choose(walk, enabled)  # noqa: E731
        exhausted = drive(walk, choose, schedule.append, subject.settings.max_steps, always_ask=True)
        follower.end(walk)
        execution = subject.finished(scheduler, exhausted, tuple(schedule))
    if steps is None:
        return execution, UNKNOWN
    if walk.steps_before(execution.outcome) == steps:
        return execution, WHOLE
    return execution, DECIDED if walk.decided_as(steps) else UNKNOWN


class ByIndices:
    """Follows an order by its indices, and only as long as as many alternatives are on offer as there were.

    `named`: so far everybody in the order was called what they are called in it, and was where they were.

    Raises (from `choose` and `end`):
        NotThis: other decisions are to be made.
    """

    def __init__(self, order: Order) -> None:
        self.order = order
        self.turns = {turn.decision: turn for turn in order.turns}
        self.decisions: list[tuple[int, int]] = []
        self.named = True

    def choose(self, walk: Walk, enabled: list[Transition]) -> int:
        """As the order says, else whoever moved last."""
        if len(enabled) == 1:
            return 0
        turn = self.turns.get(len(self.decisions))
        index = walk.staying(enabled) if turn is None else turn.index
        if not 0 <= index < len(enabled):
            raise NotThis
        if turn is not None:
            self.named &= (turn.at, turn.move) == (walk.arrivals[0], move(enabled, index))
        self.decisions.append((index, len(enabled)))
        return index

    def end(self, walk: Walk) -> None:
        """All decisions were those of the order."""
        last = self.order.turns[-1].decision if self.order.turns else -1
        if last >= len(self.decisions) or checksum(self.decisions) != self.order.checksum:
            raise NotThis
