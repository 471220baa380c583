"""`harness gate`: what is found now against what was found once; whatever got worse fails.

Before that, handlers of which it is known what is to be found show that the harness can be trusted with the others.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from rich.text import Text

from harness.cli import exits, outputs
from harness.cli.catalog import faults_named
from harness.cli.designs import where_to_replay
from harness.cli.files import STDOUT, destination
from harness.cli.locate import project_root, relative
from harness.cli.output import console_on, say, symbols_for
from harness.cli.recorded import BASELINE, Asked, accept, asked, check_kept, part_of, recorded, remembering
from harness.cli.verify import Survey
from harness.model.baseline import Baseline, Change, baseline_of, compare, expecting, standing
from harness.model.baseline_json import baseline_text, line_of
from harness.model.errors import BadInput
from harness.model.problem import Place, Problem
from harness.model.verdict import Matrix
from harness.report.gate import changes_text, gate_summary, teeth_summary
from harness.report.problems import gate_problems
from harness.stream.design import Design
from harness.stream.faults import FaultClass
from harness.stream.probes import PROBES, toothless
from harness.stream.verdicts import default_jobs


def run(arguments: Namespace) -> int:
    """Explore, compare, tell; with --update, remember."""
    path: str = arguments.baseline
    if path == STDOUT:
        raise BadInput("a baseline is a file; found '-': give --baseline a path")
    faults = faults_named(arguments.fault)
    old = recorded(arguments)
    found = asked(arguments, old)
    compared = part_of(arguments, found)
    before = old.part(compared)
    if not before.verdicts and not arguments.update and not found.broken:
        raise BadInput(
            f"the baseline {path!r} has nothing about what was asked for: record it with {accept(arguments)}"
        )
    if arguments.update:
        if path == BASELINE:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        check_kept(old.part(lambda design, fault: not compared(design, fault)), found, faults, old, path)
    survey = surveyed(found.designs, faults, arguments, before)
    silent = outputs.silent(arguments)
    with (
        destination(path if arguments.update else None, "the baseline") as write_baseline,
        outputs.outputs(arguments, found.designs) as deliver,
    ):
        if blunt := toothless():
            headline = teeth_summary(blunt, len(PROBES), path)
            return told(blunt, Matrix(()), before, headline, arguments, found, deliver)
        try:
            matrix = survey.matrix()
        except KeyboardInterrupt:
            return survey.stopped("interrupted", exits.INTERRUPTED, silent)
        except BrokenProcessPool:
            return survey.stopped("a worker process died (out of memory?)", exits.INCONCLUSIVE, silent)
        changes = (*found.broken, *compare(before, baseline_of(matrix)))
        headline = gate_summary(changes, len(before.verdicts), path, len(PROBES), arguments.update)
        if arguments.update:
            write_baseline(baseline_text(remembering(matrix, found, old, path, compared)))
            before = baseline_of(matrix)
        return told(changes, matrix, before, headline, arguments, found, deliver)


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
    found: Asked,
    deliver: outputs.Deliver,
) -> int:
    """Everywhere, whatever was asked for; the exit code."""
    failing = [change for change in changes if change.fails and not (arguments.update and change.acceptable)]
    if not outputs.silent(arguments):
        report(changes, matrix, headline, arguments, found.folder)
    problems = gate_problems(() if arguments.update and not failing else changes, matrix, before)
    deliver(matrix, problems, headline.plain, places(problems, arguments.baseline), partial(standing, before=before))
    return exits.DIFFERS if failing else exits.AS_EXPECTED


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


def report(
    changes: tuple[Change, ...], matrix: Matrix, headline: Text, arguments: Namespace, folder: str | None
) -> None:
    """The diff, and the sum last."""
    update = "" if arguments.update else accept(arguments)
    width, symbols = console_on(sys.stdout).width, symbols_for(sys.stdout)
    text = changes_text(changes, matrix, update=update, width=width, symbols=symbols)
    replay = where_to_replay(folder) if "replay" in text.plain else ""
    say(text, replay, headline)
