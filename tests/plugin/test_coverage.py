"""Coverage of code under exploration: the lines and branches that a look at the code says were taken."""

from __future__ import annotations

import json

import pytest

from tests.plugin.conftest import Project

CODE = """\
from harness import Atomic, go, choose


async def transfer(flag):
    total = Atomic(0)

    async def worker():
        await total.add(1)
        if await choose(2):
            await total.add(10)
        if flag:
            await total.add(100)
        else:
            unreached = 1

    go(worker)
    return await total.load()


def never():
    return 3
"""
MISSING = [14, 21]
MISSING_BRANCHES = [[11, 14]]

SOURCE = """
import harness
from bank import transfer
@harness.explore
async def test_drawn():
    await transfer(True)
@harness.explore(prove=True)
async def test_proved():
    await transfer(True)
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_lines_and_branches_are_those_that_were_taken(
    project: Project, pytester: pytest.Pytester, workers: str
) -> None:
    pytester.path.joinpath("bank.py").write_text(CODE, "utf-8")
    arguments = ("-n", workers, "--cov=bank", "--cov-branch", "--cov-report=json", "--import-mode=append")
    project(SOURCE, *arguments, apart=True, ini="pythonpath = .").assert_outcomes(passed=2)
    told = json.loads(pytester.path.joinpath("coverage.json").read_text("utf-8"))["files"]["bank.py"]
    assert told["missing_lines"] == MISSING
    assert told["missing_branches"] == MISSING_BRANCHES
    assert 10 in told["executed_lines"] and [9, 11] in told["executed_branches"]


def test_what_pytest_loads_at_its_start_takes_nothing_of_the_harness_along(
    project: Project, pytester: pytest.Pytester
) -> None:
    late = "import sys\nearly = sorted(name for name in sys.modules if name.startswith('harness'))\n"
    source = "from conftest import early\ndef test_early():\n    assert early == [\n"
    names = ("harness", "harness.exploration", "harness.model", "harness.model.errors")
    names += ("harness.plugin", "harness.plugin.options", "harness.pytest_plugin")
    project(source + "".join(f"        {name!r},\n" for name in names) + "    ]\n", conftest=late, apart=True)
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)
