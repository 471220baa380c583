"""The streaming designs on real Go."""

from collections.abc import Iterator

import pytest

from harness.golang.confirm import RealGo
from harness.golang.toolchain import Toolchain


@pytest.fixture(scope="session")
def real_go(go: Toolchain) -> Iterator[RealGo]:
    """The streaming designs, built once."""
    with RealGo(go) as built:
        yield built
