"""Where a goroutine is, as far as only its own steps decide that.

The places of its frames, and what their own variables and stacks hold: numbers, texts, tuples of such, iterators with
their position, primitives by name; of everything else its class. What other goroutines could reach as well (closure
variables, lists, objects) is left out on purpose: they change it at moments that the search takes to be irrelevant, so
that the answer would depend on the order of steps that are independent.
"""

from __future__ import annotations

import gc
from types import CellType, CoroutineType, FrameType, GeneratorType
from typing import Any

from harness.primitives.world import Primitive
from harness.runtime.liveness import FRAMES

ATOMS = frozenset((int, float, complex, str, bytes, bool, type(None)))


def local_state(value: Any) -> Any:
    """One variable's value, or a suspended coroutine with everything that it awaits."""
    kind = type(value)
    if kind in ATOMS:
        return kind, repr(value)
    if kind is tuple:
        return tuple([local_state(each) for each in value])
    if isinstance(value, Primitive):
        return value.identity
    if kind is CoroutineType or kind is GeneratorType:
        return _suspended(value)
    if kind.__module__ == "builtins" and "__reduce__" in vars(kind) and hasattr(value, "__next__"):
        return kind, tuple([local_state(part) for part in value.__reduce__()[1:]])
    return kind


def _suspended(coroutine: Any) -> Any:
    frame, code = (getattr(coroutine, name) for name in FRAMES[type(coroutine)])
    if frame is None:
        return None
    variables = frame.f_locals
    own = [(name, local_state(variables[name])) for name in code.co_varnames if _is_own(name, code, variables)]
    others = [each for each in gc.get_referents(coroutine) if each is not variables]
    stack = [local_state(each) for each in others if type(each) not in (CellType, FrameType)]
    return code, frame.f_lasti, tuple(own), tuple(stack)


def _is_own(name: str, code: Any, variables: Any) -> bool:
    return name in variables and name not in code.co_cellvars
