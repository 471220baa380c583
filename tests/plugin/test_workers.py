"""With pytest-xdist work is divided and not repeated; with pytest-repeat it is not repeated either."""

from __future__ import annotations

import re

import pytest

from tests.plugin.conftest import Project
from tests.plugin.sources import COUNTER, HEAD, LOSING, STUCK

MANY = (
    COUNTER
    + "".join(
        f"""
@harness.explore(strategy={strategy!r})
async def test_{strategy}_{number}():
    total = Shared(0, name="total")
    async def worker():
        await lock.lock()
        await total.store(await total.load() + 1)
        await lock.unlock()
    lock = Mutex()
    for _ in range({number}):
        go(worker)
    assert {number} < 4
"""
        for strategy in ("dpor", "exhaustive")
        for number in (1, 2, 3, 4)
    )
    + STUCK.replace(HEAD, "")
)


def explored(found: pytest.RunResult) -> dict[str, str]:
    """What the statistics say about each test."""
    lines = [re.fullmatch(r"(test_it.py::\S+(?: \d of \d\])?)  (.*)", line) for line in found.outlines]
    pairs = dict(line.groups() for line in lines if line)
    assert pairs
    return pairs


def sums(found: pytest.RunResult) -> list[str]:
    """What they add up to, apart from time."""
    lines = [re.sub(r" in .* s \(.*/s\)", "", line) for line in found.outlines]
    return [line for line in lines if line.startswith(("distinct classes", "9 items", "proved:"))]


def test_any_number_of_workers_finds_the_same_and_counts_the_same(project: Project) -> None:
    runs = [project(MANY, "--harness-stats", "-n", workers) for workers in ("0", "1", "2", "4")]
    for run in runs:
        run.assert_outcomes(passed=6, failed=3)
    alone, *others = ((explored(run), sums(run), replays(run)) for run in runs)
    assert all(other == alone for other in others)
    assert alone[0]["test_it.py::test_dpor_3"] == "proved: 6 executions"


def replays(found: pytest.RunResult) -> list[str]:
    return sorted(line for line in found.outlines if line.startswith("pytest "))


QUIET = "harness_warnings = false"
"""Without the two executions that look for warnings, which are always the same."""

DRAWING = (
    HEAD
    + """
import pathlib
@harness.explore({mark})
async def test_draw(request):
    drawn = [str(await choose(10)) for _ in range(6)]
    name = request.node.name.replace(" ", "_").replace("/", "_")
    with open(pathlib.Path({folder!r}) / name, "a") as file:
        file.write("".join(drawn) + "\\n")
"""
)


def drawn(project: Project, pytester: pytest.Pytester, name: str, mark: str, *arguments: str) -> dict[str, list[str]]:
    """The executions of every item, in the order in which they ran."""
    folder = pytester.mkdir(name)
    project(DRAWING.format(mark=mark, folder=str(folder)), "--harness-strategy=random-walk", *arguments, ini=QUIET)
    return {path.name: path.read_text("utf-8").split() for path in sorted(folder.iterdir())}


def test_shares_together_are_the_undivided_run(project: Project, pytester: pytest.Pytester) -> None:
    whole = drawn(project, pytester, "whole", "executions=2500")
    shared = drawn(project, pytester, "shared", "executions=2500, shares=2", "-n", "2")
    alone = drawn(project, pytester, "alone", "executions=2500", "--harness-shares=2")
    capped = drawn(project, pytester, "capped", "executions=900, shares=2")
    assert list(shared) == ["test_draw[share_1_of_2]", "test_draw[share_2_of_2]"] and shared == alone
    (executions,) = whole.values()
    one, two = shared.values()
    assert set(executions) == {*one, *two} and len(set(one) & set(two)) < 5
    assert list(capped) == ["test_draw"]


def test_a_proof_stays_whole(project: Project) -> None:
    source = HEAD + "@harness.explore(prove=True)\nasync def test_whole(): await choose(3)\n"
    found = project(source, "--harness-shares=3", "--harness-stats")
    assert explored(found) == {"test_it.py::test_whole": "proved: 3 executions"}


def test_a_failing_share_can_be_replayed(project: Project) -> None:
    source = (
        HEAD
        + """
@pytest.mark.parametrize("most", [10**6])
@harness.explore(executions=3000, shares=3, strategy="random-walk")
async def test_rare(most):
    drawn = [await choose(10) for _ in range(6)]
    assert sum(drawn) < 45
"""
    )
    found = project(source)
    command = next(line for line in found.outlines if line.startswith("pytest "))
    assert "share" not in command
    again = project(source, *command.removeprefix("pytest ").replace("'", "").split())
    again.assert_outcomes(failed=1)


def test_every_repeat_explores_new_schedules(project: Project, pytester: pytest.Pytester) -> None:
    repeated = drawn(project, pytester, "repeated", "executions=100", "--count=3")
    again = drawn(project, pytester, "again", "executions=100", "--count=3", "-p", "no:xdist")
    other = drawn(project, pytester, "other", "executions=100", "--count=3", "--harness-seed=7")
    once = drawn(project, pytester, "once", "executions=100")
    assert list(repeated) == [f"test_draw[{number}-3]" for number in (1, 2, 3)]
    assert repeated == again != other
    assert repeated["test_draw[1-3]"] == once["test_draw"]
    sets = [set(executions) for executions in repeated.values()]
    assert not sets[0] & sets[1] and not sets[1] & sets[2] and not sets[0] & sets[2]


def test_seeds_of_repeats_are_printed_and_their_failures_replay(project: Project) -> None:
    found = project(LOSING + "@harness.explore(executions=2)\nasync def test_good(): pass\n", "--count=2", "-v")
    found.stdout.fnmatch_lines(
        [
            "*test_good[[]1-2] PASSED (passed: 2 executions by Mixed(seed=0), repeat 1 of seed 0)*",
            "*test_good[[]2-2] PASSED (passed: 2 executions by Mixed(seed=*), repeat 2 of seed 0)*",
            "*- the interleaving: * found at execution *, repeat 1 of seed 0 -*",
            "strategy  Mixed(seed=0) (repeat 1 of seed 0)",
            "*- the interleaving: * found at execution *, repeat 2 of seed 0 -*",
            "strategy  Mixed(seed=*) (repeat 2 of seed 0)",
        ]
    )
    command = [line for line in found.outlines if line.startswith("pytest ")][-1]
    assert "--count=2" in command
    again = project(LOSING, *command.removeprefix("pytest ").replace("'", "").split())
    again.assert_outcomes(failed=1, deselected=0)


def test_repeats_of_a_proof_have_nothing_new_and_that_is_said_once(project: Project) -> None:
    drawing = HEAD + "@harness.explore(executions=3)\nasync def test_part(): await choose(3)\n"
    project(drawing, "--count=3", ini=QUIET).stdout.no_fnmatch_line("*nothing new to explore*")
    source = HEAD + "@harness.explore(prove=True)\nasync def test_whole(): await choose(3)\n"
    found = project(source, "--count=3")
    notes = [line for line in found.outlines if "nothing new to explore" in line]
    assert len(notes) == 1 and notes[0].startswith("2 repeats had nothing new")
