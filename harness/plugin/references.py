"""How a token names a pytest test, and what to type to replay it."""

from __future__ import annotations

import shlex
from typing import NoReturn

from harness.model.errors import BadInput
from harness.search.programs import resolvers

FORM = "pytest"


def reference(nodeid: str) -> str:
    """The name of a test as a program."""
    return f"{FORM} {nodeid}"


def nodeid_in(name: str) -> str | None:
    """The test that a reference names; None if it names another kind of program."""
    form, _, nodeid = name.partition(" ")
    return nodeid if form == FORM and nodeid else None


def command(nodeid: str, token: str, *more: str) -> str:
    """What to type to see an execution of a test again."""
    return f"pytest {shlex.quote(nodeid)} {''.join(f'{each} ' for each in more)}--harness-replay={token}"


def _elsewhere(nodeid: str) -> NoReturn:
    raise BadInput(f"it is a test, and only pytest can set it up: run {command(nodeid, 'TOKEN')} with this token")


resolvers[FORM] = _elsewhere  # `harness replay` then says what to do with the token of a test
