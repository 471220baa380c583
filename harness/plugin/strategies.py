"""From what a mark, an option or a profile says to a strategy of a test's own, with the seed that it is to have."""

from __future__ import annotations

import copy
import inspect
from typing import Any

from harness.cli import catalog
from harness.model.errors import BadInput
from harness.search.dpor.strategy import DPOR
from harness.search.exhaustive import Exhaustive
from harness.search.parallel.blocks import BLOCK, Divisible
from harness.search.preemption_bounded import PreemptionBounded
from harness.search.strategy import Strategy, checked

PROVING = (DPOR, Exhaustive, PreemptionBounded)
"""The strategies that come to an end: a test explored by one of them is proved, or inconclusive."""


PLAIN = (int, float, str)


def made(spec: Any) -> Strategy:
    """A fresh strategy from a name, a class or an instance, which is copied: tests share no history.

    Raises:
        BadInput: there is none with this name, a class needs arguments, or a method is missing.
    """
    if isinstance(spec, str):
        return catalog.strategy(spec, None)
    if not isinstance(spec, type):
        return copy.deepcopy(checked(spec))
    try:
        return checked(spec())
    except TypeError as error:
        raise BadInput(f"strategy={spec.__name__} needs arguments ({error}): write {spec.__name__}(...)") from error


def seed_of(strategy: Strategy) -> int | None:
    """Its seed; None if it draws nothing, or cannot be made again from its attributes."""
    parameters = inspect.signature(type(strategy)).parameters
    known = {name for name in parameters if isinstance(getattr(strategy, name, None), PLAIN)}
    needed = {name for name, parameter in parameters.items() if parameter.default is parameter.empty}
    seed = getattr(strategy, "seed", None)
    return seed if type(seed) is int and "seed" in parameters and needed <= known else None


def reseeded(strategy: Strategy, seed: int) -> Strategy:
    """Another of the same kind and with the same plain options, which draws from `seed`."""
    kept = {name: getattr(strategy, name, None) for name in inspect.signature(type(strategy)).parameters}
    options = {name: value for name, value in kept.items() if isinstance(value, PLAIN)}
    fresh: Strategy = type(strategy)(**{**options, "seed": seed})
    return fresh


class Share:
    """Every block of a search whose number modulo `shares` is `number`; all shares together are the whole search."""

    def __init__(self, whole: Divisible, number: int, shares: int) -> None:
        self.whole = whole
        self.number = number
        self.shares = shares
        self.first = whole.block(number)

    def begin(self) -> bool:
        """As its first block."""
        return self.first.begin()

    def choose(self, enabled: Any) -> int:
        """As its first block."""
        return self.first.choose(enabled)

    def end(self) -> None:
        """As its first block."""
        self.first.end()

    def block(self, number: int) -> Strategy:
        """Its block with this number, which is another one's in the whole."""
        return self.whole.block(self.number + number * self.shares)

    def __repr__(self) -> str:
        return f"{self.whole!r}, share {self.number + 1} of {self.shares}"


def share_size(executions: int, number: int, shares: int) -> int:
    """How many of `executions` are in a share."""
    return sum(min(BLOCK, executions - start) for start in range(number * BLOCK, executions, shares * BLOCK))
