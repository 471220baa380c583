"""What a call of an operation gives: a coroutine, so that Python says so where nobody awaits it.

`types.coroutine` makes a generator awaitable, and of a generator that is thrown away unused Python says nothing: then
`channel.send(1)` on a line of its own does nothing, without a word. What tells the two apart is a flag of the code.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from functools import update_wrapper
from inspect import CO_COROUTINE, CO_GENERATOR
from types import FunctionType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def coroutine(function: Callable[P, Generator[Any, Any, R]]) -> Callable[P, Awaitable[R]]:
    """A generator function as an async function: whoever resumes it is given what it yields, as with its `await`s."""
    code = function.__code__
    made = FunctionType(
        code.replace(co_flags=code.co_flags & ~CO_GENERATOR | CO_COROUTINE),
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    made.__kwdefaults__ = function.__kwdefaults__
    return update_wrapper(made, function)
