"""Following an order in a program that has been edited since: wherever it still applies, and telling where it does not.

A turn is taken when its moment comes: its goroutine has come to that operation, for the time that it says. Whoever is
to go on then goes on, or as soon as they can, and if they are not yet where they were (an operation was put before it),
they make the turn's move when they get there. If the moment of a later turn comes first, those between are missed, and
so is one whose goroutine ends before its moment, or where whoever is to go on cannot unless it goes on itself.
"""

from __future__ import annotations

from dataclasses import replace

from harness.model.execution import Execution, Settings
from harness.model.operation import Transition
from harness.model.order import (
    CHOICES,
    DECIDED,
    END,
    EXACTLY,
    GUIDED,
    START,
    UNKNOWN,
    WHOLE,
    Decisions,
    Missed,
    Move,
    Order,
    Turn,
)
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.lost import Lost, Seen, held_up, never_came, overtaken, unfulfilled
from harness.search.order import ByIndices, NotThis, followed
from harness.search.replay import Replay
from harness.search.walk import Label, Walk, label

PATIENCE = 100
"""How many steps others may take so that whoever is to go on can."""


def again(subject: Subject, order: Order | Decisions) -> Execution:
    """The execution with this order, exactly, or guided by it; see `Execution.replayed`.

    Raises:
        ReplayDiverged: the order is told by decisions only, and the program offers others.
    """
    if not isinstance(order, Order):
        execution = next(executions(subject, Replay(order)))
        execution.replayed, execution.kept = EXACTLY, CHOICES
        return execution
    same = by_indices(subject, order)
    if same is not None and same.replayed == EXACTLY:
        return same
    execution = by_names(subject, order)
    # Without its names an order means less: goroutines may have changed places. But names may have changed, too.
    return execution if same is None or not execution.missed else same


def by_indices(subject: Subject, order: Order) -> Execution | None:
    """The execution with all decisions of the order, if the program has it.

    It is the same only if all its steps are; if the token does not hold these, if all names in its turns are.
    """
    follower = ByIndices(order)
    try:
        execution, kept = followed(subject, follower, order.steps)
    except NotThis:
        return None
    if order.steps is None and follower.named:
        kept = CHOICES
    execution.replayed, execution.kept = EXACTLY if kept in (WHOLE, CHOICES) else GUIDED, kept
    return execution


def by_names(subject: Subject, order: Order) -> Execution:
    """The execution that the order's turns lead to. It may take a few more steps than the original did."""
    guided = Guided(order)
    settings = replace(subject.settings, max_steps=max(subject.settings.max_steps, Settings().max_steps))
    execution, kept = followed(replace(subject, settings=settings), guided, order.steps)
    execution.replayed, execution.missed = GUIDED, guided.missed
    execution.kept = UNKNOWN if execution.missed or kept == UNKNOWN else DECIDED
    return execution


