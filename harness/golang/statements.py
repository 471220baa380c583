"""What a program in data consists of, and what its two renderings have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

Statement: TypeAlias = tuple[Any, ...]
Body: TypeAlias = tuple[Statement, ...]

NIL_CHANNEL = 2


def flat(body: Body) -> Iterator[Statement]:
    """Every statement of a body and of the bodies in it."""
    for statement in body:
        yield statement
        for part in statement[1:]:
            if statement[0] != "select" and isinstance(part, tuple):
                yield from flat(part)


def filled(template: str, statement: Statement) -> list[str]:
    """A simple statement, by the template of its verb."""
    number = statement[1] if len(statement) > 1 else 0
    return template.format(*statement[1:], n="nil" if number == NIL_CHANNEL else f"c{number}").split("\n")


def received(channel: str, timer: str, context: str) -> str:
    """The channel that is received from: itself, a timer's, or a context's."""
    return channel + {"t": timer, "d": context}.get(channel[0], "")
