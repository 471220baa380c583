"""What may be written on the command line.

A command's module is imported when the command is asked for: most need only a part of the harness.
"""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable, Sequence

from harness import __version__
from harness.cli import exits
from harness.cli.numbers import minutes, natural, positive, seconds
from harness.model.execution import ADVERSARIAL, FAIR_BOUND, IDLE
from harness.model.token import bare
from harness.runtime.watchdog import PATIENCE


def parser(asked: Sequence[str]) -> ArgumentParser:
    """The command line; of the commands only the one that `asked` begins with has its arguments, and `run`."""
    top = ArgumentParser(
        "harness",
        description="A race-condition test harness with Go semantics: explores the schedules of concurrent programs.",
        epilog=exits.MEANINGS,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"harness {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    wanted = next((word for word in asked if not word.startswith("-")), "")
    for name, (does, add) in COMMANDS.items():
        described = f"{does[0].upper()}{does[1:]}."
        command = commands.add_parser(name, help=does, description=described, allow_abbrev=False)
        if name == wanted:
            add(command)
    return top


def _add_verify(command: ArgumentParser) -> None:
    from harness.cli import verify

    command.set_defaults(run=verify.run)
    _add_matrix(command)
    command.add_argument("--json", metavar="PATH", help="write the verdicts as JSON; - is stdout, and then only JSON")
    command.add_argument("--html", metavar="DIR", help="write a web page for each counterexample, and an index")
    command.add_argument("--claims", action="store_true", help="check the seed document's claims as well")
    command.add_argument("--confirm", action="store_true", help="force every counterexample on real Go, 100 times each")
    command.add_argument("--write-verdicts", metavar="PATH", help="write matrix, findings and claims as Markdown")
    _add_outputs(command)


def _add_outputs(command: ArgumentParser) -> None:
    """For the places where people look; - is stdout."""
    command.add_argument("--junit", metavar="PATH", help="write JUnit XML: a test case for each verdict")
    command.add_argument("--sarif", metavar="PATH", help="write SARIF 2.1.0: where which operations conflict")
    command.add_argument("--summary", metavar="PATH", help="write a summary in Markdown")
    command.add_argument(
        "--github", action="store_true", help="annotations on stdout, and the summary to GITHUB_STEP_SUMMARY"
    )


def _add_gate(command: ArgumentParser) -> None:
    from harness.cli import gate

    command.set_defaults(run=gate.run)
    _add_matrix(command)
    command.add_argument(
        "--baseline", metavar="PATH", default=gate.BASELINE, help="what was found once (default: %(default)s)"
    )
    command.add_argument("--update", action="store_true", help="accept what is found, and write it to the baseline")
    _add_outputs(command)


def _add_matrix(command: ArgumentParser) -> None:
    """Which cells, and how."""
    from harness.stream.verdicts import BUDGET

    command.add_argument(
        "--design",
        metavar="D",
        action="append",
        help="only this design: a name, or MODULE:HANDLER for any handler of yours; may be repeated",
    )
    command.add_argument("--fault", metavar="F", action="append", help="only this fault class; may be repeated")
    command.add_argument(
        "--scenarios", metavar="DIR", help="the designs that modules in this folder list as DESIGNS, not the seed's"
    )
    command.add_argument("--jobs", metavar="N", type=positive, help="worker processes (default: one for each CPU)")
    command.add_argument(
        "--budget",
        metavar="N",
        type=positive,
        default=BUDGET,
        help="executions in a cell, after which what is open is inconclusive (default: %(default)s)",
    )


def _add_prove(command: ArgumentParser) -> None:
    from harness.cli import programs

    command.set_defaults(run=programs.run_prove)
    _add_program(command)
    command.add_argument("--max-executions", metavar="N", type=positive, help="give up (exit code 3) after so many")
    command.add_argument("--max-preemptions", metavar="N", type=natural, help="only schedules with at most so many")


def _add_check(command: ArgumentParser) -> None:
    from harness.cli import programs

    command.set_defaults(run=programs.run_check)
    _add_program(command)
    command.add_argument("--strategy", metavar="S", default="Mixed", help="who chooses (default: %(default)s)")
    command.add_argument(
        "--executions", metavar="N", type=positive, default=1_000, help="how many (default: %(default)s)"
    )
    command.add_argument("--seed", metavar="K", type=natural, help="of the strategy (default: 0)")


def _add_program(command: ArgumentParser) -> None:
    command.add_argument("program", metavar="MODULE:PROGRAM", help="an async function that takes no arguments")
    command.add_argument(
        "--clock", choices=(IDLE, ADVERSARIAL), default=IDLE, help="when time moves (default: %(default)s)"
    )
    command.add_argument(
        "--max-steps", metavar="N", type=positive, default=10_000, help="of each execution (default: %(default)s)"
    )
    command.add_argument(
        "--early-firings", metavar="N", type=natural, default=2, help="adversarial clock only (default: %(default)s)"
    )
    command.add_argument(
        "--fair-bound",
        metavar="N",
        type=natural,
        default=FAIR_BOUND,
        help="who polls in vain more often in a row waits for a change; 0: never (default: %(default)s)",
    )
    command.add_argument(
        "--oracle",
        metavar="NAME",
        action="extend",
        nargs="+",
        help="a property of `harness list`, or MODULE:ORACLE; write it after MODULE:PROGRAM",
    )
    command.add_argument(
        "--coverage", action="store_true", help="list which conflicting operations came in which order"
    )
    command.add_argument(
        "--explain", action="store_true", help="say of a counterexample why it fails, which takes more executions"
    )
    command.add_argument("--json", metavar="PATH", help="write the answer as JSON; - is stdout, and then only JSON")
    _add_patience(command)


def _add_replay(command: ArgumentParser) -> None:
    from harness.cli import replay

    command.set_defaults(run=replay.run)
    _add_token(command)
    command.add_argument("--lanes", action="store_true", help="a column for each goroutine, as `explain` draws them")
    _add_patience(command)


def _add_token(command: ArgumentParser) -> None:
    command.add_argument("token", metavar="TOKEN", type=bare, help="from a report: one word that starts with h2.")
    command.add_argument("--scenarios", metavar="DIR", help="where its design is, if not here: see `harness verify`")
    _add_oracle(command)
    command.epilog = exits.OF_A_REPLAY


def _add_oracle(command: ArgumentParser) -> None:
    """Of a token: it does not hold who objected."""
    command.add_argument(
        "--oracle",
        metavar="NAME",
        action="append",
        help="who judges it, where that is not the program's usual oracles: a property of `harness list`, one of the "
        "program's own oracles, or MODULE:ORACLE; may be repeated",
    )


def _add_explain(command: ArgumentParser) -> None:
    from harness.causes.causes import EXECUTIONS
    from harness.cli import explain

    command.set_defaults(run=explain.run)
    _add_token(command)
    command.add_argument("--html", metavar="FILE", help="write one self-contained web page to step through")
    command.add_argument(
        "--json", metavar="PATH", help="write the whole counterexample as JSON; - is stdout, and then only JSON"
    )
    command.add_argument(
        "--executions",
        metavar="N",
        type=natural,
        default=EXECUTIONS,
        help="look at so many others for the causes; 0 is none (default: %(default)s)",
    )
    form = command.add_mutually_exclusive_group()
    form.add_argument("--mermaid", action="store_true", help="print a Mermaid sequence diagram instead")
    form.add_argument("--text", action="store_true", help="print plain text, to be pasted into an issue, instead")
    _add_patience(command)


def _add_stress(command: ArgumentParser) -> None:
    from harness.cli import stress

    command.set_defaults(run=stress.run)
    command.add_argument("--design", metavar="D", action="append", help="only this design; may be repeated")
    command.add_argument(
        "--count", metavar="N", type=positive, help="executions of the campaign as a whole, earlier runs included"
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


def _add_confirm(command: ArgumentParser) -> None:
    from harness.cli import confirm

    command.set_defaults(run=confirm.run)
    command.add_argument("token", metavar="TOKEN", type=bare, nargs="?", help="of a streaming design, from a report")
    _add_oracle(command)
    command.add_argument(
        "--design", metavar="D", action="append", help="run it freely, under every plan; may be repeated"
    )
    command.add_argument("--fault", metavar="F", action="append", help="only this fault class; may be repeated")
    command.add_argument("--runs", metavar="N", type=positive, default=100, help="of each (default: %(default)s)")
    command.add_argument("--seed", metavar="K", type=natural, default=0, help="of the delays in free runs (default: 0)")


def _add_conform(command: ArgumentParser) -> None:
    from harness.cli import conform

    command.set_defaults(run=conform.run)
    command.add_argument("--programs", metavar="N", type=positive, default=100, help="how many (default: %(default)s)")
    command.add_argument("--seed", metavar="K", type=natural, default=0, help="of the first (default: %(default)s)")
    command.add_argument(
        "--runs", metavar="N", type=positive, default=300, help="free runs of each (default: %(default)s)"
    )
    command.add_argument("--show", metavar="SEED", type=natural, help="only print a program, in Python and in Go")


def _add_list(command: ArgumentParser) -> None:
    from harness.cli import listing

    command.set_defaults(run=listing.run)
    command.add_argument("--scenarios", metavar="DIR", help="the designs of this folder, not the seed's")


def _add_template(command: ArgumentParser) -> None:
    from harness.cli import template

    command.set_defaults(run=template.run)
    command.add_argument(
        "name",
        choices=template.TEMPLATES,
        help="a GitHub Actions workflow, a configuration of pre-commit, or a line for any CI",
    )


def _add_patience(command: ArgumentParser) -> None:
    command.add_argument(
        "--patience",
        metavar="SECONDS",
        type=seconds,
        default=PATIENCE,
        help="how long a goroutine may run without an operation (default: %(default)g)",
    )


COMMANDS: dict[str, tuple[str, Callable[[ArgumentParser], None]]] = {
    "verify": ("the verdict matrix: every design under every fault class", _add_verify),
    "gate": (
        "fail if a verdict or a proof is worse than in the baseline, or the harness has lost its teeth",
        _add_gate,
    ),
    "prove": ("explore every schedule of a program", _add_prove),
    "check": ("try some schedules of a program", _add_check),
    "replay": ("show the execution that a token stands for", _add_replay),
    "stress": ("random plans under random schedules, resumable", _add_stress),
    "explain": ("show an execution as lanes, a web page, a diagram or JSON", _add_explain),
    "confirm": ("force a counterexample on real Go, or run a design there freely and look for more", _add_confirm),
    "conform": ("compare generated programs with real Go", _add_conform),
    "list": ("designs, fault classes, properties and strategies", _add_list),
    "template": ("print a file to copy, which puts the gate into CI", _add_template),
}
"""What each does, and a function that adds its arguments."""
