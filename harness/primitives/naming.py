"""How goroutines and pending operations are called, the same in both runtimes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from harness.model.operation import Operation
from harness.primitives.select import SELECT
from harness.primitives.world import Nothing


def title_of(function: Callable[..., Any]) -> str:
    """What a goroutine that runs `function` is called; with a number, the last part of its spawn path."""
    while isinstance(function, partial):
        function = function.func
    name: str = getattr(function, "__name__", type(function).__name__)
    return name


def describe(operation: Operation | None) -> str:
    """A pending operation in words: "receive on streamChan"."""
    if operation is None:
        return "start"
    kind = operation[0]
    if kind is SELECT:
        cases = [describe(case) for case in operation[1]] + (["default"] if operation[2] else [])
        return f"select {{{', '.join(cases)}}}"
    if isinstance(operation[1], Nothing):
        return str(kind.name)
    return f"{kind.name} on {operation[1].name}"
