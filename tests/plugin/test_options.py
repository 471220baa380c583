"""Options, ini keys and profiles: what is in force, and what makes no sense."""

from __future__ import annotations

import re

import pytest

from tests.plugin.conftest import Project
from tests.plugin.sources import COUNTER, HEAD, KEEPING, LOSING

ONE = (
    HEAD
    + """
@harness.explore
async def test_one():
    await choose(2)
"""
)


def told(found: pytest.RunResult) -> str:
    """What the verbose run says about its one test."""
    (line,) = [line for line in found.outlines if "PASSED (" in line]
    return re.sub(r"\)\s+\[100%\]$", "", line.partition("PASSED (")[2])


BOTH = ["--harness-executions=7", "--harness-profile=dev"]
TWO = "harness_executions = 9\nharness_profile = ci"
PCT = "harness_strategy = pct\nharness_seed = 4"


@pytest.mark.parametrize(
    ("ini", "mark", "arguments", "header", "result"),
    [
        ("", "", [], "profile=dev, strategy=mixed, *=1000, seed=0", "passed: 1,000 executions by Mixed(seed=0)"),
        ("harness_profile = ci", "", [], "profile=ci, *=5000*", "passed: 5,000 executions by Mixed(seed=0)"),
        ("harness_executions = 9", "", [], "* executions=9*", "passed: 9 executions by Mixed(seed=0)"),
        ("harness_executions = 9", "executions=8", [], "* executions=9*", "passed: 8 executions by Mixed(seed=0)"),
        (TWO, "executions=8", BOTH, "profile=dev* executions=7*", "passed: 7 executions by Mixed(seed=0)"),
        (PCT, "executions=3", [], "* strategy=pct, * seed=4", "passed: 3 executions by PCT(depth=3, seed=4)"),
        (PCT, "executions=3, seed=5, strategy='pos'", [], "* seed=4", "passed: 3 executions by POS(seed=5)"),
        ("", "executions=3, seed=5", ["--harness-seed=6"], "* seed=6", "passed: 3 executions by Mixed(seed=6)"),
        ("", "prove=True", ["--harness-strategy=pos"], "* strategy=pos,*", "passed: 1,000 executions by POS(seed=0)"),
        ("", "strategy='pos', executions=5", ["--harness-strategy=dpor"], "*", "proved: 2 executions"),
        ("", "prove=True", ["--harness-executions=1"], "*", "proved: 2 executions"),
    ],
)
def test_the_command_line_beats_the_mark_beats_the_ini_file_beats_the_profile(
    project: Project, ini: str, mark: str, arguments: list[str], header: str, result: str
) -> None:
    found = project(ONE.replace("explore", f"explore({mark})"), "-v", *arguments, ini=ini)
    found.stdout.fnmatch_lines([f"harness: {header}"])
    assert told(found) == result


def test_ci_is_a_profile_of_its_own(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> str:
        return told(project(ONE, "-v"))

    assert run() == "passed: 1,000 executions by Mixed(seed=0)"
    monkeypatch.setenv("CI", "1")
    assert run() == "passed: 5,000 executions by Mixed(seed=0)"
    found = project(ONE, "--help")
    found.stdout.fnmatch_lines(["*--harness-profile=PROFILE*", "*--harness-replay=TOKEN*", "*harness_warnings (bool)*"])


@pytest.mark.parametrize(
    ("arguments", "ini", "sentence"),
    [
        (["--harness-executions=0"], "", "--harness-executions is a whole number of at least 1; found '0'"),
        (["--harness-executions=-5"], "", "--harness-executions is a whole number of at least 1; found '-5'"),
        (["--harness-executions=many"], "", "--harness-executions is a whole number of at least 1; found 'many'"),
        (["--harness-shares=0"], "", "--harness-shares is a whole number of at least 1; found '0'"),
        (["--harness-seed=x"], "", "--harness-seed is a whole number of at least 0; found 'x'"),
        (["--harness-seed=-1"], "", "--harness-seed is a whole number of at least 0; found '-1'"),
        (["--count=0"], "", "--count is a whole number of at least 1; found 0"),
        (["--count=-1"], "", "--count is a whole number of at least 1; found -1"),
        ([], "harness_warnings = maybe", "harness_warnings in the ini file is true or false: *'maybe'*"),
        (["--harness-strategy=pcct"], "", "--harness-strategy: there is no strategy 'pcct' (did you mean PCT?)*"),
        ([], "harness_executions = 0", "harness_executions in the ini file is a whole number of at least 1; found '0'"),
        ([], "harness_profile = fast", "harness_profile in the ini file is one of dev, ci, deep; found 'fast'"),
        ([], "harness_strategy = x", "harness_strategy in the ini file: there is no strategy 'x'*"),
    ],
)
def test_an_option_that_makes_no_sense_is_a_usage_error(
    project: Project, arguments: list[str], ini: str, sentence: str
) -> None:
    found = project(ONE, *arguments, ini=ini)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines([f"ERROR: {sentence}"])


def test_an_unknown_profile_is_a_usage_error(project: Project) -> None:
    found = project(ONE, "--harness-profile=fast")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["*--harness-profile*fast*dev*ci*deep*"])


