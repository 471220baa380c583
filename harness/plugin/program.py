"""The program that an explored test is: its fixtures, its body, and what its fixtures do afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from harness.plugin.awaited import Deferred, Started
from harness.plugin.fixtures import Fixtures
from harness.plugin.references import reference
from harness.runtime.teardown import bury


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

    async def __call__(self) -> Any:
        """The test."""
        self.abandon()
        found = self.fixtures.renew()
        if any(isinstance(value, Deferred) for value in found.values()):
            return await self.with_async_fixtures(dict(found))
        function = self.item.obj
        returned = await function(**{name: found[name] for name in self.names})
        self.fixtures.undo()
        return returned

    async def with_async_fixtures(self, found: dict[str, Any]) -> Any:
        """The test, between the two halves of its async fixtures."""
        self.started = started = Started()
        try:
            arguments = {name: await started.value(found[name]) for name in self.item.fixturenames if name in found}
            returned = await self.item.obj(**{name: arguments[name] for name in self.names})
        except BaseException:
            await started.finish()
            raise
        await started.finish()
        self.fixtures.undo()
        return returned

    def abandon(self) -> None:
        """Async fixtures of an execution whose main goroutine was left behind: they never go on."""
        for _, generator in self.started.generators:
            bury(generator)
        self.started = Started()
