"""Numbers as they may be written on the command line: types for argparse, which says what is wanted."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError


def positive(text: str) -> int:
    """A whole number of at least 1."""
    return _whole(text, 1)


def natural(text: str) -> int:
    """A whole number, 0 or more."""
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise ArgumentTypeError(f"a whole number of at least {least} is wanted; found {text!r}")
    return int(text)


def minutes(text: str) -> float:
    """How long to go on."""
    value = _number(text)
    if not 0 < value <= 1e6:
        raise ArgumentTypeError(f"a number of minutes, more than 0, is wanted; found {text!r}")
    return value


def seconds(text: str) -> float:
    """A time that a person would wait."""
    value = _number(text)
    if not 0.01 <= value <= 1e6:
        raise ArgumentTypeError(f"a number of seconds, 0.01 or more, is wanted; found {text!r}")
    return value


def _number(text: str) -> float:
    """What it says, if that is a number; else none that fits any limits."""
    try:
        return float(text)
    except ValueError:
        return math.nan