CONTRADICTIONS = {
    "executions=0": "explore(executions=...) is a whole number of at least 1; found 0",
    "executions=True": "explore(executions=...) is a whole number of at least 1; found True",
    "shares=-1": "explore(shares=...) is a whole number of at least 1; found -1",
    "strategy='dpor', executions=5": "explore(executions=...) contradicts strategy=DPOR(), which comes to an end*",
    "prove=True, seed=3": "explore(seed=...) contradicts strategy=DPOR()*",
    "prove=True, shares=3": "explore(shares=...) contradicts strategy=DPOR()*",
    "prove=True, strategy='pct'": "explore(prove=True) contradicts strategy=PCT(*), which proves nothing*",
    "strategy='pct', max_executions=3": "explore(max_executions=...) contradicts strategy=PCT(*), which proves*",
    "strategy=PCT(), seed=3": "explore(seed=...) contradicts strategy=PCT(*), which has a seed*",
    "strategy='pcct'": "there is no strategy 'pcct' (did you mean PCT?)*",
    "strategy=Replay": "strategy=Replay needs arguments (*",
    "strategy=3": "a strategy has the methods begin, choose and end; 3 lacks begin, choose, end",
    "strategy=Mine(), shares=2": "explore(shares=...) needs a strategy with a method block(number); *",
    "clock='fast'": "clock is 'idle' or 'adversarial'; found 'fast'",
    "oracles=3": "oracles is a sequence of functions*",
    "max_steps=0": "max_steps is a whole number of at least 1; found 0",
    "patience=-1": "patience is a positive number of seconds; found -1",
}


def test_a_mark_that_makes_no_sense_fails_its_test_with_one_sentence_and_no_other(project: Project) -> None:
    source = (
        HEAD
        + """
from harness.strategies import *
class Mine:
    def begin(self): return True
    def choose(self, enabled): return 0
    def end(self): pass
@harness.explore(strategy=Mine(), executions=3)
async def test_good(): pass
"""
    )
    for number, mark in enumerate(CONTRADICTIONS):
        source += f"@harness.explore({mark})\nasync def test_{number:02}(): pass\n"
    found = project(source)
    found.assert_outcomes(failed=len(CONTRADICTIONS), passed=1)
    found.stdout.fnmatch_lines([sentence.replace("[", "[[]") for sentence in CONTRADICTIONS.values()])
    found.stdout.no_fnmatch_line("*harness/*.py*")
    found.stdout.no_fnmatch_line("*direct cause*")


