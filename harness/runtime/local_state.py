"""Where a goroutine is, as far as only its own steps decide that.

The places of its frames, and what their own variables and stacks hold: numbers, texts, tuples of such, iterators with
their position, primitives by name; of everything else its class. What other goroutines could reach as well (closure
variables, lists, objects) is left out on purpose: they change it at moments that the search takes to be irrelevant, so
that the answer would depend on the order of steps that are independent.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable
from itertools import repeat
from operator import length_hint
from types import CellType, CoroutineType, FrameType, GeneratorType
from typing import Any

from harness.primitives.world import Primitive
from harness.runtime.liveness import FRAMES

ATOMS = frozenset((int, float, complex, str, bytes, bool, type(None)))
WALKED: tuple[Iterable[Any], ...] = ({}, {}.values(), {}.items(), set(), range(0), range(1 << 70), repeat(0, 0))
COUNTING = frozenset(type(iter(each)) for each in WALKED)
"""Iterators that tell how much is left, and that nobody else has a part in."""


def atom(value: Any) -> Any:
    """A value of one of the `ATOMS`, so that two that a program could tell apart differ: 0.0 and -0.0, 1 and True."""
    kind = type(value)
    return kind, repr(value) if kind in (float, complex) else value


def local_state(value: Any) -> Any:
    """One variable's value, or a suspended coroutine with everything that it awaits."""
    found: list[Any] = []
    suspended: list[Any] = []
    waiting = [value]
    while waiting:
        each = waiting.pop()
        kind = type(each)
        parts: list[Any] = []
        if kind in ATOMS:
            found.append(atom(each))
        elif isinstance(each, Primitive):
            found.append(each.identity)
        elif kind is CoroutineType or kind is GeneratorType:
            if any(each is other for other in suspended):
                found.append(kind)
            else:
                suspended.append(each)
                place, parts = _suspended(each)
                found.append(place)
        else:
            left = length_hint(each) if kind in COUNTING else None
            parts = _parts(each, kind)
            found.append((kind, left, len(parts)))
        waiting += reversed(parts)
    return tuple(found)


def _parts(value: Any, kind: type) -> list[Any]:
    """What a tuple or an iterator of a known kind is made of."""
    if kind is tuple:
        return list(value)
    if hasattr(value, "__next__"):
        if kind.__module__ == "itertools":
            return gc.get_referents(value)
        if kind.__module__ in ("builtins", "collections", "_collections") and "__reduce__" in vars(kind):
            return list(value.__reduce__()[1:])
    return []


def _suspended(coroutine: Any) -> tuple[Any, list[Any]]:
    """Where a coroutine or generator is, and what its own variables and its stack hold."""
    frame, code = (getattr(coroutine, name) for name in FRAMES[type(coroutine)])
    if frame is None:
        return None, []
    variables = frame.f_locals
    own = [name for name in code.co_varnames if name in variables and name not in code.co_cellvars]
    others = [each for each in gc.get_referents(coroutine) if each is not variables]
    stack = [each for each in others if type(each) not in (CellType, FrameType)]
    return (code, frame.f_lasti, tuple(own), len(stack)), [variables[name] for name in own] + stack
