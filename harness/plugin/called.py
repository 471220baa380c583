"""What is told about a `Falsified` that an ordinary test lets through: one that called `check`, `prove` or `replay`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from harness.model.answers import Falsified
from harness.model.token import decode
from harness.model.trace import judged
from harness.plugin import files, options
from harness.plugin.explaining import seen
from harness.report.text import count, printable, replay_command
from harness.report.timeline import timeline

NESTED = "<locals>"


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
        yield "to see it again", _how(error.counterexample.token)


def _write(folder: str, nodeid: str, error: Falsified) -> tuple[str, str]:
    found = error.counterexample
    explanation = seen(found, decode(found.token).reference)
    command = "" if _is_found(found.token) else _how(found.token)
    heading = f"{nodeid}\n{printable(found.oracle)}: {printable(found.message)}"
    parts = [heading, timeline(found.execution), f"to see it again\n\n{_how(found.token)}"]
    return files.write(folder, nodeid, replace(explanation, command=command), "\n\n".join(parts) + "\n")


def _is_found(token: str) -> bool:
    """Can the program be found by its name?"""
    return NESTED not in decode(token).reference


def _how(token: str) -> str:
    """A command, if that is possible; else a call, in the test that has the program."""
    if not _is_found(token):
        return f'replay(program, token="{token}")  # with the program and the arguments of this test'
    return replay_command(token)
