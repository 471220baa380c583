"""What a test asks: by which strategy, how many executions, under which settings, judged by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from harness.exploration import Exploration
from harness.model.errors import BadInput
from harness.oracles import SAFE
from harness.plugin import options
from harness.plugin.strategies import PROVING, Share, made, reseeded, seed_of, share_size
from harness.search.campaign import Oracle, checked_oracles
from harness.search.options import derived, whole_number
from harness.search.parallel.blocks import BLOCK, Divisible
from harness.search.strategy import Strategy

REPEATS_APART = 32
"""Bits. The seeds of a search's blocks are derived with smaller numbers, so no repeat explores another one's blocks."""

SETTINGS = ("clock", "max_steps", "early_firings", "fair_bound", "patience")
LEAST = {"executions": 1, "max_executions": 1, "shares": 1, "seed": 0}


@dataclass(frozen=True, slots=True)
class Question:
    """See the module.

    Attributes:
        proves: whether the strategy comes to an end by itself.
        executions: how many to try, or when a proof gives up.
        base: the seed from which that of `strategy` was derived; None if it draws nothing.
        repeat: for the how-manieth time the test is run, from 0 on; None if it is run once.
        settings: those of the verbs' options that the mark states.
    """

    strategy: Strategy
    proves: bool
    executions: int
    base: int | None
    repeat: int | None
    oracles: tuple[Oracle, ...]
    settings: Mapping[str, Any]

    @property
    def seeding(self) -> str:
        """Where the seed of a repeat comes from; it is numbered as pytest-repeat does."""
        if self.repeat is None or self.base is None:
            return ""
        return f"repeat {self.repeat + 1} of seed {self.base}"


def question(config: pytest.Config, mark: Exploration, repeat: int | None = None, share: int = 0) -> Question:
    """The question that a test's mark asks under the options in force.

    Raises:
        BadInput: the mark makes no sense.
    """
    strategy = made(_strategy(config, mark))
    _check(mark, strategy)
    proves, base = isinstance(strategy, PROVING), None
    if not proves and (base := _seed(config, mark, strategy)) is not None:
        strategy = reseeded(strategy, derived(base, (repeat or 0) << REPEATS_APART))
    executions = _most(config, mark, proves)
    shares = shares_of(config, mark)
    if shares > 1 and isinstance(strategy, Divisible):
        strategy, executions = Share(strategy, share, shares), share_size(executions, share, shares)
    oracles = tuple(checked_oracles(SAFE if mark.oracles is None else mark.oracles))
    settings = {name: value for name in SETTINGS if (value := getattr(mark, name)) is not None}
    return Question(strategy, proves, executions, base, repeat, oracles, settings)


def shares_of(config: pytest.Config, mark: Exploration) -> int:
    """Into how many items a test is divided: of whole blocks, and one only where a strategy is not divisible.

    A proof stays whole: its classes are discovered by one another, so nobody knows beforehand whose share is which.
    """
    strategy = made(_strategy(config, mark))
    wanted = options.given(config, "shares") or mark.shares or options.configured(config, "shares") or 1
    if isinstance(strategy, PROVING) or not isinstance(strategy, Divisible) or options.replaying(config):
        return 1
    blocks = -(-_most(config, mark, False) // BLOCK)
    return int(min(wanted, blocks))


def _strategy(config: pytest.Config, mark: Exploration) -> Any:
    own = mark.strategy if mark.strategy is not None else "dpor" if mark.prove else None
    return options.given(config, "strategy") or own or options.in_force(config, "strategy")


def _most(config: pytest.Config, mark: Exploration, proves: bool) -> int:
    if proves:
        return mark.max_executions or options.profile(config)[1].max_executions
    most = options.given(config, "executions") or mark.executions or options.in_force(config, "executions")
    return int(most)


def _seed(config: pytest.Config, mark: Exploration, strategy: Strategy) -> int | None:
    """The base seed; None if the strategy takes none."""
    own = seed_of(strategy)
    if own is None:
        return None
    commanded = options.given(config, "seed")
    stated = own if _is_instance(mark.strategy) and options.given(config, "strategy") is None else mark.seed
    found = next(seed for seed in (commanded, stated, options.in_force(config, "seed")) if seed is not None)
    return int(found)


def _is_instance(spec: Any) -> bool:
    return spec is not None and not isinstance(spec, str | type)


def _check(mark: Exploration, strategy: Strategy) -> None:
    """Complain about a mark that makes no sense, or contradicts itself."""
    for name, least in LEAST.items():
        if getattr(mark, name) is not None:
            whole_number(getattr(mark, name), f"explore({name}=...)", least)
    own = made(mark.strategy) if mark.strategy is not None else made("dpor") if mark.prove else strategy
    if mark.prove and not isinstance(own, PROVING):
        raise BadInput(f"explore(prove=True) contradicts strategy={own!r}, which proves nothing: leave out one of them")
    _check_options(mark, own)


def _check_options(mark: Exploration, own: Strategy) -> None:
    proves, stated = isinstance(own, PROVING), mark.prove or mark.strategy is not None
    why = "comes to an end by itself and draws nothing" if proves else "proves nothing"
    for name in ("executions", "seed", "shares") if proves else ("max_executions",):
        if stated and getattr(mark, name) is not None:
            raise BadInput(f"explore({name}=...) contradicts strategy={own!r}, which {why}: leave out one of them")
    if mark.seed is not None and _is_instance(mark.strategy):
        raise BadInput(f"explore(seed=...) contradicts strategy={own!r}, which has a seed: leave out one of them")
    if (mark.shares or 1) > 1 and not proves and not isinstance(own, Divisible):
        raise BadInput(f"explore(shares=...) needs a strategy with a method block(number); {own!r} has none")
