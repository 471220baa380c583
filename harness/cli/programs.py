"""`harness prove`, `check` and `replay`: any program of the user's."""

from __future__ import annotations

import functools
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.text import Text

import harness.plugin.references
import harness.stream  # noqa: F401  (so that tokens of stream programs are understood)
from harness import __version__
from harness.cli import catalog, causes, exits, progress
from harness.cli.files import STDOUT, destination
from harness.cli.output import console_on, marks_for, say
from harness.explain.account import account
from harness.model.answers import Counterexample, Falsified, Inconclusive, Passed, Proof
from harness.model.cause import told_as
from harness.model.errors import BadInput, HarnessError
from harness.model.execution import Execution
from harness.model.place import raised_at
from harness.model.token import decode
from harness.oracles import SAFE
from harness.report import answers
from harness.report.json_form import answer_text
from harness.report.lanes import lanes
from harness.report.story.telling import story
from harness.report.text import paragraph
from harness.report.timeline import timeline
from harness.runtime.watchdog import PATIENCE
from harness.search.campaign import Oracle, checked_oracles, name_of
from harness.search.programs import reference_of, resolve
from harness.search.recipe import execution_of, unless_diverged
from harness.stream.loading import put_on_path
from harness.stream.oracles import SAFE_STREAM
from harness.stream.serve import StreamProgram
from harness.verify import check, prove

Program = Callable[..., Any]
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


def run_replay(arguments: Namespace) -> int:
    """One execution again, and what every oracle says about it."""
    if arguments.scenarios is not None:
        put_on_path(arguments.scenarios)
    program, execution = executed(arguments.token, arguments.patience)
    found = objections(program, execution)
    if not found:
        unless_diverged(execution)
    shown = drawn(execution) if arguments.lanes else timeline(execution)
    say(answers.replayed(reference_of(program), execution, found), shown)
    return exits.DIFFERS if found else exits.AS_EXPECTED


def drawn(execution: Execution) -> Text:
    """An execution in lanes, as wide and in such characters as stdout allows."""
    return lanes(story(account(execution)), width=console_on(sys.stdout).width, marks=marks_for(sys.stdout))


def objections(program: Program, execution: Execution) -> list[tuple[str, str]]:
    """The names and sentences of those of the program's oracles that object."""
    sentences = [(name_of(oracle), shielded(oracle)(execution)) for oracle in oracles_of(program)]
    return [(name, sentence) for name, sentence in sentences if sentence is not None]


def executed(token: str, patience: float = PATIENCE) -> tuple[Program, Execution]:
    """The program that a token names, and the execution that it stands for, not judged; see `execution_of`."""
    recipe = decode(token)
    try:
        program = resolve(recipe.reference)
    except BadInput as error:
        raise BadInput(f"the token's program {recipe.reference!r} cannot be run here: {error}") from error
    return program, execution_of(program, (), recipe, patience)


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
    streaming = isinstance(program, StreamProgram)
    oracles = catalog.oracles_named(arguments.oracle, streaming) if arguments.oracle else oracles_of(program)
    options = {name: getattr(arguments, name) for name in OPTIONS}
    with progress.executions(total) as tally:
        options["oracles"] = (tally, *map(shielded, oracles))
        try:
            answer, text = verb(program, tally, options)
            return program, text, answers.answer_value(answer), exits.AS_EXPECTED
        except Falsified as error:
            text = answers.falsified(error.counterexample, error.executions)
            if arguments.explain:
                text += f"\n\n{why(error.counterexample, oracles, arguments.patience)}"
            return program, text, answers.answer_value(error), exits.DIFFERS
        except Inconclusive as error:
            return program, f"inconclusive: {error}", answers.answer_value(error), exits.INCONCLUSIVE
        except KeyboardInterrupt:
            text = f"interrupted after {tally.executions:,} executions, no objection so far: nothing is proved"
            return program, text, {"answer": "interrupted", "executions": tally.executions}, exits.INTERRUPTED


def why(counterexample: Counterexample, oracles: Sequence[Oracle], patience: float) -> str:
    """A paragraph about the causes, for a terminal."""
    program = resolve(decode(counterexample.token).reference)  # which may be a smaller version
    told = causes.explained(program, counterexample, tuple(map(shielded, oracles)), patience=patience)
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


def oracles_of(program: Program) -> Sequence[Oracle]:
    """The program's own, if it has an attribute `oracles`; else what fits its kind."""
    own = getattr(program, "oracles", None)
    if own is not None:
        if not isinstance(own, tuple | list):
            raise BadInput(f"a program's attribute oracles is a tuple of functions; found {own!r}")
        return checked_oracles(own)
    return SAFE_STREAM if isinstance(program, StreamProgram) else SAFE


def shielded(oracle: Oracle) -> Oracle:
    """`oracle`, whose own mistakes become a sentence about it."""

    @functools.wraps(oracle, updated=())
    def judge(execution: Execution) -> str | None:
        try:
            answer = oracle(execution)
        except HarnessError:
            raise
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise BadInput(f"oracle {name_of(oracle)} raised {what} (at {raised_at(error)})") from error
        if answer is not None and not isinstance(answer, str):
            raise BadInput(f"oracle {name_of(oracle)} answers None or a sentence; it answered {answer!r}")
        return answer

    judge.__name__ = name_of(oracle)
    return told_as(judge, oracle)  # or the smallest execution with another cause would be looked for
