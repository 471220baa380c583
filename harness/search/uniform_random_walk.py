"""Uniform random walks over interleavings, rather than over the transitions of each step.

H. Zhao, D. Wolff, U. Mathur, A. Roychoudhury: "Selectively Uniform Concurrency Testing" (ASPLOS 2025). A goroutine is
drawn with a weight of as many events as it has yet to come; if these numbers are exact and nobody blocks, then every
interleaving is equally likely. A plain random walk instead makes it all but certain that a goroutine with one step
comes before another's last of a hundred. The numbers are learnt from the first executions.

Selective: for every execution an object that two goroutines or more have touched is drawn, and only the order of the
steps that touch it is drawn so. Everybody else moves at random until their next step is one of these.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from harness.model.errors import BadInput
from harness.model.operation import Transition
from harness.primitives.select import footprint
from harness.search.census import Census, ObjectKey
from harness.search.options import derived, whole_number
from harness.search.remaining import Remaining
from harness.search.strategy import Choose

HARDLY_ANY = 1e-9
"""How many more steps at the object are expected of somebody who has taken all that were expected."""


class UniformRandomWalk:
    """Every interleaving with equal chance or, `selective`, every order at one object.

    `always` is set, because steps without a choice count, too. A `census` that is given is kept up by somebody else.
    """

    always = True

    def __init__(self, *, seed: int = 0, selective: bool = False, census: Census | None = None) -> None:
        if type(selective) is not bool:
            raise BadInput(f"selective is True or False; found {selective!r}")
        self.seed = whole_number(seed, "a seed")
        self.selective = selective
        self.draw = random.Random(seed).random
        self.own = census is None
        self.census = census or Census()
        self.remaining = Remaining(self.census)
        self.weight, self.least = self.remaining.weight, self.remaining.least
        self.choose: Choose = self.by_weight
        self.selected: ObjectKey | None = None
        self.concerned: dict[Any, bool] = {}
        self.held: set[Any] = set()
        self.intended: Any = None
        self.last: Any = None

    def begin(self) -> bool:
        """There is always another walk."""
        shared = self.census.shared if self.selective else []
        if shared:
            self.selected = shared[int(self.draw() * len(shared))]
            self.remaining.begin(self.census.touches[self.selected], floor=HARDLY_ANY)
        else:
            self.remaining.begin(self.census.steps, floor=1.0)
        self.choose = self.selectively if shared else self.by_weight
        if self.own and self.census.learning:
            self.choose = self.census.noting(self.choose, always=True)
        return True

    # -- every step counts -------------------------------------------------------------------------------------

    def by_weight(self, enabled: Sequence[Transition]) -> int:
        """As `by_weight_of_owner`, faster where everybody has a single alternative."""
        weight, total = self.weight, 0.0
        try:
            for owner, way in enabled:
                if way:
                    return self.by_weight_of_owner(enabled)
                total += weight[owner]
        except (KeyError, ValueError):  # somebody new; a timer, or two that meet
            return self.by_weight_of_owner(enabled)
        point, index = self.draw() * total, -1
        for owner, _ in enabled:
            index += 1
            point -= weight[owner]
            if point < 0:
                break
        left, least = weight[owner] - 1, self.least[owner]
        weight[owner] = left if left > least else least
        return index

    def by_weight_of_owner(self, enabled: Sequence[Transition]) -> int:
        """A goroutine by the events it has to come, of which there is now one less; then any of its alternatives."""
        index = self.remaining.draw(enabled, self.draw())
        self.remaining.count_down(enabled[index][0])
        return self.any_way(enabled, index)

    def any_way(self, enabled: Sequence[Transition], index: int) -> int:
        """One of the alternatives of the goroutine whose first one is at `index`."""
        owner, stop = enabled[index][0], index + 1
        while stop < len(enabled) and enabled[stop][0] is owner:
            stop += 1
        return index + int(self.draw() * (stop - index)) if stop - index > 1 else index

    # -- only steps at one object count ------------------------------------------------------------------------

    def selectively(self, enabled: Sequence[Transition]) -> int:
        """Anybody who does not touch the object, or the one who is intended to be the next to touch it.

        `held` are those known to be pending at the object. Where everybody is, the next one is drawn at once.
        """
        held, last = self.held, self.last
        if last is not None:  # it was let through: is it pending at the object again?
            operation = last.operation
            if operation is not None and operation[0].plain and self.concerned.get(operation[1]):
                held.add(last)
            else:
                held.discard(last)
        if self.intended is not None:
            return self.free_or_intended(enabled)
        for transition in enabled:
            if transition[0] not in held:
                return self.free_or_intended(enabled)
        index = self.by_weight(enabled)
        self.last = enabled[index][0]
        return index

    def free_or_intended(self, enabled: Sequence[Transition]) -> int:
        """As `selectively`; whoever is found to be pending at the object is held, and is let through when intended."""
        held, intended = self.held, self.intended
        free = [place for place, each in enumerate(enabled) if each[0] not in held or each[0] is intended]
        index = 0
        while free:
            index = free[int(self.draw() * len(free))]
            owner = enabled[index][0]
            if owner not in held and not self.touches(enabled[index]):
                return index
            if owner is self.intended:
                self.remaining.count_down(owner)
                break
            free.remove(index)
            if len(enabled[index]) == 2 and owner.operation[0].plain:
                held.add(owner)
            if free and self.intended is None:
                first = self.remaining.draw(enabled, self.draw())
                self.intended = enabled[first][0]
                if self.intended is owner or self.intended in held:
                    free.append(first)
        else:  # there is none intended, or it is blocked
            index = self.by_weight(enabled)
        self.last = enabled[index][0] if len(enabled[index]) == 2 else None
        self.intended = None
        return index

    def touches(self, transition: Transition) -> bool:
        """Does it touch the object drawn for this execution?"""
        if len(transition) == 2 and transition[0].operation[0].plain:
            return self.concerns(transition[0].operation[1])
        return any(self.concerns(touched) for touched, _ in footprint(transition))

    def concerns(self, touched: Any) -> bool:
        """Is it the object drawn for this execution?"""
        if touched not in self.concerned:
            self.concerned[touched] = self.census.key_of(touched) == self.selected
        return self.concerned[touched]

    def end(self) -> None:
        """Learn from it; keep nothing of the execution alive."""
        if self.own:
            self.census.end()
        self.remaining.end()
        self.concerned.clear()
        self.held.clear()
        self.intended = self.last = None

    def block(self, number: int) -> UniformRandomWalk:
        """For the part of a search with this number: itself for the first, and a fresh one for every other."""
        return UniformRandomWalk(seed=derived(self.seed, number), selective=self.selective) if number else self

    def __repr__(self) -> str:
        selective = ", selective=True" if self.selective else ""
        return f"UniformRandomWalk(seed={self.seed}{selective})"
