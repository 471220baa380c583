"""Several things in a row, in words, and of many only the first ones."""

from __future__ import annotations

from collections.abc import Sequence


def joined(texts: Sequence[str], most: int = 3, word: str = "and") -> str:
    """ "a", "a and b", "a, b and c"; of more than `most`, the first ones and how many others there are."""
    found = list(texts)
    if len(found) > most:
        found = [*found[:most], others_of(len(found) - most)]
    return f" {word} ".join([*([", ".join(found[:-1])] if found[1:] else []), *found[-1:]])


def others_of(number: int) -> str:
    """How many others there are."""
    return f"{number} {'other' if number == 1 else 'others'}"
