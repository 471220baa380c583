"""`harness confirm` and `harness verify --confirm`: real Go as the judge."""

from __future__ import annotations

import dataclasses
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence

from harness.cli import exits
from harness.cli.catalog import faults_named
from harness.cli.designs import chosen
from harness.cli.judging import objections
from harness.cli.output import say, symbols_for, write
from harness.cli.replay import executed
from harness.cli.signals import ending_in_order
from harness.golang.confirm import RUNS, RealGo
from harness.golang.free import FreeRuns, run_freely
from harness.golang.toolchain import Toolchain, find_go
from harness.golang.twin import twin_of
from harness.model.errors import BadInput
from harness.model.execution import Execution
from harness.model.order import GUIDED
from harness.model.verdict import VIOLATED, Cell, Confirmation, Matrix, Verdict
from harness.report.confirmed import confirmation, score
from harness.report.replayed import how_replayed
from harness.report.text import count, printable
from harness.search.recipe import unless_diverged
from harness.stream.design import Design
from harness.stream.faults import FaultClass
from harness.stream.serve import StreamProgram

SHOWN = 3  # outcomes that nothing predicts


def run(arguments: Namespace) -> int:
    """A token, forced; or designs, left to themselves."""
    if (arguments.token is None) == (arguments.design is None):
        raise BadInput("confirm takes either a token from a report or --design NAME; found both or neither")
    if arguments.design is not None and arguments.oracle:
        raise BadInput("--oracle is for a token's execution: leave it out, or give a token in the place of --design")
    if arguments.design is None and arguments.fault is not None:
        raise BadInput("a token stands for one plan: leave out --fault, or give --design in the place of the token")
    return _token(arguments) if arguments.design is None else _designs(arguments)


def _token(arguments: Namespace) -> int:
    program, execution = streaming(arguments.token, arguments.oracle)
    objects = objections(program, execution, arguments.oracle)
    with ending_in_order(), RealGo(find_go()) as go:
        found, prediction = go.confirm(program, execution, arguments.runs)
    if execution.replayed == GUIDED:
        say(how_replayed(program.reference, execution, bool(objects)))
    say(confirmation(found, program.reference, objects, prediction.lines()))
    return exits.AS_EXPECTED if found.complete else exits.DIFFERS


def streaming(token: str, oracles: Sequence[str] | None = None) -> tuple[StreamProgram, Execution]:
    """The session that a token stands for, of which nothing is said unless one of the named `oracles` objects, or,
    without any, one of the usual ones; or it is as it was.

    Raises:
        BadInput: it stands for something else.
        ReplayDiverged: for nothing any more.
    """
    program, execution = executed(token)
    if not isinstance(program, StreamProgram):
        raise BadInput(
            "confirm runs streaming designs, which have twins in Go; this token's program is another one: "
            "harness replay shows it"
        )
    if execution.missed and not objections(program, execution, oracles):
        unless_diverged(execution)
    return program, execution


def confirming(designs: Sequence[Design]) -> Callable[[Matrix], Matrix]:
    """A function that confirms a matrix of these designs.

    Raises (before the work rather than after it):
        BadInput: one of them has no twin.
        GoUnavailable: there is no Go to ask.
    """
    toolchain = find_go()
    for design in designs:
        twin_of(design.handler)
    return lambda matrix: confirmed(matrix, toolchain, RUNS)


def confirmed(matrix: Matrix, toolchain: Toolchain, runs: int) -> Matrix:
    """The matrix, with what real Go did with each counterexample; equal ones are tried once."""
    tokens = list(dict.fromkeys(verdict.token for verdict in matrix.verdicts if verdict.token))
    found: dict[str, Confirmation] = {}
    with ending_in_order(), RealGo(toolchain) as go:
        for number, token in enumerate(tokens, 1):
            program, execution = streaming(token)
            found[token], _ = go.confirm(program, execution, runs)
            _progress(number, len(tokens), f"{program.handler.__name__} ({program.plan}): {score(found[token])}")
    return dataclasses.replace(matrix, cells=tuple(_confirmed(cell, found) for cell in matrix.cells))


def _confirmed(cell: Cell, found: dict[str, Confirmation]) -> Cell:
    def told(verdict: Verdict) -> Verdict:
        asked = verdict.verdict == VIOLATED
        return dataclasses.replace(verdict, confirmed=found[verdict.token]) if asked else verdict

    return dataclasses.replace(cell, verdicts=tuple(map(told, cell.verdicts)))


def _designs(arguments: Namespace) -> int:
    designs = chosen(arguments.design)
    faults = faults_named(arguments.fault)
    total, number, differing = len(designs) * len(faults), 0, 0
    toolchain = find_go()
    with ending_in_order(), RealGo(toolchain) as go:
        for design in designs:
            for fault in faults:
                number += 1
                runs = _cell(go, design, fault, arguments)
                differing += any(not each.as_predicted for each in runs)
                what = f"{design.name} {symbols_for(sys.stdout).times} {fault.name}"
                write(f"[{number:>{len(str(total))}}/{total}] {what}: {told(runs)}\n")
    verdict = "all as predicted" if not differing else f"{differing} not as predicted"
    say(f"{toolchain.version} with its race detector: {count(total, 'cell')}, {verdict}")
    return exits.DIFFERS if differing else exits.AS_EXPECTED


def _cell(go: RealGo, design: Design, fault: FaultClass, arguments: Namespace) -> list[FreeRuns]:
    return [
        run_freely(go, design.handler, plan, fault.settings, arguments.runs, arguments.seed) for plan in fault.plans
    ]


def told(found: list[FreeRuns]) -> str:
    """All plans of a fault class in a line, and a line more for each outcome that nothing predicts."""
    runs, racy = sum(each.runs for each in found), sum(each.racy for each in found)
    seen = sum(len(each.outcomes) for each in found)
    outside = [f"{each.plan}: {outcome}" for each in found for outcome in each.outside]
    predicted = sum(len(each.expected.outcomes) for each in found)
    unexpected = " where none is predicted" if any(each.racy and not each.expected.racy for each in found) else ""
    text = (
        f"{count(runs, 'run')} under {count(len(found), 'plan')}, {seen} outcomes, {predicted} predicted, "
        f"{len(outside)} others, {count(racy, 'run')} with a data race{unexpected}"
    )
    more = [f"  and {len(outside) - SHOWN} more"] if len(outside) > SHOWN else []
    return "\n".join([text, *(f"  not predicted: {printable(line)}" for line in outside[:SHOWN]), *more])


def _progress(number: int, total: int, text: str) -> None:
    write(f"[{number:>{len(str(total))}}/{total}] {text}\n", sys.stderr)
