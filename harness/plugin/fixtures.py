"""Function-scoped fixtures, set up anew for every execution.

What has a wider scope is set up once, outside of any execution, and so is pytest's own `tmp_path`: it is emptied
instead, because its path must not differ from one execution to the next. Everything else is first set up in an
execution of its own, where nothing happens: so that a mistake in it is an error at setup, as always. The fixtures of
that execution, and of one that never came to the end of the test, are torn down without a word about what that raises:
nobody has used them as they are meant to be used.
"""

from __future__ import annotations

import inspect
import shutil
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from _pytest.outcomes import OutcomeException

from harness.model.execution import Settings
from harness.model.outcome import Panicked
from harness.model.place import OWN_FOLDER
from harness.runtime.execute import Subject

KEPT_MODULE = "_pytest.tmpdir"

TEARDOWN = (Exception, OutcomeException)
"""What a fixture may raise when it is torn down; pytest.fail and its like are no `Exception`."""


class Fixtures:
    """The fixtures of one item; `base` is how many of its finalizers belong to what is kept."""

    def __init__(self, item: pytest.Function) -> None:
        self.item = item
        self.base = 0
        self.kept: list[tuple[list[Any], int]] = []
        self.renewing = False

    def set_up(self) -> None:
        """Set up what is kept, and try the others once.

        Raises:
            BaseException: what a fixture raised.
        """
        request = self.item._request
        for name in self.item.fixturenames:
            if self.is_kept(name) and name not in self.item.funcargs:
                self.item.funcargs[name] = request.getfixturevalue(name)
        self.base = len(self.finalizers)
        definitions = [each for name in self.item.fixturenames for each in self.definitions(name)]
        self.kept = [(each._finalizers, len(each._finalizers)) for each in definitions if each.cached_result]
        outcome = Subject(self.fill, (), Settings(max_steps=1)).execute(lambda enabled: 0).outcome
        if isinstance(outcome, Panicked) and outcome.error is not None:
            raise outcome.error
        self.renewing = len(self.finalizers) > self.base

    async def fill(self) -> None:
        """As a goroutine: fixtures create channels, and start goroutines."""
        self.item._request._fillfixtures()

    def renew(self) -> dict[str, Any]:
        """New fixtures for another execution, and a new instance of the test's class; the arguments."""
        if self.renewing:
            self.undo_quietly()
            _initialise(self.item)
            self.item._request._fillfixtures()
        elif self.item.cls is not None:
            _forget_instance(self.item)
        return self.item.funcargs

    @property
    def finalizers(self) -> list[Callable[[], object]]:
        """What pytest will do after the test, last first."""
        return self.item.session._setupstate.stack[self.item][0]

    def undo(self) -> None:
        """Tear down what was set up for an execution.

        Raises:
            BaseException: the first that a fixture raised; the others are torn down all the same.
        """
        raised: list[BaseException] = []
        while len(self.finalizers) > self.base:
            try:
                self.finalizers.pop()()
            except TEARDOWN as error:
                raised.append(error)
        for finalizers, number in self.kept:  # what was torn down needs no tearing down, and must not pile up
            del finalizers[number:]
        if isinstance(path := self.item.funcargs.get("tmp_path"), Path) and self.is_kept("tmp_path"):
            _empty(path)
        if raised:
            raise raised[0]

    def undo_quietly(self) -> None:
        """The same, where it does not count: see the module."""
        try:
            self.undo()
        except TEARDOWN:
            pass

    def is_kept(self, name: str) -> bool:
        """Is it set up once for all executions?"""
        defined = self.definitions(name)[-1:]
        return any(each.scope != "function" or getattr(each.func, "__module__", "") == KEPT_MODULE for each in defined)

    def hint(self) -> str:
        """Which fixtures of the user's may be what one execution leaves to the next; empty if there are none."""
        found = [each for name in self.item.fixturenames for each in self.definitions(name)[-1:]]
        wider = [f"{each.argname} ({each.scope})" for each in found if each.scope != "function" and _is_users(each)]
        if not wider:
            return ""
        many = "s" * (len(wider) > 1)
        return f"make the fixture{many} {', '.join(wider)} function-scoped, to be set up anew for every execution"

    def definitions(self, name: str) -> tuple[Any, ...]:
        """Those of this name, the one in force last."""
        return tuple(self.item._fixtureinfo.name2fixturedefs.get(name, ()))


def _is_users(definition: Any) -> bool:
    """Is a fixture's file one of the user's?"""
    code = getattr(inspect.unwrap(definition.func), "__code__", None)
    return code is not None and not code.co_filename.startswith((OWN_FOLDER, sysconfig.get_path("purelib")))


def _initialise(item: pytest.Function) -> None:
    _forget_instance(item)
    item._initrequest()


def _forget_instance(item: pytest.Function) -> None:
    """pytest makes another when it is asked for one."""
    if item.cls is not None:
        vars(item).pop("_instance", None)
        vars(item).pop("_obj", None)


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
