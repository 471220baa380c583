"""An ordinary test that calls a verb itself: its failure reads as that of an explored one."""

from tests.integration.test_readme import blocks_named
from tests.plugin.conftest import Project
from tests.plugin.sources import HEAD

SOURCE = (
    blocks_named("my_handlers.py")
    + """
from harness import check, prove
from harness.stream import SAFE_STREAM

def test_checked():
    check(program, oracles=SAFE_STREAM)

def test_nested():
    async def nested():
        await Channel().recv()
    prove(nested)

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
