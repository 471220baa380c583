"""A Go toolchain, with its race detector, for the tests that need one.

Without it they are skipped, and in CI, which installs it, they fail.
"""

import os

import pytest

from harness.golang.toolchain import GoUnavailable, Toolchain, find_go


@pytest.fixture(scope="session")
def go() -> Toolchain:
    """The toolchain."""
    try:
        found = find_go()
        found.check_races()
        return found
    except GoUnavailable as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI installs the extra 'go', and yet: {error}")
        pytest.skip(str(error))


@pytest.fixture
def repetition(request: pytest.FixtureRequest) -> int:
    """The number of the repetition, from 0; 0 without `--count`."""
    step: int | None = request.getfixturevalue("__pytest_repeat_step_number")
    return step or 0
