"""Projects with tests of their own, run by pytest in a folder outside the checkout."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import pytest

import harness.plugin

# A run inside this process forgets the modules that it has imported. The harness must not be among them: half of it
# would stay, referred to by what was here before, and the other half would be imported again.
for found in pkgutil.iter_modules(harness.plugin.__path__, "harness.plugin."):
    importlib.import_module(found.name)

INI = """
[pytest]
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""

Project = Callable[..., pytest.RunResult]


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Write `test_it.py` (and `ini` lines, and a `conftest`) and run pytest with some arguments."""
    for name in ("CI", "PYTEST_ADDOPTS", "COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def run(source: str, *arguments: str, ini: str = "", conftest: str = "", apart: bool = False) -> pytest.RunResult:
        pytester.path.joinpath("pytest.ini").write_text(INI + ini, "utf-8")
        pytester.path.joinpath("test_it.py").write_text(source, "utf-8")
        pytester.path.joinpath("conftest.py").write_text(conftest, "utf-8")
        return pytester.runpytest_subprocess(*arguments) if apart else pytester.runpytest_inprocess(*arguments)

    return run
