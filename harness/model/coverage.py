"""Which conflicting operations the executions of a search took in which order.

Only pairs whose order the schedule decides, or could decide if nothing else in the program did: of one object, by two
goroutines, at least one of them changing it. That the k-th receive follows the k-th send is not the schedule's doing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """An operation of a goroutine: who, doing what ("store on total"), at which line (`file:line`)."""

    goroutine: str
    operation: str
    place: str

    def __str__(self) -> str:
        return f"{self.operation} by {self.goroutine}" + f" ({self.place})" * bool(self.place)


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two conflicting operations."""

    first: Site
    second: Site


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was seen of every pair of conflicting operations.

    Attributes:
        both: pairs that were seen in both orders, in one execution or in several.
        one: pairs of which `first` always came first. After a proof this is what the program itself orders.
        never: pairs that never met: no execution had both, though each of them happened.
    """

    both: tuple[Pair, ...] = ()
    one: tuple[Pair, ...] = ()
    never: tuple[Pair, ...] = ()
