"""What a green test is worth: what was cut off, and how many classes of schedules were seen."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project
from tests.plugin.sources import HEAD

SPINNING = (
    HEAD
    + """
@harness.explore({mark})
async def test_spinning():
    async def spinner():
        while True:
            await ready.store(await ready.load() + 1)
    ready = Atomic(0)
    if {condition}:
        go(spinner)
    await ready.load()
"""
)
SHORT = "executions=50, max_steps=60"
SOME = (
    "*of 50 executions were cut off at 60 steps, or where nothing but polling went on, and judged as far as they went*"
)


def test_a_test_of_which_no_execution_comes_to_an_end_is_inconclusive(project: Project) -> None:
    found = project(SPINNING.format(mark=SHORT, condition="True"))
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(
        ["nothing is proved after 50 executions: 50 executions were cut off at 60 steps, *let the test come to an end*"]
    )
    polling = HEAD + "@harness.explore(executions=5)\nasync def test_poll():\n    ready = Atomic(0)\n"
    polling += "    while not await ready.load():\n        pass\n"
    project(polling).assert_outcomes(failed=1)
    project(polling.replace("Atomic(0)", "Atomic(1)")).assert_outcomes(passed=1)


@pytest.mark.parametrize("quiet", [False, True])
def test_executions_that_were_cut_off_are_told_without_being_asked(project: Project, quiet: bool) -> None:
    found = project(SPINNING.format(mark=SHORT, condition="await choose(2)"), *["-q"] * quiet)
    found.assert_outcomes(passed=1)
    found.stdout.fnmatch_lines([f"test_it.py::test_spinning: {SOME}"])
    told = project(SPINNING.format(mark=SHORT, condition="await choose(2)"), "-v", "--harness-stats")
    told.stdout.fnmatch_lines(
        ["*PASSED (passed: 50 executions, * cut off by Mixed(*", "*::test_spinning  passed: 50 executions, * cut off *"]
    )
    whole = project(SPINNING.format(mark=SHORT, condition="await choose(1)"), "-v")
    whole.stdout.no_fnmatch_line("*cut off*")


COUNTED = (
    HEAD
    + """
@harness.explore({mark})
async def test_choice():
    assert await choose(3) < {less}
"""
)


@pytest.mark.parametrize("mark", ["executions=2000", "prove=True", "strategy='exhaustive'"])
@pytest.mark.parametrize("arguments", [[], ["--harness-shares=2"], ["--count=3"]])
def test_the_classes_of_a_test_count_once_in_however_many_items(
    project: Project, mark: str, arguments: list[str]
) -> None:
    found = project(COUNTED.format(mark=mark, less=3), "--harness-stats", *arguments)
    found.stdout.fnmatch_lines(["distinct classes seen, test by test: 3"])


def test_it_is_said_how_many_tests_are_not_counted(project: Project) -> None:
    source = COUNTED.format(mark="executions=20", less=3)
    source += COUNTED.format(mark="strategy='preemption-bounded'", less=3).replace("choice", "bounded")
    source += COUNTED.format(mark="", less=2).replace("choice", "failing")
    found = project(source, "--harness-stats")
    found.stdout.fnmatch_lines(["distinct classes seen, test by test: 3 (2 tests not counted)"])


def test_every_repeat_has_the_number_that_its_name_has(project: Project) -> None:
    found = project(COUNTED.format(mark="executions=2", less=3), "-v", "--count=2")
    for number in (1, 2):
        found.stdout.fnmatch_lines([f"*[[]{number}-2] PASSED (*, repeat {number} of seed 0)*"])


def test_a_forgotten_await_is_a_warning_at_its_line(project: Project) -> None:
    source = HEAD + "@harness.explore\nasync def test_it():\n    letters = Channel(1)\n    letters.send(1)\n"
    found = project(source + "    await gosched()\n", ini="    default\n")
    found.stdout.fnmatch_lines(["*test_it.py:8: RuntimeWarning: coroutine 'Channel.send' was never awaited"])
