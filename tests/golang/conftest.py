"""A real Go for the tests that need one: where CI is set there must be one, elsewhere they skip and say why."""

import os
from collections.abc import Iterator

import pytest

from harness.golang.confirm import RealGo
from harness.golang.toolchain import GoUnavailable, Toolchain, find_go


@pytest.fixture(scope="session")
def go() -> Toolchain:
    """The toolchain."""
    try:
        return find_go()
    except GoUnavailable as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI installs the extra 'go', and yet: {error}")
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def real_go(go: Toolchain) -> Iterator[RealGo]:
    """The streaming designs, built once."""
    with RealGo(go) as built:
        yield built
