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
from harness.model.order import CLOCK, END, EXACTLY, GUIDED, START, Decisions, Missed, Move, Order, Turn, words
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.order import ByIndices, Label, NotThis, Walk, clipped, followed, label, standing
from harness.search.replay import Replay

PATIENCE = 100
"""How many steps others may take so that whoever is to go on can."""


def again(subject: Subject, order: Order | Decisions) -> Execution:
    """The execution with this order, exactly, or guided by it; see `Execution.replayed`.

    Raises:
        ReplayDiverged: the order is told by decisions only, and the program offers others.
    """
    if not isinstance(order, Order):
        execution = next(executions(subject, Replay(order)))
        execution.replayed = EXACTLY
        return execution
    same, named = by_indices(subject, order)
    if same is not None and named:
        return same
    execution = by_names(subject, order)
    # Without its names an order means less: goroutines may have changed places. But names may have changed, too.
    return execution if same is None or not execution.missed else same


def by_indices(subject: Subject, order: Order) -> tuple[Execution | None, bool]:
    """The execution with all decisions of the order, if the program has it; and whether all names are the same."""
    follower = ByIndices(order)
    try:
        execution = followed(subject, follower)
    except NotThis:
        return None, False
    execution.replayed = EXACTLY
    return execution, follower.named


def by_names(subject: Subject, order: Order) -> Execution:
    """The execution that the order's turns lead to. It may take a few more steps than the original did."""
    guided = Guided(order)
    settings = replace(subject.settings, max_steps=max(subject.settings.max_steps, Settings().max_steps))
    execution = followed(replace(subject, settings=settings), guided)
    execution.replayed, execution.missed = GUIDED, tuple(sorted(guided.missed, key=lambda missed: missed.step))
    return execution


class Guided:
    """Follows the turns of an order by their names.

    Attributes:
        missed: which were not taken, as sentences, with the steps at which that showed.
        position: the next turn.
        waiting: the turn whose moment has come, but not yet whoever is to go on; and what will be missed if that stays
            so. Meanwhile others move, but not the goroutine that has come to that moment.
        wishes: by goroutine, the turn in which it was made to go on, if it has not made that turn's move yet.
    """

    def __init__(self, order: Order) -> None:
        self.turns = order.turns
        self.moments = {turn.at: number for number, turn in reversed(list(enumerate(order.turns)))}
        self.missed: list[Missed] = []
        self.position = 0
        self.waiting: tuple[Turn, Missed] | None = None
        self.wishes: dict[str, Turn] = {}

    def choose(self, walk: Walk, enabled: list[Transition]) -> int:
        """The move of the turn whose moment has come, else what the default policy does."""
        labels = [label(transition) for transition in enabled]
        turn = self.due(walk)
        if turn is not None:
            self.give_up()
            self.waiting = turn, missed(walk, turn, f"but {state(walk, turn.move.goroutine)}")
        return self.by(walk, self.mover(walk, enabled, labels), enabled, labels)

    def mover(self, walk: Walk, enabled: list[Transition], labels: list[Label]) -> str:
        """Who moves now."""
        usual = labels[default(walk, enabled)][0]
        if self.waiting is None:
            return usual
        turn, later = self.waiting
        movers = [goroutine for goroutine, *_ in labels]
        if turn.move.goroutine in movers:
            self.waiting = None
            self.wish(walk, turn)
            return turn.move.goroutine
        others = [mover for mover in movers if mover != turn.at.goroutine or turn.at.operation == START]
        if not others or walk.counts[turn.move.goroutine, END, ""] or walk.steps - later.step == PATIENCE:
            self.give_up()
            return turn.at.goroutine if turn.at.goroutine in movers else usual
        return usual if usual in others else others[0]

    def give_up(self) -> None:
        """Whoever was to go on has not come to that, and now it is too late."""
        if self.waiting is not None:
            self.missed.append(self.waiting[1])
            self.waiting = None

    def by(self, walk: Walk, mover: str, enabled: list[Transition], labels: list[Label]) -> int:
        """What `mover` does: the move that is wished for, if it is possible, else the first."""
        turn = self.wishes.get(mover)
        found = None if turn is None else chosen(turn.move, labels)
        if found is not None:
            del self.wishes[mover]
            return found
        usual = default(walk, enabled)
        if labels[usual][0] == mover:
            return usual
        return next(index for index, (goroutine, *_) in enumerate(labels) if goroutine == mover)

    def wish(self, walk: Walk, turn: Turn) -> None:
        """Whoever is to go on is to make this move, now or later."""
        before = self.wishes.get(turn.move.goroutine)
        if before is not None:
            self.unfulfilled(walk, before)
        self.wishes[turn.move.goroutine] = turn

    def due(self, walk: Walk) -> Turn | None:
        """The turn whose moment has just come; those that were to come before it are missed."""
        numbers = sorted(self.moments.get(arrival, -1) for arrival in walk.arrivals)
        for number in numbers:
            if number >= self.position:
                for turn in self.turns[self.position : number]:
                    self.miss(walk, turn, f"but {str(self.turns[number].at).removeprefix('when ')} before that")
                self.position = number + 1
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
        self.miss(walk, turn, f"but that did not come: {state(walk, turn.at.goroutine)}")

    def unfulfilled(self, walk: Walk, turn: Turn) -> None:
        """A turn is missed, because whoever went on did something else."""
        self.miss(walk, turn, f"and went on, but did not do that: {state(walk, turn.move.goroutine)}")

    def miss(self, walk: Walk, turn: Turn, reason: str) -> None:
        """A turn is missed."""
        self.missed.append(missed(walk, turn, reason))

    def end(self, walk: Walk) -> None:
        """The turns that are left are missed."""
        self.give_up()
        for turn in self.wishes.values():
            self.unfulfilled(walk, turn)
        for turn in self.turns[self.position :]:
            self.never_came(walk, turn)


def missed(walk: Walk, turn: Turn, reason: str) -> Missed:
    """A turn that is missed now."""
    return Missed(walk.steps, f"{turn.at}, {turn.move}, {reason}")


def default(walk: Walk, enabled: list[Transition]) -> int:
    """What is done where nothing is said: whoever moved last goes on, or else the first who can."""
    return max(walk.staying(enabled), 0)


def chosen(move: Move, labels: list[Label]) -> int | None:
    """Where a move is among what is possible; with another partner, if not with this one."""
    wanted = (move.goroutine, move.operation, move.object, move.partner)
    found = [index for index, possible in enumerate(labels) if possible == wanted]
    found = found or [index for index, possible in enumerate(labels) if possible[:3] == wanted[:3]]
    return found[move.rank] if move.rank < len(found) else None


def state(walk: Walk, goroutine: str) -> str:
    """Where a goroutine is now, in words."""
    if goroutine == CLOCK:
        return "no such time has come"
    for each in walk.scheduler.live:
        if clipped(each.name) == goroutine:
            return f"{goroutine} is at {words(*standing(each.operation))}"
    return f"{goroutine} has ended" if walk.counts[goroutine, END, ""] else f"there is no goroutine {goroutine}"
