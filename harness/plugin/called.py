"""What is told about an ordinary test that called `check`, `prove` or `replay`.

About a `Falsified` that it lets through, and about a green answer that means less than it seems.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest

from harness.cli.judging import asked_about, to_be_named
from harness.model.answers import Counterexample, Falsified, Passed, Proof
from harness.model.errors import HarnessError, HarnessWarning
from harness.model.place import OWN_FOLDER
from harness.model.token import decode
from harness.model.trace import judged
from harness.oracles import SAFE
from harness.plugin import files, options
from harness.plugin.explaining import seen
from harness.report.text import count, printable, replay_command
from harness.report.timeline import timeline
from harness.search.campaign import name_of
from harness.search.programs import resolve

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


def tell(report: Any, error: BaseException, config: pytest.Config) -> None:
    """Add it to pytest's report of the test, and write it to the folder that `--harness-report` names."""
    if not isinstance(error, Falsified):
        return
    folder = options.in_force(config, "report")
    written = _write(folder, report.nodeid, error) if folder else None
    report.harness_called = report.nodeid
    if hasattr(report.longrepr, "addsection"):
        for title, text in sections(error, config.get_verbosity(), written):
            report.longrepr.addsection(title, text)


def sections(error: Falsified, verbosity: int, written: tuple[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """Titles and texts below the traceback; only what is `written`, if the exception tells the interleaving itself, in
    its notes."""
    noted = bool(getattr(error, "__notes__", None))
    execution = error.counterexample.execution
    if verbosity >= 0 and not noted:
        yield f"the interleaving: {count(len(judged(execution.trace)), 'step')}", timeline(execution)
    if written is not None:
        yield written
    if not noted:
        yield "to see it again", _how(error.counterexample)


def _write(folder: str, nodeid: str, error: Falsified) -> tuple[str, str]:
    found, how = error.counterexample, _how(error.counterexample)
    explanation = replace(seen(found, decode(found.token).reference), command=how)
    heading = f"{nodeid}\n{printable(found.oracle)}: {printable(found.message)}"
    parts = [heading, timeline(found.execution), f"to see it again\n\n{how}"]
    return files.write(folder, nodeid, explanation, "\n\n".join(parts) + "\n")


def _how(found: Counterexample) -> str:
    """A command, if program and oracle can be found by their names; else a call, in the test that has them."""
    token, name = found.token, found.oracle
    if NESTED not in decode(token).reference:
        try:
            program = resolve(decode(token).reference)
            oracle = to_be_named(program, found)
            asked_about(program, [oracle] if oracle else None)
            return replay_command(token, oracle)
        except HarnessError:
            pass
    oracles = "" if name in map(name_of, SAFE) else f", oracles=[{name}]"
    return f'replay(program, token="{token}"{oracles})  # with the program and the arguments of this test'
