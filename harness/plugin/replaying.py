"""`--harness-replay=TOKEN`: of all the tests that were collected, only the one that the token is of."""

from __future__ import annotations

from typing import Any

import pytest

from harness.model.errors import BadInput
from harness.model.token import decode
from harness.plugin.references import command, nodeid_in


def test_of(token: str) -> str:
    """The id of the test that a token is of.

    Raises:
        pytest.UsageError: it is of no test, or damaged.
    """
    try:
        name = decode(token).reference
    except BadInput as error:
        raise pytest.UsageError(f"--harness-replay: {error}") from None
    found = nodeid_in(name)
    if found is None:
        raise pytest.UsageError(f"--harness-replay: the token is of {name!r}, not of a pytest test: run harness replay")
    return found


test_of.__test__ = False  # type: ignore[attr-defined]


def only(config: pytest.Config, items: list[Any]) -> None:
    """Deselect all tests but one.

    Raises:
        pytest.UsageError: it is not among them.
    """
    token = config.getoption("harness_replay")
    wanted = test_of(token)
    chosen = [item for item in items if item.nodeid == wanted and hasattr(item, "exploration")]
    if not chosen:
        raise pytest.UsageError(
            f"--harness-replay: the token is of {wanted}, which is not among the tests collected: "
            f"run {command(wanted, token)}"
        )
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen
