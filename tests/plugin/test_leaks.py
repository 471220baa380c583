"""What one execution of an explored test leaves to the next, and fixtures that are set up once for all of them."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project
from tests.plugin.sources import HEAD

LEAKING = (
    HEAD
    + """
@pytest.fixture(scope="{scope}")
def seats():
    return []

@harness.explore({mark})
async def test_seats(seats):
    seats.append(await choose(2))
    assert len(seats) == 1
"""
)


LEFT_OVER = "so something is left over from one execution to the next"


@pytest.mark.parametrize("mark", ["", "prove=True", "strategy='exhaustive'"])
@pytest.mark.parametrize("scope", ["module", "session"])
def test_what_is_left_over_is_no_finding_and_the_fixture_is_named(project: Project, mark: str, scope: str) -> None:
    found = project(LEAKING.format(scope=scope, mark=mark))
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(
        [
            f"*{LEFT_OVER if 'prove' not in mark else 'on running the same choices again, 1 goroutine is left*'}: the "
            f"program depends on *; make the fixture seats ({scope}) function-scoped, to be set up anew *"
        ]
    )
    found.stdout.no_fnmatch_line("*--harness-replay=*")
    project(LEAKING.format(scope="function", mark=mark)).assert_outcomes(passed=1)


def test_what_is_left_over_in_the_class_of_a_test_or_a_module_is_no_finding_either(project: Project) -> None:
    source = LEAKING.format(scope="function", mark="").replace("    return []", "    return SEATS\nSEATS = []")
    found = project(source)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["*left over from one execution to the next: the program depends on something outside*"])
    found.stdout.no_fnmatch_line("*function-scoped*")


@pytest.mark.parametrize(
    ("fixture", "sentence"),
    [
        ("def total(): return Shared(0)", "calls Shared(), which belongs into one: make the fixture function-scoped"),
        ("async def total(): return 1", "is async, where no event loop runs: make the fixture function-scoped"),
        ("async def total(): yield 1", "is async, where no event loop runs: make the fixture function-scoped"),
    ],
)
def test_a_fixture_of_wider_scope_that_belongs_into_an_execution(project: Project, fixture: str, sentence: str) -> None:
    source = HEAD + f"@pytest.fixture(scope='module')\n{fixture}\n"
    source += "".join(f"@harness.explore\nasync def test_{name}(total): pass\n" for name in "ab")
    found = project(source)
    found.assert_outcomes(errors=2)
    told = f"the fixture 'total' has the scope module, so it is set up outside of executions, and {sentence}"
    assert found.outlines.count(told) == 2
    project(source.replace("scope='module'", "")).assert_outcomes(passed=2)


def test_what_a_fixture_of_wider_scope_says_itself_is_kept(project: Project) -> None:
    source = HEAD + "@pytest.fixture(scope='module')\ndef total(): pytest.fail('no total')\n"
    found = project(source + "@harness.explore\nasync def test_it(total): pass\n")
    found.stdout.fnmatch_lines(["E   *Failed: no total"])
