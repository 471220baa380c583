"""Executions as orders (see `harness.model.order`): telling one, and following one exactly.

Slow twin of both: an order followed by its names alone, `harness.search.guided`, is the same execution.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from harness.model.execution import Execution
from harness.model.operation import DEFAULT, Operation, Transition
from harness.model.order import CLOCK, END, MOST_TURNS, START, Arrival, Decisions, Move, Order, Turn, checksum
from harness.primitives.select import SELECT, cases
from harness.primitives.world import Nothing
from harness.runtime.account import committed
from harness.runtime.clock import Tick
from harness.runtime.execute import Subject, differs_at, drive
from harness.runtime.goroutine import Goroutine
from harness.runtime.scheduler import Scheduler

LONGEST = 100
"""How much of a name tells objects apart."""


class NotThis(Exception):
    """The program does not offer what the order wants."""


class Walk:
    """A scheduler in which somebody walks: as `Scheduler`, and it knows who has just come to what.

    Attributes:
        arrivals: of the last step, that of the first participant first; at the beginning, `START`, then others.
        last: who took the last step: a goroutine, two, or a timer; at the beginning main, which has just started.
    """

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.enabled = scheduler.enabled
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.last: tuple[Any, ...] = tuple(scheduler.live[:1])
        self.known = scheduler.serials
        self.steps = 0
        self.arrivals = [Arrival(CLOCK, START, "", 1), *map(self.arrived, scheduler.live)]

    def take(self, transition: Transition) -> None:
        """Take a step."""
        self.last = transition[::2]
        clock = self.arrival(CLOCK, *fired(transition[0])) if len(transition) == 1 else None
        self.scheduler.take(transition)
        self.steps += 1
        movers = list(self.last) if clock is None else []
        if self.scheduler.serials > self.known:
            movers += [goroutine for goroutine in self.scheduler.live if goroutine.serial >= self.known]
            self.known = self.scheduler.serials
        self.arrivals = [clock] if clock is not None else []
        self.arrivals += map(self.arrived, movers)

    def arrived(self, goroutine: Goroutine) -> Arrival:
        """The goroutine has come to its operation, or to its end."""
        return self.arrival(goroutine.name, *standing(goroutine.operation))

    def arrival(self, goroutine: str, operation: str, subject: str) -> Arrival:
        """One more of these."""
        key = clipped(goroutine), operation, subject
        self.counts[key] += 1
        return Arrival(*key, self.counts[key])

    def staying(self, enabled: list[Transition]) -> int:
        """What is done without a turn: see `harness.model.order`. -1 where somebody else must go on."""
        if self.scheduler.panic is not None:
            return 0
        for mover in self.last:
            for place in (0, 2):
                for index, transition in enumerate(enabled):
                    if len(transition) > place and transition[place] is mover:
                        return index
        return -1


def standing(operation: Operation | None) -> tuple[str, str]:
    """What somebody stands at: an operation and its object, of a select the first one."""
    if operation is None:
        return END, ""
    first = next(iter(cases(operation)), None)
    return operation[0].name, named(first[1]) if first is not None else ""


def named(subject: Any) -> str:
    """What an object is called in an order."""
    return "" if isinstance(subject, Nothing) else clipped(str(subject.name))


def clipped(name: str) -> str:
    """A name, or the beginning of a very long one."""
    return name[:LONGEST]


def fired(timer: Any) -> tuple[str, str]:
    """What the clock does."""
    return ("tick", "") if isinstance(timer, Tick) else ("fires", named(timer.channel or timer))


Label: TypeAlias = tuple[str, str, str, str]
"""Goroutine, operation, object and partner."""


def label(transition: Transition) -> Label:
    """What a step that is possible now is called."""
    first = transition[0]
    if len(transition) == 1:
        return CLOCK, *fired(first), ""
    partner = clipped(transition[2].name) if len(transition) == 4 else ""
    operation = committed(transition)
    if operation[0] is SELECT and transition[1] == DEFAULT:
        return clipped(first.name), "default", standing(operation)[1], partner
    return clipped(first.name), operation[0].name, named(operation[1]), partner


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
    return tuple(decisions) if len(turns) > MOST_TURNS else Order(tuple(turns), checksum(decisions))


class Follower(Protocol):
    """Decides, step by step, where a walk goes."""

    def choose(self, walk: Walk, enabled: list[Transition]) -> int:
        """The index of the transition to take."""

    def end(self, walk: Walk) -> None:
        """The execution is over."""


def followed(subject: Subject, follower: Follower) -> Execution:
    """The execution in which `follower` decides, also where there is one transition only."""
    schedule: list[int] = []
    with subject.begun() as scheduler:
        walk = Walk(scheduler)
        choose: Callable[[list[Transition]], int] = lambda enabled: follower.choose(walk, enabled)  # noqa: E731
        exhausted = drive(walk, choose, schedule.append, subject.settings.max_steps, always_ask=True)
        follower.end(walk)
        return subject.finished(scheduler, exhausted, tuple(schedule))


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
