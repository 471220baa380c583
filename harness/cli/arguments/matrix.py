"""Arguments of the commands about designs: `verify`, `gate`, `stress`."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser

from harness.cli.numbers import minutes, natural, positive


def add_verify(command: ArgumentParser) -> None:
    from harness.cli import verify

    command.set_defaults(run=verify.run)
    _add_matrix(command)
    command.add_argument("--json", metavar="PATH", help="write the verdicts as JSON; - is stdout, and then only JSON")
    command.add_argument("--html", metavar="DIR", help="write a web page for each counterexample, and an index")
    command.add_argument("--claims", action="store_true", help="check the seed document's claims as well")
    command.add_argument("--confirm", action="store_true", help="force every counterexample on real Go, 100 times each")
    command.add_argument("--write-verdicts", metavar="PATH", help="write matrix, findings and claims as Markdown")
    _add_outputs(command)


def add_gate(command: ArgumentParser) -> None:
    from harness.cli import gate, recorded

    command.set_defaults(run=gate.run)
    _add_matrix(command)
    command.add_argument(
        "--baseline", metavar="PATH", default=recorded.BASELINE, help="what was found once (default: %(default)s)"
    )
    command.add_argument("--update", action="store_true", help="accept what is found, and write it to the baseline")
    _add_outputs(command)


def add_stress(command: ArgumentParser) -> None:
    from harness.cli import stress

    command.set_defaults(run=stress.run)
    _add_designs(command)
    command.add_argument(
        "--count",
        metavar="N",
        type=positive,
        help="executions of the campaign as a whole, earlier runs included; rounded up to whole batches",
    )
    command.add_argument("--minutes", metavar="M", type=minutes, help="how long this run goes on (default: 1)")
    command.add_argument("--jobs", metavar="N", type=positive, help="worker processes (default: one for each CPU)")
    command.add_argument("--seed", metavar="K", type=natural, help="of all that is drawn (default: 0)")
    command.add_argument(
        "--journal", metavar="FILE", help=f"where to go on, and to note what is done (default: {stress.JOURNAL})"
    )
    command.add_argument("--fresh", action="store_true", help="begin anew; an old journal is moved aside")
    command.add_argument("--json", metavar="PATH", help="write the findings as JSON; - is stdout, and then only JSON")
    command.add_argument("--html", metavar="DIR", help="write a web page for each cause, and an index")
    command.add_argument("--executions-per-batch", type=positive, help=SUPPRESS)


def _add_matrix(command: ArgumentParser) -> None:
    """Which cells, and how."""
    from harness.stream.verdicts import BUDGET

    _add_designs(command)
    command.add_argument("--fault", metavar="F", action="append", help="only this fault class; may be repeated")
    command.add_argument("--jobs", metavar="N", type=positive, help="worker processes (default: one for each CPU)")
    command.add_argument(
        "--budget",
        metavar="N",
        type=positive,
        default=BUDGET,
        help="executions in a cell, after which what is open is inconclusive (default: %(default)s)",
    )


def _add_designs(command: ArgumentParser) -> None:
    """Which designs."""
    command.add_argument(
        "--design",
        metavar="D",
        action="append",
        help="only this design: a name, or MODULE:HANDLER for any handler of yours; may be repeated",
    )
    command.add_argument(
        "--scenarios", metavar="DIR", help="the designs that modules in this folder list as DESIGNS, not the seed's"
    )


def _add_outputs(command: ArgumentParser) -> None:
    """For the places where people look; - is stdout."""
    command.add_argument("--junit", metavar="PATH", help="write JUnit XML: a test case for each verdict")
    command.add_argument("--sarif", metavar="PATH", help="write SARIF 2.1.0: where which operations conflict")
    command.add_argument("--summary", metavar="PATH", help="write a summary in Markdown")
    command.add_argument(
        "--github", action="store_true", help="annotations on stdout, and the summary to GITHUB_STEP_SUMMARY"
    )
