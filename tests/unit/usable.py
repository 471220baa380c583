"""What must still be so after a program has gone wrong."""

from harness import outcomes
from harness.primitives.world import running


def assert_the_harness_is_usable() -> None:
    """No program is running, and another one can be."""

    async def main() -> str:
        return "usable"

    assert running.world is None
    assert outcomes(main) == {"usable"}
