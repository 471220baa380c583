"""`harness prove` and `check`: any program of the user's."""

from __future__ import annotations

import functools
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import harness.plugin.references
import harness.stream  # noqa: F401  (so that tokens of stream programs are understood)
from harness import __version__
from harness.cli import catalog, causes, exits, progress
from harness.cli.files import STDOUT, destination
from harness.cli.judging import Program, asked_about, oracles_of, to_be_named
from harness.cli.output import console_on, say
from harness.model.answers import Counterexample, Falsified, Inconclusive, Passed, Proof
from harness.model.errors import HarnessError
from harness.model.token import decode
from harness.report import answers
from harness.report.json_form import answer_text
from harness.report.text import paragraph
from harness.search.campaign import Oracle
from harness.search.programs import reference_of, resolve
from harness.search.smaller import version_of
from harness.stream.serve import StreamProgram
from harness.verify import check, prove

Green = tuple[Passed | Proof, str]
OPTIONS = ("clock", "max_steps", "early_firings", "fair_bound", "patience", "coverage")


def run_prove(arguments: Namespace) -> int:
    """Explore every schedule."""

    bounds = {"max_executions": arguments.max_executions, "max_preemptions": arguments.max_preemptions}

    def verb(program: Program, tally: progress.Tally, options: Mapping[str, Any]) -> Green:
        answer = prove(program, on_progress=tally.explored, **bounds, **options)
        return answer, answers.proof(answer)

    return _asked(arguments, None, verb)


def run_check(arguments: Namespace) -> int:
    """Try some schedules."""
    strategy = catalog.strategy(arguments.strategy, arguments.seed)

    def verb(program: Program, tally: progress.Tally, options: Mapping[str, Any]) -> Green:
        answer = check(program, strategy=strategy, executions=arguments.executions, **options)
        return answer, answers.passed(answer, tally.cut_off, arguments.max_steps)

    return _asked(arguments, arguments.executions, verb)


def _asked(
    arguments: Namespace, total: int | None, verb: Callable[[Program, progress.Tally, Mapping[str, Any]], Green]
) -> int:
    """Put the question and say the answer; the exit code."""
    with destination(arguments.json, "the JSON") as write_json:
        program, text, value, code = _answered(arguments, total, verb)
        if arguments.json != STDOUT:
            say(text)
        write_json(answer_text(value, reference_of(program), __version__))
    return code


def _answered(
    arguments: Namespace, total: int | None, verb: Callable[[Program, progress.Tally, Mapping[str, Any]], Green]
) -> tuple[Program, str, dict[str, Any], int]:
    """Put the question: the program, the answer as text and as a JSON value, and the exit code."""
    program = findable(resolve(arguments.program), arguments.program)
    oracles = asked_about(program, arguments.oracle)
    options = {name: getattr(arguments, name) for name in OPTIONS}
    with progress.executions(total) as tally:
        options["oracles"] = (tally, *oracles)
        try:
            answer, text = verb(program, tally, options)
            return program, text, answers.answer_value(answer), exits.AS_EXPECTED
        except Falsified as error:
            found = error.counterexample
            smaller = version_of(program, decode(found.token).reference) or program
            text = answers.falsified(found, error.executions, to_be_named(smaller, found, arguments.oracle))
            if arguments.explain:
                text += f"\n\n{why(smaller, found, oracles, arguments.patience)}"
            return program, text, answers.answer_value(error), exits.DIFFERS
        except Inconclusive as error:
            return program, f"inconclusive: {error}", answers.answer_value(error), exits.INCONCLUSIVE
        except KeyboardInterrupt:
            text = f"interrupted after {tally.executions:,} executions, no objection so far: nothing is proved"
            return program, text, {"answer": "interrupted", "executions": tally.executions}, exits.INTERRUPTED


def why(program: Program, counterexample: Counterexample, oracles: Sequence[Oracle], patience: float) -> str:
    """A paragraph about the causes, for a terminal."""
    told = causes.explained(program, counterexample, oracles, patience=patience)
    return "\n".join(paragraph(told.paragraph, console_on(sys.stdout).width, 0))


def findable(program: Program, reference: str) -> Program:
    """`program`, under a name that leads back to it: `reference`, if its own does not (an alias, a closure)."""
    try:
        if isinstance(program, StreamProgram) or resolve(reference_of(program)) == program:  # an equal one will do
            return program
    except HarnessError:
        pass  # its own name leads nowhere
    renamed: Any = functools.partial(program)
    renamed.reference = reference
    renamed.oracles = oracles_of(program)
    return renamed  # type: ignore[no-any-return]