def test_a_test_that_cannot_be_explored_fails_with_one_sentence(project: Project) -> None:
    source = (
        HEAD
        + """
import asyncio, time, random, unittest
from hypothesis import given, strategies
@harness.explore
def test_sync(): pass
@harness.explore
async def test_generator(): yield
@harness.explore
@pytest.mark.asyncio
async def test_asyncio(): pass
@pytest.mark.anyio
@harness.explore
async def test_anyio(): pass
@harness.explore
@given(strategies.integers())
async def test_given_below(number): pass
@given(strategies.integers())
@harness.explore
async def test_given_above(number): pass
@harness.explore
async def test_blocking(): time.sleep(1)
@harness.explore
async def test_foreign(): await asyncio.sleep(1)
@harness.explore(prove=True, max_executions=1)
async def test_inconclusive(): await choose(2)
@harness.explore(patience=0.1)
async def test_loop():
    while True: pass
@harness.explore(strategy="dpor", max_steps=50, fair_bound=0)
async def test_endless():
    while True: await gosched()
counter = iter(range(10**9))
@harness.explore(prove=True)
async def test_nondeterministic():
    if next(counter) % 2: await choose(3)
    await choose(2)
@harness.explore(patience=0.1)
async def test_swallowing():
    while True:
        try:
            while True: pass
        except BaseException: pass
class TestCase(unittest.TestCase):
    @harness.explore
    async def test_case(self): pass
@harness.explore
async def test_leaving():
    channel = Channel(name="nobody")
    go(channel.recv)
"""
    )
    found = project(source)
    found.assert_outcomes(failed=14, errors=1)
    found.stdout.fnmatch_lines_random(
        [
            "explore marks an async function, and test_sync is not one: write async def test_sync",
            "explore marks an async function, and test_generator is an async generator: leave out its yield",
            "test_asyncio is marked with explore and with asyncio, and can be run by one of them only: *",
            "test_anyio is marked with explore and with anyio, and can be run by one of them only: *",
            "test_given_below is marked with explore and with Hypothesis's given*",
            "test_given_above is marked with explore and with Hypothesis's given*",
            "main called time.sleep, at test_it.py:*: it blocks the whole process*",
            "goroutines may await the harness's own operations only*",
            "nothing is proved after 1 execution: the limit of 1 execution was reached, and there are *; allow*",
            "nothing is proved after 1 execution: 1 execution was cut off at 50 steps*explore(max_steps=*",
            "main has run for more than 0.1 s without reaching an operation, at test_it.py:*",
            "*the program depends on something outside the harness*",
            "*test_case: explore does not work in a unittest.TestCase: use a plain class",
            "no_goroutine_leak: main returned, but left waiting for ever: main/recv#1 (receive on nobody*",
        ]
    )


def test_a_strategy_of_ones_own_is_as_good_as_any(project: Project) -> None:
    source = (
        COUNTER
        + """
class Last:
    def begin(self): return True
    def choose(self, enabled): return len(enabled) - 1
    def end(self): pass
    def __repr__(self): return "Last()"
@harness.explore(strategy=Last(), executions=4)
async def test_last():
    assert await counted(Atomic(0), None) == 2
"""
    )
    assert told(project(source, "-v")) == "passed: 4 executions by Last()"


def test_statistics_say_what_green_means(project: Project) -> None:
    both = KEEPING + LOSING.replace(COUNTER, "").replace("test_counter", "test_lost")
    proved = "@harness.explore(prove=True)\nasync def test_proof(): await choose(2)\n"
    found = project(both + proved, "--harness-stats")
    found.stdout.fnmatch_lines(
        [
            "*= harness =*",
            "test_it.py::test_counter  passed: 1,000 executions by Mixed(seed=0)",
            "    1,000 executions*class*of schedules*Good-Turing*95 %*",
            "test_it.py::test_lost  falsified: * executions by Mixed(seed=0)",
            "test_it.py::test_proof  proved: 2 executions",
            "    explored 2 executions*holds for every schedule*",
            "3 items: 1 proved, 1 passed, 1 falsified; * executions in * s (*/s)",
            "proved: no schedule within the stated bounds violates *",
            "passed: none of the schedules tried does; evidence, not proof",
        ]
    )
    project(both).stdout.no_fnmatch_line("*= harness =*")


def test_warnings_do_not_fail_a_test_and_can_be_switched_off(project: Project) -> None:
    source = (
        HEAD
        + """
totals = {"a": 0}
@harness.explore
async def test_shared():
    async def worker():
        await gosched()
        totals["a"] += 1
    totals["a"] = 0
    go(worker)
    go(worker)
@harness.explore
async def test_alone():
    assert True
@harness.explore
async def test_fine():
    channel = Channel()
    go(channel.send, 1)
    await channel.recv()
"""
    )
    found = project(source, "-W", "error")
    found.assert_outcomes(passed=3)
    found.stdout.fnmatch_lines_random(
        ["*= harness =*", "test_it.py::test_alone: nothing was explored: *", "*::test_shared: *totals*"]
    )
    found.stdout.no_fnmatch_line("*test_fine*")
    project(source, ini="harness_warnings = false").stdout.no_fnmatch_line("*= harness =*")
