"""A Go toolchain, with its race detector, for the tests that need one; and processes that can be interrupted.

Without a toolchain these tests are skipped, and in CI, which installs it, they fail.
"""

import os
import signal

import pytest

from harness.golang.toolchain import GoUnavailable, Toolchain, find_go

# A shell starts background jobs with SIGINT ignored; their children inherit that, and could not be interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


LONGEST = "test_verdicts.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest test comes first, so that nobody is still at it when the other workers have nothing left to do."""
    items.sort(key=lambda item: item.path.name != LONGEST)


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
