"""How a failing test is told: the user's frames once, a line for every mistake, and one execution's output."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project
from tests.plugin.sources import HEAD

GROUP = (
    HEAD
    + """
@harness.explore
async def test_it():
    closed = Channel(1)
    await closed.close()
    try:
        await closed.send(1)
    except Panic as error:
        raise ExceptionGroup("many", [error, ValueError("x")])
"""
)
TEARDOWN = (
    HEAD
    + """
@pytest.fixture
def seats():
    yield 1
    raise RuntimeError("torn")
@harness.explore
async def test_it(seats):
    await gosched()
"""
)


@pytest.mark.parametrize("style", ["auto", "long", "short", "native"])
@pytest.mark.parametrize("source", [GROUP, TEARDOWN])
def test_no_frame_of_pytest_or_the_harness_is_shown(project: Project, source: str, style: str) -> None:
    found = project(source, f"--tb={style}")
    found.assert_outcomes(failed=1)
    found.stdout.no_re_match_line(r".*(_pytest|pluggy|harness)/\w+")
    found.stdout.fnmatch_lines(["*raise *"])


def test_an_exception_that_every_execution_raises_has_the_frames_of_one(project: Project) -> None:
    source = (
        HEAD
        + """
WRONG = ValueError("the same object")
def helper():
    raise WRONG
@harness.explore{mark}
async def test_it():
    await choose(4)
    await gosched()
    helper()
"""
    )
    for mark in ("", "(prove=True)", "(strategy='random-walk')"):
        found = project(source.format(mark=mark))
        assert found.outlines.count(">       helper()") == found.outlines.count(">       raise WRONG") == 1


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("await asyncio.sleep(1)", "*something of asyncio's*, at test_it.py:8; use harness.sleep, *"),
        ("go(3)", "go and the verbs take an async function and its arguments; found a int (at test_it.py:8)"),
        ("go(lambda: 3)", "a goroutine must be an async function*returned int (at test_it.py:8)"),
        ("Channel(-1)", "a channel's capacity is *; found -1 (at test_it.py:8)"),
        ("prove(test_it)", "an execution is in progress already: * (at test_it.py:8)"),
    ],
)
def test_a_mistake_in_the_body_has_its_line(project: Project, body: str, sentence: str) -> None:
    found = project(HEAD + f"import asyncio\n@harness.explore\nasync def test_it():\n    {body}\n")
    found.stdout.fnmatch_lines([sentence])
    found.stdout.no_fnmatch_line("*at [?]*")


PRINTING = (
    HEAD
    + """
import logging, sys
@harness.explore
async def test_it():
    number = await choose(5)
    print("drawn", number)
    print("to stderr", number, file=sys.stderr)
    logging.warning("logged %d", number)
    assert number < 3
"""
)


def test_the_output_of_the_minimal_execution_alone_is_shown_and_that_is_said(project: Project) -> None:
    found = project(PRINTING)
    for line in ("drawn 3", "to stderr 3"):
        assert found.outlines.count(line) == 1
    assert not {"drawn 0", "drawn 4", "to stderr 1"} & set(found.outlines)
    assert [line.split()[-1] for line in found.outlines if "root:test_it.py" in line] == ["3"]
    found.stdout.fnmatch_lines(["*- captured -*", "of the minimal execution alone; *", "*- Captured stdout call -*"])


def test_where_nothing_is_captured_nothing_is_said_and_nothing_runs_once_more(project: Project) -> None:
    found = project(HEAD + "@harness.explore\nasync def test_it():\n    assert await choose(5) < 3\n")
    found.stdout.no_fnmatch_line("*- captured -*")
    plain = project(PRINTING, "-s", "-p", "no:logging")
    plain.stdout.no_fnmatch_line("*- captured -*")


def test_a_sentence_of_several_lines_is_shown_in_several_lines(project: Project) -> None:
    source = (
        HEAD
        + """
def seats(execution):
    return "too few seats:\\n  one\\n  two"
@harness.explore(oracles=[seats])
async def test_it():
    await gosched()
"""
    )
    found = project(source)
    found.stdout.fnmatch_lines(["seats: too few seats:", "  one", "  two"], consecutive=True)
