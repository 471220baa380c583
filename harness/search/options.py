"""The options of strategies, checked where they are given."""

from __future__ import annotations

import random
from typing import Any

from harness.model.errors import BadInput


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
