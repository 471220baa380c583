"""One execution whose decisions are drawn as the program asks: numbers that are small where little happens.

Undisturbed, the goroutine that moved last goes on; when it cannot, the oldest one that can does; timers come last. Of n
transitions in this order, number d passes over d of them. So 0 everywhere switches only where it must, and any other
number is a reason for a switch that can be shrunk away.

Two things make bugs likely that a walk at random hardly ever meets. Numbers from n on count as 0, so that switches are
rarer than one in n, how rare is drawn once; and all numbers keep their meaning while they shrink. And a few goroutines
may be told to be late: such a one moves when nobody else can, the idea of priorities in Burckhardt and others (ASPLOS
2010, see `harness.search.pct`). Measured on the seed's buggy handler with the plans of `stream_plans(max_late=1)`: a
late event is lost in 32 of 1,064 examples, and in none of 900 random walks.

An endless execution cannot be drawn wholly: after `most` numbers the answer is always 0. Because nobody takes turns by
themselves, whoever yields lets all others come first, and every `PATIENCE` steps the next in the order of creation
comes first; nobody is late for longer than that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from harness.model.operation import Transition
from harness.primitives.choice import YIELDS

PATIENCE = 200
CALM = (32, 8)
"""How many numbers beyond n there are: one of these for each execution."""
LATE = 3
"""How many goroutines may be late, at most."""
GOROUTINES = 5
"""Of how many, counted in the order of creation."""

Below: TypeAlias = Callable[[int], int]


class Drawn:
    """Must hear of every step; draws each number with `below(n)`, which gives one in range(n)."""

    def __init__(self, below: Below, most: int) -> None:
        self.below = below
        self.left = most
        self.calm = CALM[self.number(len(CALM))]
        self.late: list[int] = []
        while len(self.late) < LATE and self.number(2):
            self.late.append(self.number(GOROUTINES))
        self.movers: Sequence[int] = ()
        self.first = 0
        self.steps = 0

    def choose(self, enabled: Sequence[Transition]) -> int:
        """Draw a number, if there is a choice, and pass over as many transitions."""
        self.steps += 1
        if self.steps % PATIENCE == 0:
            self.rotate(enabled)
        order = sorted(range(len(enabled)), key=lambda index: self.distance(enabled[index]))
        number = self.number(len(enabled) + self.calm) if len(enabled) > 1 else 0
        index = order[number if number < len(enabled) else 0]
        self.pass_on(enabled[index])
        return index

    def number(self, ceiling: int) -> int:
        """The next number below `ceiling`."""
        if not self.left:
            return 0
        self.left -= 1
        return self.below(ceiling)

    def distance(self, transition: Transition) -> tuple[int, bool, bool, int]:
        """How far it is from its turn; a rendezvous is as far as the nearer of the two."""
        if len(transition) == 1:
            return LATE + 1, False, False, 0
        return min(self.turn(owner.serial) for owner in transition[::2])

    def turn(self, serial: int) -> tuple[int, bool, bool, int]:
        """How far a goroutine is from its turn."""
        lateness = self.late.index(serial) + 1 if serial in self.late else 0
        return lateness, serial not in self.movers, serial < self.first, serial

    def pass_on(self, taken: Transition) -> None:
        """Who goes on after this step; after one of the clock's, who went on before it."""
        if len(taken) == 1:
            return
        self.movers = [owner.serial for owner in taken[::2]]
        if len(taken) == 2 and taken[0].operation[0] in YIELDS:
            self.movers, self.first = (), taken[0].serial + 1

    def rotate(self, enabled: Sequence[Transition]) -> None:
        """It is the next one's turn, and nobody is late any more."""
        serials = [transition[0].serial for transition in enabled if len(transition) > 1]
        self.movers, self.late = (), []
        self.first = min((serial for serial in serials if serial > self.first), default=0)

    def end(self) -> None:
        """Nothing to remember."""
