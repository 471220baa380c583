"""The options of strategies, and the settings of executions, checked where they are given."""

from __future__ import annotations

import random
from typing import Any

from harness.model.errors import BadInput
from harness.model.execution import ADVERSARIAL, IDLE, Settings


def whole_number(value: Any, what: str, least: int | None = None) -> int:
    """`value`, if it is a whole number and not below `least`.

    Raises:
        BadInput: it is not; the sentence begins with `what`.
    """
    if type(value) is not int or (least is not None and value < least):
        bound = "" if least is None else f" of at least {least}"
        raise BadInput(f"{what} is a whole number{bound}; found {value!r}")
    return value


def derived(seed: int, number: int) -> int:
    """The seed for the part of a search with this number: `seed` itself for the first."""
    return random.Random(f"{seed}/{number}").getrandbits(64) if number else seed


def checked_settings(clock: str, max_steps: int, early_firings: int, fair_bound: int) -> Settings:
    """The settings, if they make sense.

    Raises:
        BadInput: one does not.
    """
    if clock not in (IDLE, ADVERSARIAL):
        raise BadInput(f"clock is {IDLE!r} or {ADVERSARIAL!r}; found {clock!r}")
    whole_number(max_steps, "max_steps", 1)
    if type(early_firings) is not int or early_firings < 0:
        raise BadInput(f"early_firings is a whole number, 0 or more; found {early_firings!r}")
    if type(fair_bound) is not int or fair_bound < 0:
        raise BadInput(f"fair_bound is a whole number, 0 or more (0: no bound); found {fair_bound!r}")
    return Settings(clock, max_steps, early_firings, fair_bound)
