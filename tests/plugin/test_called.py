"""An ordinary test that calls a verb itself: its failure reads as that of an explored one."""

import json

import pytest

from harness import Falsified, run
from harness.model.answers import Counterexample, Recipe
from harness.model.token import encode
from harness.model.trace import judged
from harness.plugin.called import sections
from harness.plugin.files import file_name
from harness.strategies import RandomWalk
from tests.integration.test_readme import blocks_named
from tests.plugin.conftest import Project
from tests.plugin.sources import BOTH, HEAD
from tests.unit.test_lanes import closing

SOURCE = (
    blocks_named("my_handlers.py")
    + """
from harness import Panic, Shared, check, prove
from harness.oracles import no_data_race
from harness.stream import SAFE_STREAM

def test_checked():
    check(program, oracles=SAFE_STREAM)

def test_nested():
    async def nested():
        await Channel().recv()
    prove(nested)

"""
    + BOTH
    + """
def short(execution):
    return "too long" if execution.steps > 1 else None

def test_raced():
    prove(both, oracles=[no_data_race])

def test_own():
    prove(both, oracles=[short])

def test_other():
    class Falsified(Exception):
        pass
    raise Falsified
"""
)


def test_the_interleaving_and_the_command_stand_below_and_no_frame_of_the_harness(project: Project) -> None:
    found = project(SOURCE, "-k", "checked", apart=True)
    found.stdout.fnmatch_lines(
        [
            ">       check(program, oracles=SAFE_STREAM)",
            "E       *Falsified: no_event_lost: worker1:1 was accepted by the stream but *",
            "test_it.py:*: Falsified",
            "*- the interleaving: 7 steps -*",
            "step  goroutine *where *what happens",
            "*- to see it again -*",
            "harness replay h2.*",
        ]
    )
    found.stdout.no_fnmatch_line("*harness/verify.py*")


def test_where_no_command_finds_the_program_the_call_is_told(project: Project) -> None:
    found = project(SOURCE, "-q", "-k", "nested", apart=True)
    found.stdout.fnmatch_lines(["*Falsified: no_deadlock: *", 'replay(program, token="h2.*'])
    found.stdout.no_fnmatch_line("*- the interleaving*")


def test_it_is_written_to_the_report_too(project: Project, pytester: pytest.Pytester) -> None:
    found = project(SOURCE, "--harness-report=out", "-k", "checked or nested", apart=True)
    found.stdout.fnmatch_lines(["*- also written -*", "out/*.txt, .html and .json", "all findings: out/index.html"])
    folder = pytester.path / "out"
    for test, replayed in (("test_checked", "harness replay h2."), ("test_nested", "replay(program, token=")):
        stem = file_name(f"test_it.py::{test}")
        told = json.loads((folder / f"{stem}.json").read_text("utf-8"))
        assert told["replay"].startswith(replayed) and told["paragraph"]
        text = (folder / f"{stem}.txt").read_text("utf-8")
        assert told["paragraph"] in text and told["replay"] in text and "\nend   " in text
        assert f"{stem}.html" in (folder / "index.html").read_text("utf-8")


def test_only_steps_that_are_judged_are_counted() -> None:
    execution = run(closing, strategy=RandomWalk(seed=0))
    steps = len(judged(execution.trace))
    assert steps < execution.steps
    token = encode(Recipe("m:closing", execution.settings))
    (title, told), _ = sections(Falsified(Counterexample(execution, "no_panic", "it panics", token), 1), 0)
    assert title == f"the interleaving: {steps} steps" and "not judged, not shown" in told


def test_the_command_names_the_oracle_where_another_one_would_be_told_first(project: Project) -> None:
    found = project(SOURCE, "-k", "raced", apart=True)
    found.stdout.fnmatch_lines(["harness replay h2.* --oracle no_data_race"])


def test_where_no_command_finds_the_oracle_the_call_is_told(project: Project) -> None:
    found = project(SOURCE, "-k", "own", apart=True)
    found.stdout.fnmatch_lines(['replay(program, token="h2.*", oracles=[[]short[]])  # with *'])


def test_an_exception_that_only_has_the_same_name_is_left_alone(project: Project) -> None:
    found = project(SOURCE, "-k", "other", apart=True)
    found.stdout.fnmatch_lines(["*1 failed*"])
    found.stdout.no_fnmatch_line("*to see it again*")


LONELY = (
    HEAD
    + """
async def lonely():
    await gosched()
async def endless():
    while True:
        await gosched()
    go(lonely)
async def sharing():
    box = []
    async def worker():
        await gosched()
        box.append(1)
    go(worker)
    go(worker)
    await sleep(1)
def test_one(): check(lonely)
def test_again():
    check(lonely)
    prove(lonely)
def test_endless(): check(endless, executions=3)
def test_sharing(): prove(sharing)
def test_quiet(): check(lonely, canary=False)
@harness.explore(executions=2)
async def test_explored(): await gosched()
"""
)


def test_what_makes_a_green_answer_worth_less_is_warned_of_once_for_each_program(project: Project) -> None:
    found = project(LONELY, ini="    default\n")
    found.assert_outcomes(passed=6, warnings=5)
    assert sum("test_it:lonely: nothing was explored:" in line for line in found.outlines) == 1
    found.stdout.fnmatch_lines(
        [
            "  */test_it.py:*: HarnessWarning: test_it:lonely: nothing was explored: *",
            "  */test_it.py:*: HarnessWarning: test_it:endless: nothing was explored: *",
            "  */test_it.py:*: HarnessWarning: test_it:endless: 3 of 3 executions did not come to an end, *",
            "  */test_it.py:*: HarnessWarning: test_it:sharing: goroutines share plain Python state, *",
        ]
    )
    off = project(LONELY, ini="    default\nharness_warnings = false\n")
    off.assert_outcomes(passed=6, warnings=0)
    strict = project(LONELY, "-k", "one", ini="    error::harness.HarnessWarning\n")
    strict.assert_outcomes(failed=1, deselected=5)
    strict.stdout.no_fnmatch_line("*harness/verify.py*")
