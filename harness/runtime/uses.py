"""Which names code may still use, and on which of its variables: `errs.send` is a use of `send` on `errs`."""

from __future__ import annotations

import dis
from functools import cache
from types import CodeType
from typing import TypeAlias

from harness.runtime.liveness import reachable, read_by

Use: TypeAlias = tuple[str, str]
"""The variable, empty if it is something else, and the name."""

RANGE = "__anext__"
"""The name for `async for`, which names no method."""
CASES = frozenset({"Send", "Recv"})
"""Functions that stand for a method of their first argument."""


@cache
def uses(code: CodeType, position: int) -> frozenset[Use]:
    """Every global and attribute that the code may name from the instruction at `position` on, functions that it makes
    included."""
    every = list(dis.get_instructions(code))
    places = {instruction.offset: place for place, instruction in enumerate(every)}
    found: set[Use] = set()
    for instruction in reachable(code, position):
        place = places[instruction.offset]
        if isinstance(instruction.argval, CodeType):
            outer = instruction.argval.co_freevars
            found |= {(name if name in outer else "", used) for name, used in uses(instruction.argval, 0)}
        elif instruction.opname == "GET_ANEXT":
            begun = max((at for at in range(place) if every[at].opname == "GET_AITER"), default=0)
            found.add((_variable(every, begun - 1), RANGE))
        elif instruction.opcode in dis.hasname and isinstance(instruction.argval, str):
            name = instruction.argval
            found.add((_variable(every, place + 1 if name in CASES else place - 1), name))
    return frozenset(found)


def _variable(every: list[dis.Instruction], place: int) -> str:
    """The variable that is read there, the last one if there are two; empty if none is."""
    read = list(read_by(every[place])) if 0 <= place < len(every) else []
    return read[-1] if read else ""