class Guided:
    """Follows the turns of an order by their names.

    Attributes:
        lost: the turns that were not taken; at the end, told by `missed`.
        seen: what there was in the execution.
        position: the next turn; since which step, `since`.
        waiting: what is lost if whoever is to go on, now that the moment of a turn has come, does not come to that.
            Meanwhile others move, but not the goroutine that has come to that moment.
        wishes: by goroutine, the turn in which it was made to go on, if it has not made that turn's move yet; and when.
    """

    def __init__(self, order: Order) -> None:
        self.turns = order.turns
        self.moments = {turn.at: number for number, turn in reversed(list(enumerate(order.turns)))}
        self.lost: list[Lost] = []
        self.missed: tuple[Missed, ...] = ()
        self.seen = Seen()
        self.position = self.since = 0
        self.waiting: Lost | None = None
        self.wishes: dict[str, tuple[Turn, int]] = {}

    def choose(self, walk: Walk, enabled: list[Transition]) -> int:
        """The move of the turn whose moment has come, else what the default policy does."""
        labels = [label(transition) for transition in enabled]
        self.seen.look(labels)
        turn = self.due(walk)
        if turn is not None:
            self.give_up()
            self.waiting = Lost(turn, walk.steps, walk.steps, held_up(walk, turn), moment=False)
        return self.by(walk, self.mover(walk, enabled, labels), enabled, labels)

    def mover(self, walk: Walk, enabled: list[Transition], labels: list[Label]) -> str:
        """Who moves now."""
        usual = labels[default(walk, enabled)][0]
        if self.waiting is None:
            return usual
        turn, step = self.waiting.turn, self.waiting.step
        movers = [goroutine for goroutine, *_ in labels]
        if turn.move.goroutine in movers:
            self.waiting = None
            self.wish(walk, turn)
            return turn.move.goroutine
        others = [mover for mover in movers if mover != turn.at.goroutine or turn.at.operation == START]
        if not others or walk.counts[turn.move.goroutine, END, ""] or walk.steps - step == PATIENCE:
            self.give_up()
            return turn.at.goroutine if turn.at.goroutine in movers else usual
        return usual if usual in others else others[0]

    def give_up(self) -> None:
        """Whoever was to go on has not come to that, and now it is too late."""
        if self.waiting is not None:
            self.lost.append(self.waiting)
            self.waiting = None

    def by(self, walk: Walk, mover: str, enabled: list[Transition], labels: list[Label]) -> int:
        """What `mover` does: the move that is wished for, if it is possible, else the first."""
        wish = self.wishes.get(mover)
        found = None if wish is None else chosen(wish[0].move, labels)
        if found is not None:
            del self.wishes[mover]
            return found
        usual = default(walk, enabled)
        if labels[usual][0] == mover:
            return usual
        return next(index for index, (goroutine, *_) in enumerate(labels) if goroutine == mover)

    def wish(self, walk: Walk, turn: Turn) -> None:
        """Whoever is to go on is to make this move, now or later."""
        self.unfulfilled(walk, turn.move.goroutine)
        self.wishes[turn.move.goroutine] = turn, walk.steps

    def due(self, walk: Walk) -> Turn | None:
        """The turn whose moment has just come; those that were to come before it are missed."""
        numbers = sorted(self.moments.get(arrival, -1) for arrival in walk.arrivals)
        for number in numbers:
            if number >= self.position:
                for turn in self.turns[self.position : number]:
                    self.lost.append(Lost(turn, walk.steps, self.since, overtaken(self.turns[number])))
                self.position, self.since = number + 1, walk.steps
                return self.turns[number]
        self.pass_over_the_ended(walk)
        return None

    def pass_over_the_ended(self, walk: Walk) -> None:
        """Miss the next turns, if they wait for somebody who has ended."""
        ended = {arrival.goroutine for arrival in walk.arrivals if arrival.operation == END}
        while self.position < len(self.turns) and self.turns[self.position].at.goroutine in ended:
            self.never_came(walk, self.turns[self.position])
            self.position += 1

    def never_came(self, walk: Walk, turn: Turn) -> None:
        """A turn is missed, because its moment does not come."""
        self.lost.append(Lost(turn, walk.steps, self.since, never_came(walk, turn)))

    def unfulfilled(self, walk: Walk, goroutine: str) -> None:
        """The turn in which a goroutine was to go on, if there is one, is missed, because it did something else."""
        if goroutine in self.wishes:
            turn, step = self.wishes.pop(goroutine)
            self.lost.append(Lost(turn, step, step, unfulfilled(walk, turn), moment=False))

    def end(self, walk: Walk) -> None:
        """The turns that are left are missed."""
        self.give_up()
        for goroutine in list(self.wishes):
            self.unfulfilled(walk, goroutine)
        for turn in self.turns[self.position :]:
            self.never_came(walk, turn)
        found = sorted(self.lost, key=lambda lost: lost.turn.decision)
        self.missed = tuple(sorted([self.seen.missed(walk, lost) for lost in found], key=lambda missed: missed.step))


def default(walk: Walk, enabled: list[Transition]) -> int:
    """What is done where nothing is said: whoever moved last goes on, or else the first who can."""
    return max(walk.staying(enabled), 0)


def chosen(move: Move, labels: list[Label]) -> int | None:
    """Where a move is among what is possible; with another partner, if not with this one."""
    wanted = (move.goroutine, move.operation, move.object, move.partner)
    found = [index for index, possible in enumerate(labels) if possible == wanted]
    found = found or [index for index, possible in enumerate(labels) if possible[:3] == wanted[:3]]
    return found[move.rank] if move.rank < len(found) else None
