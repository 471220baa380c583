"""`harness replay`: the execution that a token stands for, what follows from it, and what every oracle says."""

from __future__ import annotations

import sys
from argparse import Namespace

from rich.text import Text

import harness.plugin.references
import harness.stream  # noqa: F401  (so that tokens of stream programs are understood)
from harness.cli import exits
from harness.cli.judging import Program, asked_about, objections
from harness.cli.output import console_on, marks_for, say
from harness.explain.account import account
from harness.model.conclusion import OPEN, conclusion
from harness.model.errors import BadInput
from harness.model.execution import Execution
from harness.model.token import decode
from harness.report.lanes import lanes
from harness.report.replayed import replayed
from harness.report.story.telling import story
from harness.report.timeline import timeline
from harness.runtime.watchdog import PATIENCE
from harness.search.campaign import name_of
from harness.search.programs import reference_of, resolve
from harness.search.recipe import execution_of, unless_diverged
from harness.stream.loading import put_on_path


def run(arguments: Namespace) -> int:
    """One execution again, and what the oracles say about it."""
    if arguments.scenarios is not None:
        put_on_path(arguments.scenarios)
    program, execution = executed(arguments.token, arguments.patience)
    found = objections(program, execution, arguments.oracle)
    code = exit_code(execution, bool(found))
    asked = [name_of(oracle) for oracle in asked_about(program, arguments.oracle)]
    shown = drawn(execution) if arguments.lanes else timeline(execution)
    say(replayed(reference_of(program), execution, found, asked), shown)
    return code


def exit_code(execution: Execution, objected: bool) -> int:
    """What a replay comes to: 1 if it fails, 3 if it is open whether it still does, else 0.

    Raises:
        ReplayDiverged: no oracle objects, and part of the order did not apply.
    """
    if objected:
        return exits.DIFFERS
    unless_diverged(execution)
    return exits.INCONCLUSIVE if conclusion(execution, objected) == OPEN else exits.AS_EXPECTED


def drawn(execution: Execution) -> Text:
    """An execution in lanes, as wide and in such characters as stdout allows."""
    return lanes(story(account(execution)), width=console_on(sys.stdout).width, marks=marks_for(sys.stdout))


def executed(token: str, patience: float = PATIENCE) -> tuple[Program, Execution]:
    """The program that a token names, and the execution that it stands for, not judged; see `execution_of`."""
    recipe = decode(token)
    try:
        program = resolve(recipe.reference)
    except BadInput as error:
        raise BadInput(f"the token's program {recipe.reference!r} cannot be run here: {error}") from error
    return program, execution_of(program, (), recipe, patience)
