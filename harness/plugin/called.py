"""What is told about a `Falsified` that an ordinary test lets through: one that called `check`, `prove` or `replay`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.cli.judging import asked_about, to_be_named
from harness.model.answers import Counterexample, Falsified
from harness.model.errors import HarnessError
from harness.model.token import decode
from harness.oracles import SAFE
from harness.report.text import count, replay_command
from harness.report.timeline import timeline
from harness.search.campaign import name_of
from harness.search.programs import resolve

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
    yield "to see it again", _how(error.counterexample)


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
