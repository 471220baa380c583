"""What is told about a failing test: in the terminal, and in a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from harness.model.answers import Counterexample, Falsified
from harness.model.outcome import Panicked
from harness.model.trace import judged
from harness.plugin.asking import no_exception
from harness.plugin.frames import Standstill, at_failing_step, depth, own_frames, without_harness
from harness.plugin.question import Question
from harness.plugin.references import command
from harness.report.text import count, printable
from harness.report.timeline import ending_of, timeline
from harness.runtime.execute import Subject
from harness.search.campaign import name_of


class Violation(Falsified):
    """What an oracle objects to, as pytest shows it: without the token, which is told further below."""

    __module__, __qualname__ = "harness", Falsified.__qualname__

    def __str__(self) -> str:
        return sentence(self.counterexample)


Violation.__name__ = Falsified.__name__


@dataclass(frozen=True, slots=True)
class Finding:
    """A failure, told.

    Attributes:
        sentence: the oracle's.
        told: the minimal interleaving, step by step.
        command: what to type to see it again.
        error: what to raise: the test's own exception, or a `Violation`, with the user's frames.
        depth: how many these are.
        standstill: keeps them alive.
        program: how its token names the test.
    """

    nodeid: str
    counterexample: Counterexample
    executions: int
    sentence: str
    told: str
    command: str
    strategy: str
    seeding: str
    error: BaseException
    depth: int
    standstill: Standstill
    program: str


def sentence(found: Counterexample) -> str:
    """Which oracle objects, and to what."""
    message = "\n".join(map(printable, found.message.split("\n")))
    return f"{printable(found.oracle)}: {message}"


def finding(item: Any, program: Any, falsified: Falsified, asked: Question | None) -> Finding:
    """Everything that there is to tell, found out while the test's fixtures are still there."""
    found = falsified.counterexample
    error, standstill = _raised(program, falsified)
    where = from_here(item.config, item.undivided)
    again = command(where, found.token, *_repeated(item))
    return Finding(
        item.nodeid,
        found,
        falsified.executions,
        sentence(found),
        timeline(found.execution),
        again,
        repr(asked.strategy) if asked else f"replayed {found.execution.replayed}",
        asked.seeding if asked else "",
        error,
        depth(error.__traceback__),
        standstill,
        program.reference,
    )


def _raised(program: Any, falsified: Falsified) -> tuple[BaseException, Standstill]:
    found = falsified.counterexample
    outcome = found.execution.outcome
    if found.oracle == name_of(no_exception) and isinstance(outcome, Panicked) and outcome.error is not None:
        return without_harness(outcome.error), Standstill(None)
    error = Violation(found, falsified.executions)
    if isinstance(outcome, Panicked) and outcome.error is not None:
        return error.with_traceback(own_frames(outcome.error.__traceback__)), Standstill(None)
    standstill = at_failing_step(Subject(program, (), found.execution.settings), found.execution, found.oracle)
    return error.with_traceback(standstill.traceback), standstill


def from_here(config: pytest.Config, nodeid: str) -> str:
    """A test's id as it is typed in the folder where pytest was started."""
    path, *rest = nodeid.partition("::")
    try:
        return os.path.relpath(config.rootpath / path, config.invocation_params.dir).replace(os.sep, "/") + "".join(
            rest
        )
    except ValueError:  # on another drive
        return nodeid


def _repeated(item: pytest.Function) -> list[str]:
    """The option without which pytest-repeat does not make this item."""
    spec = getattr(item, "callspec", None)
    if spec is None or REPEAT not in spec.params or item.get_closest_marker("repeat") is not None:
        return []
    return [f"--count={item.config.getoption('count')}"]


REPEAT = "__pytest_repeat_step_number"


def sections(found: Finding, verbosity: int, written: tuple[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """Titles and texts below the traceback: more with `-v`, less with `-q`; `written` is one of them, if there is."""
    if verbosity >= 0:
        steps = count(len(judged(found.counterexample.execution.trace)), "step")
        repeat = f", {found.seeding}" if found.seeding else ""
        replayed = found.counterexample.execution.replayed
        how = f"replayed {replayed}" if replayed else f"found at execution {found.executions:,}{repeat}"
        yield f"the interleaving: {steps}, {how}", found.told
    if verbosity > 0:
        yield "how it was found", _how(found)
    if written is not None:
        yield written
    yield "to see it again", found.command


def _how(found: Finding) -> str:
    execution = found.counterexample.execution
    return "\n".join(
        [
            f"strategy  {found.strategy}{f' ({found.seeding})' if found.seeding else ''}",
            f"clock     {execution.settings.clock}; at most {execution.settings.max_steps:,} steps",
            f"outcome   {ending_of(execution)}",
        ]
    )


def text_form(found: Finding) -> str:
    """The finding as plain text."""
    parts = [f"{found.nodeid}\n{found.sentence}", *(f"{title}\n\n{text}" for title, text in sections(found, 1))]
    return "\n\n".join(parts) + "\n"
