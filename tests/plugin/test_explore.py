"""What a marked test is: a program, explored; and to pytest a test like any other."""

from __future__ import annotations

import pytest

import harness
from harness.exploration import Exploration, mark_of
from harness.model.errors import BadInput
from tests.plugin.conftest import Project
from tests.plugin.sources import COUNTER, HEAD, KEEPING, LOSING, MOVING, STUCK


def test_the_bug_is_found_and_the_fix_passes(project: Project) -> None:
    project(LOSING).assert_outcomes(failed=1)
    project(KEEPING).assert_outcomes(passed=1)


def test_a_proof_is_one_and_says_so(project: Project) -> None:
    found = project(STUCK + MOVING.replace("test_channel", "test_fixed").replace(HEAD, ""), "-v")
    found.assert_outcomes(failed=1, passed=1)
    found.stdout.fnmatch_lines(["*::test_channel FAILED*", "*::test_fixed PASSED (proved: 1 execution)*"])


def test_an_assertion_is_shown_as_pytest_shows_assertions_in_any_goroutine(project: Project) -> None:
    source = (
        HEAD
        + """
def check(value):
    assert value == {"b": 2}

@harness.explore
async def test_worker():
    async def worker():
        check({"a": 1})
    go(worker)
"""
    )
    found = project(source)
    found.stdout.fnmatch_lines(
        [
            "no_exception: main/worker#1 raised AssertionError at test_it.py:*",
            ">   *assert value == {*",
            "E  *Left contains*",
        ]
    )
    project(source.replace('"a": 1', '"b": 2')).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "strategy",
    [
        '"mixed"',
        '"PCT"',
        "RandomWalk",
        "PCT(depth=2, seed=3)",
        '"dpor"',
        "DPOR",
        "Exhaustive()",
        '"preemption-bounded"',
    ],
)
def test_a_strategy_has_a_name_a_class_or_is_an_instance(project: Project, strategy: str) -> None:
    source = (
        COUNTER
        + f"""
from harness.strategies import *
@harness.explore(strategy={strategy})
async def test_lost():
    assert await counted(Atomic(0), None) == 2
@harness.explore(strategy={strategy})
async def test_kept():
    assert await counted(Atomic(0), Mutex()) == 2
"""
    )
    project(source).assert_outcomes(failed=1, passed=1)


def test_what_the_mark_says_about_oracles_and_the_clock_counts(project: Project) -> None:
    source = (
        HEAD
        + """
from harness.oracles import returns
@harness.explore(strategy="dpor", oracles=[returns(1)], clock="adversarial")
async def test_late():
    alarm = after(1)
    await gosched()
    which, value, ok = await select(Recv(alarm), default=True)
    return 1 if which < 0 else 2
"""
    )
    found = project(source)
    found.stdout.fnmatch_lines(["returns(1): main returned 2, not 1"])
    project(source.replace("adversarial", "idle")).assert_outcomes(passed=1)


def test_parameters_classes_and_selection_work_as_always(project: Project) -> None:
    source = (
        HEAD
        + """
class TestIt:
    seen = None
    @pytest.mark.parametrize("size", [1, 2])
    @harness.explore(strategy="dpor")
    async def test_size(self, size):
        assert self.seen is None
        self.seen = Channel(size)
        await self.seen.send(size)
@harness.explore
@pytest.mark.xfail(raises=AssertionError, strict=True)
async def test_expected():
    assert False
@harness.explore
async def test_skipped():
    await gosched()
    pytest.skip("not here")
@harness.explore
async def test_imperative():
    pytest.xfail("known")
@harness.explore(executions=7)
async def test_last(request):
    assert request.node.name == "test_last"
"""
    )
    found = project(source, "-v")
    found.assert_outcomes(passed=3, xfailed=2, skipped=1)
    found.stdout.fnmatch_lines(
        ["*TestIt::test_size[[]1]*", "*test_last PASSED (passed: 7 executions by Mixed(seed=0))*"]
    )
    project(source, "-k", "size and 2").assert_outcomes(passed=1, deselected=5)
    project(source, "test_it.py::TestIt::test_size[1]").assert_outcomes(passed=1)


def test_a_static_method_and_a_class_method_are_explored(project: Project) -> None:
    source = (
        HEAD
        + """
class TestIt:
    @staticmethod
    @harness.explore(executions=3)
    async def test_static(request):
        assert await choose(2) == 0
    @classmethod
    @harness.explore(executions=3)
    async def test_class(cls, request):
        assert cls is TestIt
        await choose(2)
"""
    )
    found = project(source, "-v")
    found.assert_outcomes(failed=1, passed=1)
    found.stdout.fnmatch_lines(["*TestIt::test_class PASSED (passed: 3 executions*", "no_exception: main raised *"])


def test_stopping_at_the_first_and_running_the_last_failed_work_as_always(project: Project) -> None:
    source = LOSING + KEEPING.replace("test_counter", "test_kept").replace(COUNTER, "")
    source += LOSING.replace("test_counter", "test_other").replace(COUNTER, "")
    project(source, "-x").assert_outcomes(failed=1)
    project(source).assert_outcomes(failed=2, passed=1)
    project(source, "--lf").assert_outcomes(failed=2)


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_plugins_for_asyncio_leave_marked_tests_alone_and_keep_theirs(project: Project, mode: str) -> None:
    mark = "@pytest.mark.asyncio\n" if mode == "strict" else ""
    source = (
        KEEPING
        + f"""
import asyncio
@pytest.fixture
async def channel():
    return Channel(1)
@harness.explore
async def test_fixture(channel):
    await channel.send(1)
    assert await channel.recv() == (1, True)
{mark}async def test_theirs():
    await asyncio.sleep(0)
"""
    )
    project(source, f"--asyncio-mode={mode}").assert_outcomes(passed=3)
    whole = KEEPING + "pytestmark = pytest.mark.asyncio\n"
    project(whole, f"--asyncio-mode={mode}").assert_outcomes(passed=1)


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_a_plugin_for_anyio_leaves_marked_tests_alone_and_keeps_its_own(project: Project, mode: str) -> None:
    source = (
        LOSING
        + """
import anyio
@pytest.mark.anyio
async def test_theirs():
    await anyio.sleep(0)
@pytest.fixture
def anyio_backend():
    return "asyncio"
"""
    )
    project(source, ini=f"anyio_mode = {mode}").assert_outcomes(failed=1, passed=1)


def test_the_mark_is_a_value_and_leaves_the_function_as_it_is() -> None:
    async def body() -> int:
        return 3

    assert harness.explore(body) is body and mark_of(body) == Exploration()
    assert harness.outcomes(body) == {3}
    assert mark_of(harness.explore(prove=True)(lambda: None)) == Exploration(prove=True)
    with pytest.raises(BadInput, match="marked with explore twice"):
        harness.explore(body)
    with pytest.raises(BadInput, match="found a class"):
        harness.explore(type("TestIt", (), {}))
    with pytest.raises(TypeError, match="explore has no option 'execution': it has strategy, executions, max_exec"):
        harness.explore(execution=3)  # type: ignore[call-overload]
