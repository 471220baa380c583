"""What a violation is about, as a value: two executions with the same cause show the same bug.

The cause is the oracle, the way in which the execution ended, and some particulars: the operations of those who are
blocked for good, the text and the place of a panic, the variable and the two accesses of a race; of other oracles the
sentence, without its numbers. Goroutines do not count, nor how many of them do the same: a bug is the same bug with one
worker fewer. Of several particulars a smaller execution may show some only, for example one of two leaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from harness.model.execution import Execution

Judge: TypeAlias = Callable[[Execution], str | None]
Particulars: TypeAlias = Callable[[Execution], Iterable[str]]
J = TypeVar("J", bound=Judge)

ANY = ""
"""The kind of a cause that has nothing to do with how the execution ends."""


@dataclass(frozen=True, slots=True)
class Cause:
    """See above.

    Attributes:
        oracle: the name of the oracle.
        kind: how the execution ended ("panic", "deadlock", ...), or `ANY`.
        particulars: what else tells it from other causes.
    """

    oracle: str
    kind: str
    particulars: frozenset[str]

    def covers(self, other: Cause) -> bool:
        """Is the other one this cause, or a part of it?"""
        if (self.oracle, self.kind) != (other.oracle, other.kind):
            return False
        return other.particulars <= self.particulars and bool(other.particulars) == bool(self.particulars)

    @property
    def words(self) -> str:
        """Everything but the oracle, as one text: equal for equal causes of one oracle."""
        return ", ".join(filter(None, (self.kind, *sorted(self.particulars))))

    def __str__(self) -> str:
        return f"{self.oracle}: {self.words}"


def told_by(particulars: Particulars, kind: str | None = None) -> Callable[[J], J]:
    """Decorates an oracle: its causes have these particulars, and this kind instead of how the execution ended."""

    def decorate(oracle: J) -> J:
        vars(oracle)["particulars"] = particulars
        vars(oracle)["kind"] = kind
        return oracle

    return decorate
