"""What a call of an operation gives: a coroutine, so that Python says so where nobody awaits it.

`types.coroutine` makes a generator awaitable, and of a generator that is thrown away unused Python says nothing: then
`channel.send(1)` on a line of its own does nothing, without a word. What tells the two apart is a flag of the code.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from inspect import CO_COROUTINE, CO_GENERATOR
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def coroutine(function: Callable[P, Generator[Any, Any, R]]) -> Callable[P, Awaitable[R]]:
    """A generator function as an async function: whoever resumes it is given what it yields, as with its `await`s."""
    code = function.__code__
    function.__code__ = code.replace(co_flags=code.co_flags & ~CO_GENERATOR | CO_COROUTINE)
    return function  # type: ignore[return-value]
