"""What is told about an ordinary test that called `check`, `prove` or `replay`.

About a `Falsified` that it lets through, and about a green answer that means less than it seems.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from harness.model.answers import Falsified, Passed, Proof
from harness.model.errors import HarnessWarning
from harness.model.place import OWN_FOLDER
from harness.model.token import decode
from harness.report.text import count, printable, replay_command
from harness.report.timeline import timeline

NESTED = "<locals>"
TOLD = pytest.StashKey[set[tuple[str, str]]]()
"""Of which programs which sentences have been told in this run."""


def warn(config: pytest.Config, program: str, answer: Passed | Proof) -> None:
    """Warn of what makes the answer worth less, once for each program, at the line that asked."""
    __tracebackhide__ = True
    told = config.stash.setdefault(TOLD, set())
    sentences = [*answer.warnings, *([_cut_off(answer)] if isinstance(answer, Passed) and answer.cut_off else [])]
    for sentence in sentences:
        if (program, sentence) not in told:
            told.add((program, sentence))
            frame = _caller()
            place = frame.f_code.co_filename, frame.f_lineno, frame.f_globals.get("__name__")
            warnings.warn_explicit(f"{printable(program)}: {printable(sentence)}", HarnessWarning, *place)


def _cut_off(answer: Passed) -> str:
    return (
        f"{answer.cut_off:,} of {count(answer.executions, 'execution')} did not come to an end, and were judged as far "
        f"as they went"
    )


def _caller() -> FrameType:
    """The innermost frame that is not the harness's."""
    frame = sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(OWN_FOLDER):
        frame = frame.f_back
    return frame


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
