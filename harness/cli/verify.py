"""`harness verify`: the verdict matrix over the scenarios."""

from __future__ import annotations

import dataclasses
import importlib
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from typing import TypeAlias

from rich.text import Text

from harness import __version__
from harness.cli import exits, outputs, progress
from harness.cli.catalog import faults_named
from harness.cli.designs import SCENARIOS, chosen, where_to_replay
from harness.cli.explain import explanation
from harness.cli.files import STDOUT, destination
from harness.cli.folders import report_folder
from harness.cli.output import console_on, say, symbols_for, write
from harness.model.explanation import Explanation
from harness.model.verdict import INCONCLUSIVE, VIOLATED, Cell, Claim, Matrix, Verdict
from harness.report.claims import claims_text
from harness.report.confirmed import summary as confirmations
from harness.report.details import bounds, details, differing, summary
from harness.report.html import Entry, pages
from harness.report.json_form import json_text
from harness.report.matrix import verdict_table
from harness.report.problems import problems_of
from harness.report.standing import Standing, by_expectation
from harness.report.verdicts_md import verdicts_markdown
from harness.stream.design import Design
from harness.stream.faults import FaultClass
from harness.stream.verdicts import default_jobs, verify_matrix

TOLD = "no_event_lost"  # what the seed's users see; its counterexample is the one told in full
Explain: TypeAlias = Callable[[Verdict], Explanation]


def run(arguments: Namespace) -> int:
    """The matrix, and whatever else was asked for."""
    designs = chosen(arguments.design, arguments.scenarios)
    faults = faults_named(arguments.fault)
    confirm = on_real_go(designs) if arguments.confirm else None
    silent = STDOUT in (arguments.json, arguments.write_verdicts) or outputs.silent(arguments)
    with (
        destination(arguments.json, "the JSON") as write_json,
        destination(arguments.write_verdicts, "the verdicts") as write_verdicts,
        outputs.outputs(arguments, designs) as deliver,
        report_folder(arguments.html) as write_pages,
    ):
        survey = Survey(designs, faults, arguments.jobs or default_jobs(), arguments.budget)
        try:
            matrix = survey.matrix()
            if confirm is not None:
                matrix = confirm(matrix)
            claims = claimed() if arguments.claims or arguments.write_verdicts else ()
        except KeyboardInterrupt:
            return survey.stopped("interrupted", exits.INTERRUPTED, silent)
        except BrokenProcessPool:
            return survey.stopped("a worker process died (out of memory?)", exits.INCONCLUSIVE, silent)
        if arguments.json:
            write_json(json_text(matrix, __version__))
        explain = cache(_explained)  # a finding may be told in both places
        if arguments.write_verdicts:
            write_verdicts(verdicts_markdown(matrix, claims, told(matrix, explain)))
        if arguments.html:
            write_pages(pages(counterexamples(matrix, explain), matrix))
        if not silent:
            report(matrix, claims, survey.seconds(), where_to_replay(arguments.scenarios))
        deliver(matrix, problems_of(matrix), summary(matrix).plain, {}, by_expectation)
    return exit_code(matrix)


class Survey:
    """A matrix in the making, which can be told about before it is complete.

    How its verdicts stand is told as they come; what they are expected to be may be other than the designs say.
    """

    def __init__(
        self,
        designs: Sequence[Design],
        faults: Sequence[FaultClass],
        jobs: int,
        budget: int,
        *,
        standing: Standing = by_expectation,
        expecting: Callable[[Cell], Cell] = lambda cell: cell,
    ) -> None:
        self.standing = standing
        self.expecting = expecting
        self.designs = designs
        self.faults = faults
        self.jobs = jobs
        self.budget = budget
        self.started = time.monotonic()
        self.cells: list[Cell] = []

    def matrix(self) -> Matrix:
        """All of it."""
        with progress.cells(len(self.designs) * len(self.faults), self.standing) as show:

            def finished(cell: Cell) -> None:
                self.cells.append(self.expecting(cell))
                show(cell)

            found = verify_matrix(self.designs, self.faults, jobs=self.jobs, budget=self.budget, on_cell=finished)
            return dataclasses.replace(found, cells=tuple(map(self.expecting, found.cells)))

    def stopped(self, why: str, code: int, silent: bool) -> int:
        """Tell what is known so far; the exit code."""
        stream = sys.stderr if silent else sys.stdout
        total = len(self.designs) * len(self.faults)
        stories = {design.name: design.story for design in self.designs}
        matrix = Matrix(tuple(sorted(self.cells, key=lambda cell: [d.name for d in self.designs].index(cell.design))))
        table = verdict_table(
            matrix,
            width=console_on(stream).width,
            symbols=symbols_for(stream),
            designs=list(stories),
            faults=[fault.name for fault in self.faults],
        )
        say(table, f"{why} after {len(self.cells)} of {total} cells; nothing was written to a file", stream=stream)
        return code

    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.started


def on_real_go(designs: Sequence[Design]) -> Callable[[Matrix], Matrix]:
    """See `harness.cli.confirm.confirming`."""
    from harness.cli.confirm import confirming  # noqa: PLC0415 (only who asks for real Go waits for it)

    return confirming(designs)


def report(matrix: Matrix, claims: Sequence[Claim], seconds: float, where: str = "") -> None:
    """Table, details, bounds, claims, differences, and the sum last, where a terminal shows it."""
    width, symbols = console_on(sys.stdout).width, symbols_for(sys.stdout)
    say(
        verdict_table(matrix, width=width, symbols=symbols),
        details(matrix, width=width, symbols=symbols),
        where,
        bounds(matrix, width=width),
        claims_text(claims, width=width) if claims else "",
        differing(matrix, width=width, symbols=symbols),
        confirmations(matrix),
        Text.assemble(summary(matrix), f" ({seconds:.1f} s)"),
    )


def exit_code(matrix: Matrix) -> int:
    """As expected; or it differs, or real Go does; or all that differs is that the budget ran out."""
    verdicts = matrix.verdicts
    if any(verdict.confirmed and not verdict.confirmed.complete for verdict in verdicts):
        return exits.DIFFERS
    found = [verdict.verdict for verdict in verdicts if not verdict.as_expected]
    if not found:
        return exits.AS_EXPECTED
    return exits.INCONCLUSIVE if all(verdict == INCONCLUSIVE for verdict in found) else exits.DIFFERS


def claimed() -> tuple[Claim, ...]:
    """What the scenarios' source claims, and what is found about it."""
    write("checking the claims\n", sys.stderr)
    claims: tuple[Claim, ...] = importlib.import_module(f"{SCENARIOS}.claims").check_claims()
    return claims


def counterexamples(matrix: Matrix, explain: Explain) -> list[Entry]:
    """Every violated verdict with what its counterexample's execution tells."""
    found = [verdict for verdict in matrix.verdicts if verdict.token]
    return [Entry(explain(verdict), verdict) for verdict in found]


def told(matrix: Matrix, explain: Explain) -> tuple[Verdict, Explanation] | None:
    """The counterexample that the document tells in full."""
    found = [verdict for verdict in matrix.verdicts if verdict.verdict == VIOLATED]
    found.sort(key=lambda verdict: verdict.property != TOLD)
    return (found[0], explain(found[0])) if found else None


def _explained(verdict: Verdict) -> Explanation:
    """A violated verdict's counterexample, with its causes."""
    return dataclasses.replace(explanation(verdict.token, verdict.property, verdict.message), minimal=verdict.minimal)
