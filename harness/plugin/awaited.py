"""Async fixtures with function scope: part of the program under test.

They run in the main goroutine, before the test and, from their `yield` on, after it. pytest is given a `Deferred` in
their place. Those that a plugin for asyncio has marked as its own, and those with a wider scope, are left to it; what
these have of the harness, or no plugin runs, is refused.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from _pytest.fixtures import resolve_fixture_function

from harness.model.errors import BadInput, OutsideProgram

FOREIGN = ("_force_asyncio_fixture", "_pytest_trio_fixture")
"""What other plugins attach to the async fixtures that are theirs."""


class Deferred:
    """An async fixture that has not run yet."""

    def __init__(self, name: str, function: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
        self.name = name
        self.function = function
        self.arguments = arguments


class Started:
    """The async fixtures of one execution: their values, and the generators that have more to do."""

    def __init__(self) -> None:
        self.values: dict[Deferred, Any] = {}
        self.generators: list[tuple[str, Any]] = []

    async def value(self, found: Any) -> Any:
        """What an argument stands for; an async fixture runs to its end or its `yield`."""
        if not isinstance(found, Deferred):
            return found
        if found not in self.values:
            arguments = {name: await self.value(value) for name, value in found.arguments.items()}
            made = found.function(**arguments)
            if inspect.isasyncgen(made):
                self.generators.append((found.name, made))
                made = anext(made)
            self.values[found] = await made
        return self.values[found]

    async def finish(self) -> None:
        """Run what is behind each `yield`, the last fixture first."""
        while self.generators:
            name, generator = self.generators.pop()
            try:
                await anext(generator)
            except StopAsyncIteration:
                continue
            raise BadInput(
                f"the async fixture {name!r} yields twice: what is behind its first yield must not yield again"
            )


@contextmanager
def deferred(definition: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """While pytest sets up this fixture of an explored test: defer it if it is async.

    Raises:
        BadInput: a plain fixture uses one that is not there yet; or one of wider scope is of no use.
    """
    if definition.scope != "function":
        with _outside(definition, request):
            yield
        return
    if any(hasattr(definition.func, name) for name in FOREIGN):
        yield
        return
    function = resolve_fixture_function(definition, request)
    if not (inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)):
        _check(definition, request)
        yield
        return

    def defer(**arguments: Any) -> Deferred:
        return Deferred(definition.argname, function, arguments)

    original, definition.func = definition.func, defer
    try:
        yield
    finally:
        definition.func = original


@contextmanager
def _outside(definition: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """While a fixture is set up once for all executions, outside of any: what it cannot do there is told.

    The other tests that ask for it are told the same: pytest keeps what a fixture has raised, and so does this.
    """
    name = f"the fixture {definition.argname!r} has the scope {definition.scope}, so it is set up outside of executions"
    try:
        yield
    except OutsideProgram as error:
        action = str(error).partition(" was called outside")[0]
        wrong = BadInput(f"{name}, and calls {action}, which belongs into one: make the fixture function-scoped")
    except pytest.fail.Exception:
        if not (inspect.iscoroutinefunction(definition.func) or inspect.isasyncgenfunction(definition.func)):
            raise
        wrong = BadInput(f"{name}, and is async, where no event loop runs: make the fixture function-scoped")
    else:
        return
    definition.cached_result = None, definition.cache_key(request), (wrong, None)
    raise wrong from None


def _check(definition: Any, request: pytest.FixtureRequest) -> None:
    for name in definition.argnames:
        if name != "request" and isinstance(request.getfixturevalue(name), Deferred):
            raise BadInput(
                f"the fixture {definition.argname!r} is a plain function and uses the async fixture {name!r}, "
                f"which runs in the test's main goroutine: make {definition.argname!r} async, too"
            )
