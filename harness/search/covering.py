"""Notes in which order the conflicting operations of an execution were taken, by running it once more.

One execution of each class is enough: in the others of the class the conflicting operations come in the same order.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from harness.model.coverage import Coverage, Pair, Site
from harness.model.dependence import Label
from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.primitives.channel import NIL
from harness.primitives.naming import describe
from harness.primitives.select import footprint
from harness.runtime.execute import Subject
from harness.runtime.location import location
from harness.runtime.scheduler import Scheduler
from harness.search.again import taken_again
from harness.search.classes import ORDERING

Touching: TypeAlias = tuple[Site, Label]
CLOCK = "the clock"


class Covering:
    """What several executions have shown.

    Attributes:
        orders: (earlier, later) of every two conflicting operations that were seen so.
        touching: for each object, by identity, who did what to it.
    """

    def __init__(self) -> None:
        self.orders: set[tuple[Site, Site]] = set()
        self.touching: dict[str, set[Touching]] = {}

    def look_at(self, subject: Subject, execution: Execution) -> None:
        """Take in another execution."""
        taken_again(subject, execution, lambda scheduler: Sites(scheduler, self))

    def add(self, other: Covering) -> None:
        """Those of another part of the search."""
        self.orders |= other.orders
        for identity, touching in other.touching.items():
            self.touching.setdefault(identity, set()).update(touching)

    def coverage(self) -> Coverage:
        """Every pair, in the order of their texts."""
        both = {Pair(*sorted(order)) for order in self.orders if order[::-1] in self.orders}
        one = {Pair(*order) for order in self.orders if order[::-1] not in self.orders}
        met = both | one | {Pair(pair.second, pair.first) for pair in one}
        never = {
            Pair(*sorted((site, other)))
            for touching in self.touching.values()
            for site, label in touching
            for other, other_label in touching
            if other_label in ORDERING[label] and site.goroutine != other.goroutine
        }
        return Coverage(tuple(sorted(both)), tuple(sorted(one)), tuple(sorted(never - met)))


class Sites:
    """An execution in progress, each step of which is noted."""

    def __init__(self, scheduler: Scheduler, covering: Covering) -> None:
        self.scheduler = scheduler
        self.covering = covering
        self.before: dict[Any, dict[Touching, None]] = {}

    def take(self, transition: Transition) -> None:
        """Take it, and note what came before."""
        touches = [(touched, label) for touched, label in footprint(transition) if touched is not NIL]
        for site in sites(transition) if touches else ():
            for touched, label in touches:
                before = self.before.setdefault(touched, {})
                self.note(before, site, label)
                self.covering.touching.setdefault(touched.identity, set()).add((site, label))
        self.scheduler.take(transition)

    def note(self, before: dict[Touching, None], site: Site, label: Label) -> None:
        """An operation touches an object so, after these."""
        for other, other_label in before:
            if other_label in ORDERING[label] and other.goroutine != site.goroutine:
                self.covering.orders.add((other, site))
        before[site, label] = None


def sites(transition: Transition) -> list[Site]:
    """Who takes part in a step that is about to be taken, with what and where."""
    if len(transition) == 1:
        return [Site(CLOCK, f"fire {getattr(transition[0], 'name', 'a timer')}", "")]
    return [Site(part.name, describe(part.operation), location(part.coroutine)) for part in transition[::2]]
