"""What is told about a `Falsified` that an ordinary test lets through: one that called `check`, `prove` or `replay`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.model.answers import Falsified
from harness.model.token import decode
from harness.report.text import count, replay_command
from harness.report.timeline import timeline

NESTED = "<locals>"


def tell(report: Any, error: BaseException, verbosity: int) -> None:
    """Add it to pytest's report of the test."""
    if isinstance(error, Falsified) and hasattr(report.longrepr, "addsection"):
        for title, text in sections(error, verbosity):
            report.longrepr.addsection(title, text)


def sections(error: Falsified, verbosity: int) -> Iterator[tuple[str, str]]:
    """Titles and texts below the traceback; none if the exception tells the interleaving itself, in its notes."""
    if getattr(error, "__notes__", None):
        return
    execution = error.counterexample.execution
    if verbosity >= 0:
        yield f"the interleaving: {count(execution.steps, 'step')}", timeline(execution)
    yield "to see it again", _how(error.counterexample.token)


def _how(token: str) -> str:
    """A command, if the program can be found by its name; else a call, in the test that has it."""
    if NESTED in decode(token).reference:
        return f'replay(program, token="{token}")  # with the program and the arguments of this test'
    return replay_command(token)
