"""What a strategy is: three methods, asked one question.

`begin` starts another execution, or says that there is none left to look at. `choose` answers every decision of
that execution with an index; it is asked only where there are two or more transitions. `end` tells that the
execution is over. A strategy whose executions are independent uniform walks may also offer `random`, the source
of its numbers in [0, 1); the campaign then uses a faster loop. One that must hear of every step, because it counts
them, sets `always`: then `choose` is also asked about a single transition. The campaign looks at it after `begin`.
A strategy that must see more than what is on offer has `execute(subject)`, which runs the execution by itself.
One that draws its executions, so that they may be shared out among workers, has `block(number)`, the strategy for each
block of them: see `harness.search.parallel.blocks`. Of these alone is it told how likely what they have not seen is.
One whose schedules are made smaller by whoever made it has `falsified(error)`: `check` leaves the failing execution as
it is, and raises what that gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from harness.model.answers import Falsified
from harness.model.errors import BadInput
from harness.model.operation import Transition


class Choose(Protocol):
    """How a strategy answers one question; for those that have several ways of doing so."""

    def __call__(self, enabled: Sequence[Transition]) -> int:
        """The index of the transition to take."""


@runtime_checkable
class Strategy(Protocol):
    """Chooses schedules."""

    def begin(self) -> bool:
        """Start another execution; False if there is nothing left to explore."""

    def choose(self, enabled: Sequence[Transition]) -> int:
        """The index of the transition to take."""

    def end(self) -> None:
        """The execution that was begun is over."""


@runtime_checkable
class Shrinking(Protocol):
    """A strategy whose maker shrinks."""

    def falsified(self, error: Falsified) -> Falsified:
        """What to raise: `error`, with whatever the maker adds to it."""


def checked(strategy: Any) -> Strategy:
    """`strategy`, if it has the three methods.

    Raises:
        BadInput: a method is missing.
    """
    if isinstance(strategy, type):
        raise BadInput(f"a strategy is an object, not a class: write {strategy.__name__}(...)")
    missing = [name for name in ("begin", "choose", "end") if not callable(getattr(strategy, name, None))]
    if missing:
        raise BadInput(f"a strategy has the methods begin, choose and end; {strategy!r} lacks {', '.join(missing)}")
    found: Strategy = strategy
    return found
