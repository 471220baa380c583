"""`harness gate`: what is found now against what was found once; whatever got worse fails.

Before that, handlers of which it is known what is to be found show that the harness can be trusted with the others.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from rich.text import Text

from harness.cli import exits, outputs
from harness.cli.catalog import faults_named
from harness.cli.designs import chosen, where_to_replay
from harness.cli.files import STDOUT, destination
from harness.cli.locate import project_root, relative
from harness.cli.output import complain, console_on, say, symbols_for
from harness.cli.verify import Survey
from harness.model.baseline import TOOTHLESS, Baseline, Change, baseline_of, compare, expecting, merged, standing
from harness.model.baseline_json import baseline_text, line_of, parse_baseline
from harness.model.errors import BadInput
from harness.model.problem import Place, Problem
from harness.model.verdict import Matrix
from harness.report.gate import UPDATE, changes_text, gate_summary, teeth_summary
from harness.report.problems import gate_problems
from harness.report.text import printable
from harness.stream.design import Design
from harness.stream.faults import FaultClass
from harness.stream.loading import design_named, distinct
from harness.stream.probes import PROBES, toothless
from harness.stream.verdicts import default_jobs

BASELINE = "reports/baseline.json"
EMPTY = Baseline({}, {}, {})


def run(arguments: Namespace) -> int:
    """Explore, compare, tell; with --update, remember."""
    path: str = arguments.baseline
    if path == STDOUT:
        raise BadInput("a baseline is a file; found '-': give --baseline a path")
    faults = faults_named(arguments.fault)
    old = recorded(path, arguments.update)
    designs = asked(arguments, old)
    compared = part_of(old, arguments, [design.name for design in designs])
    before = old.part(compared)
    if not before.verdicts and not arguments.update:
        raise BadInput(
            f"the baseline {path!r} has nothing about what was asked for: record it with {accept(arguments)}"
        )
    if arguments.update:
        if path == BASELINE:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        check_bounds(old.part(lambda design, fault: not compared(design, fault)), faults)
    survey = surveyed(designs, faults, arguments, before)
    silent = outputs.silent(arguments)
    with (
        destination(path if arguments.update else None, "the baseline") as write_baseline,
        outputs.outputs(arguments, designs) as deliver,
    ):
        if blunt := toothless():
            return told(blunt, Matrix(()), before, teeth_summary(blunt, len(PROBES), path), arguments, deliver)
        try:
            matrix = survey.matrix()
        except KeyboardInterrupt:
            return survey.stopped("interrupted", exits.INTERRUPTED, silent)
        except BrokenProcessPool:
            return survey.stopped("a worker process died (out of memory?)", exits.INCONCLUSIVE, silent)
        changes = compare(before, baseline_of(matrix))
        if arguments.update:
            write_baseline(baseline_text(merged(old, baseline_of(matrix), compared)))
        headline = gate_summary(changes, len(before.verdicts), path, len(PROBES), arguments.update)
        return told(changes, matrix, baseline_of(matrix) if arguments.update else before, headline, arguments, deliver)


def surveyed(designs: Sequence[Design], faults: Sequence[FaultClass], arguments: Namespace, before: Baseline) -> Survey:
    """What is to be explored; what it is expected to come to is what was found before, whatever the designs say."""
    return Survey(
        designs,
        faults,
        arguments.jobs or default_jobs(),
        arguments.budget,
        standing=partial(standing, before=before),
        expecting=partial(expecting, before=before),
    )


def told(
    changes: tuple[Change, ...],
    matrix: Matrix,
    before: Baseline,
    headline: Text,
    arguments: Namespace,
    deliver: outputs.Deliver,
) -> int:
    """Everywhere, whatever was asked for; the exit code."""
    failing = [change for change in changes if change.fails and not accepted(change, arguments)]
    if not outputs.silent(arguments):
        report(changes, matrix, headline, arguments)
    problems = gate_problems(() if arguments.update and not failing else changes, matrix, before)
    deliver(matrix, problems, headline.plain, places(problems, arguments.baseline), partial(standing, before=before))
    return exits.DIFFERS if failing else exits.AS_EXPECTED


def accepted(change: Change, arguments: Namespace) -> bool:
    """Is it in the baseline from now on?"""
    return arguments.update and change.kind != TOOTHLESS


def places(problems: Sequence[Problem], path: str) -> dict[Problem, Place]:
    """For what has no counterexample, its line of the baseline; of what is in it no more, the first."""
    wanted = [problem for problem in problems if not problem.token]
    if not wanted or not os.path.exists(path):
        return {}
    name, own = relative(path, project_root())
    with open(path, encoding="utf-8") as file:
        text = file.read()
    lines = [line_of(text, problem.design, problem.faults[:1], problem.property) for problem in wanted]
    return {problem: Place(name, line, "the baseline", own=own) for problem, line in zip(wanted, lines, strict=True)}


def asked(arguments: Namespace, old: Baseline) -> tuple[Design, ...]:
    """The designs to verify: those named; else all scenarios, and the handlers that the baseline has by their names.

    A baseline that has nothing but such handlers is about them alone. One that cannot be loaded any more is complained
    about here, and will be missing.
    """
    known = {design for design, _, _ in old.verdicts}
    references = sorted(name for name in known if ":" in name)
    if arguments.design or not references:
        return chosen(arguments.design, arguments.scenarios)
    scenarios = chosen(None, arguments.scenarios) if arguments.scenarios or len(references) < len(known) else ()
    return distinct([*scenarios, *loaded(references)])


def loaded(references: Sequence[str]) -> Iterator[Design]:
    """Those of the handlers that are still there."""
    for reference in references:
        try:
            yield design_named(reference)
        except BadInput as error:
            complain(printable(f"{reference} is in the baseline, and cannot be loaded: {error}"))


def part_of(old: Baseline, arguments: Namespace, designs: list[str]) -> Callable[[str, str], bool]:
    """Which cells a run is to be compared with: without --design and --fault all, also those that are no more."""

    def wanted(design: str, fault: str) -> bool:
        return (arguments.design is None or design in designs) and (arguments.fault is None or fault in arguments.fault)

    return wanted


def recorded(path: str, update: bool) -> Baseline:
    """The baseline in a file; an empty one if there is no file, and one is to be made.

    Raises:
        BadInput: there is none, or it is damaged or something else; also with `update`, since that file would be lost.
    """
    try:
        with open(path, encoding="utf-8") as file:
            return parse_baseline(file.read())
    except FileNotFoundError:
        if update:
            return EMPTY
        raise BadInput(f"there is no baseline {path!r}: make one with {UPDATE}, or give --baseline the path") from None
    except OSError as error:
        raise BadInput(f"cannot read the baseline {path!r}: {error.strerror}; give --baseline the path") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path!r} is no baseline: it is not text in UTF-8; give --baseline the path") from error
    except BadInput as error:
        raise BadInput(
            f"{path!r} is no baseline: {error}; restore it from version control, or delete it and make a new one "
            f"with {UPDATE}"
        ) from error


def check_bounds(kept: Baseline, faults: Sequence[FaultClass]) -> None:
    """An update must not leave verdicts in the baseline under bounds within which they were not found.

    Raises:
        BadInput: it would.
    """
    for fault in faults:
        if kept.scopes.get(fault.name, fault.scope) != fault.scope:
            raise BadInput(
                f"the bounds of {fault.name} have changed, and the baseline has other designs under it: "
                "update all of them at once, without --design"
            )


def accept(arguments: Namespace) -> str:
    """The command that records what this one would find."""
    options = [f"--baseline {arguments.baseline}"] if arguments.baseline != BASELINE else []
    options += [f"--scenarios {arguments.scenarios}"] if arguments.scenarios else []
    options += [f"--design {name}" for name in arguments.design or ()]
    options += [f"--fault {name}" for name in arguments.fault or ()]
    return printable(" ".join([UPDATE, *options]))


def report(changes: tuple[Change, ...], matrix: Matrix, headline: Text, arguments: Namespace) -> None:
    """The diff, and the sum last."""
    update = "" if all(change.kind == TOOTHLESS or arguments.update for change in changes) else accept(arguments)
    width, symbols = console_on(sys.stdout).width, symbols_for(sys.stdout)
    text = changes_text(changes, matrix, update=update, width=width, symbols=symbols)
    replay = where_to_replay(arguments.scenarios) if "replay" in text.plain else ""
    say(text, replay, headline)
