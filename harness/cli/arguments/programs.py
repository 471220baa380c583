"""Arguments of the commands about one program, or a token of one: `prove`, `check`, `replay`, `explain`, `confirm`."""

from __future__ import annotations

from argparse import ArgumentParser

from harness.cli import exits
from harness.cli.numbers import natural, positive, seconds
from harness.model.execution import ADVERSARIAL, FAIR_BOUND, IDLE
from harness.model.token import bare
from harness.runtime.watchdog import PATIENCE


def add_prove(command: ArgumentParser) -> None:
    from harness.cli import programs

    command.set_defaults(run=programs.run_prove)
    _add_program(command)
    command.add_argument("--max-executions", metavar="N", type=positive, help="give up (exit code 3) after so many")
    command.add_argument("--max-preemptions", metavar="N", type=natural, help="only schedules with at most so many")


def add_check(command: ArgumentParser) -> None:
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


def add_replay(command: ArgumentParser) -> None:
    from harness.cli import replay

    command.set_defaults(run=replay.run)
    _add_token(command)
    command.add_argument("--lanes", action="store_true", help="a column for each goroutine, as `explain` draws them")
    _add_patience(command)


def add_explain(command: ArgumentParser) -> None:
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


def add_confirm(command: ArgumentParser) -> None:
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


def _add_patience(command: ArgumentParser) -> None:
    command.add_argument(
        "--patience",
        metavar="SECONDS",
        type=seconds,
        default=PATIENCE,
        help="how long a goroutine may run without an operation (default: %(default)g)",
    )
