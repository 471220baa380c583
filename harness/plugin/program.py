"""The program that an explored test is: its fixtures, its body, and what its fixtures do afterwards.

What can wake whom is told from references, see `harness.runtime.reachability`. So while the body runs, the frames below
it must not refer to the item: all of pytest could be reached from there, and every fixture of the test, whether the
test has asked for it or not. They remember a name only, and look up `_undoing` when the body has come to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from harness.plugin.awaited import Deferred, Started
from harness.plugin.fixtures import Fixtures
from harness.plugin.references import reference
from harness.runtime.teardown import bury

_undoing: dict[str, Callable[[], None]] = {}
"""What tears down the fixtures of the tests that are being explored, by the tests' names."""


class TestProgram:
    """Called once for every execution, as its main goroutine.

    No `try` but where an async fixture needs one: around a goroutine that is left behind for ever, one costs memory,
    see `harness.runtime.teardown`. If the test raises, its fixtures are torn down when the next execution begins.
    """

    __test__ = False

    def __init__(self, item: pytest.Function, fixtures: Fixtures, nodeid: str) -> None:
        self.item = item
        self.fixtures = fixtures
        self.names: tuple[str, ...] = item._fixtureinfo.argnames
        self.reference = reference(nodeid)
        self.started = Started()

    @contextmanager
    def explored(self) -> Iterator[None]:
        """While it is explored; afterwards nothing that was set up for an execution is left."""
        _undoing[self.reference] = self.fixtures.undo
        try:
            yield
        finally:
            del _undoing[self.reference]
            self.fixtures.undo_quietly()

    async def __call__(self) -> Any:
        """The test."""
        name = self.reference
        function, arguments, started = self.begin()
        if started is not None:
            return await _with_async_fixtures(function, arguments, started, self.names, name)
        returned = await function(**arguments)
        _undoing[name]()
        return returned

    def begin(self) -> tuple[Callable[..., Any], Mapping[str, Any], Started | None]:
        """What to call with what, for another execution; all fixtures rather than the arguments, if some are async."""
        for _, generator in self.started.generators:  # of an execution whose main goroutine was left behind
            bury(generator)
        self.started = Started()
        found = self.fixtures.renew()
        if any(isinstance(value, Deferred) for value in found.values()):
            return self.item.obj, {name: found[name] for name in self.item.fixturenames if name in found}, self.started
        return self.item.obj, {name: found[name] for name in self.names}, None


async def _with_async_fixtures(
    function: Callable[..., Any], found: Mapping[str, Any], started: Started, names: tuple[str, ...], name: str
) -> Any:
    """The test, between the two halves of its async fixtures."""
    try:
        arguments = {each: await started.value(value) for each, value in found.items()}
        returned = await function(**{each: arguments[each] for each in names})
    except BaseException:
        await started.finish()
        raise
    await started.finish()
    _undoing[name]()
    return returned
