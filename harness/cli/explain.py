"""`harness explain`: one execution as lanes, as a page, as JSON, as a diagram, or as text to paste."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace

from harness import __version__
from harness.causes.causes import EXECUTIONS
from harness.cli import causes
from harness.cli.files import STDOUT, destination, distinct
from harness.cli.judging import Program, asked_about, objections, to_be_named
from harness.cli.output import console_on, marks_for, say, write
from harness.cli.replay import executed, exit_code
from harness.model.answers import Counterexample
from harness.model.explanation import Explanation
from harness.report.counterexample_json import counterexample_text
from harness.report.explained import explained, pasted
from harness.report.html import finding_page
from harness.report.mermaid import mermaid
from harness.report.text import replay_command
from harness.runtime.watchdog import PATIENCE
from harness.search.campaign import name_of
from harness.stream.loading import put_on_path


def run(arguments: Namespace) -> int:
    """Whatever forms were asked for; for a terminal, if nothing else goes to stdout."""
    if arguments.scenarios is not None:
        put_on_path(arguments.scenarios)
    printed = {f"--{form}": STDOUT for form in ("mermaid", "text") if getattr(arguments, form)}
    distinct({"--json": arguments.json, "--html": arguments.html, **printed})
    with (
        destination(arguments.json, "the JSON") as write_json,
        destination(arguments.html, "the page") as write_html,
    ):
        found = asked(arguments)
        code = exit_code(found.failing.execution, bool(found.oracle))
        if arguments.json:
            write_json(counterexample_text(found, __version__))
        if arguments.html:
            write_html(finding_page(found))
        if arguments.mermaid:
            write(mermaid(found) + "\n")
        elif arguments.text:
            write(pasted(found) + "\n")
        elif STDOUT not in (arguments.json, arguments.html):
            say(explained(found, width=console_on(sys.stdout).width, marks=marks_for(sys.stdout)))
    return code


def asked(arguments: Namespace) -> Explanation:
    """What the command asks for: of the execution that a token stands for, why the first oracle that does objects.

    Raises:
        ReplayDiverged: none does, and part of the order did not apply.
    """
    program, execution = executed(arguments.token, arguments.patience)
    oracle, message = next(iter(objections(program, execution, arguments.oracle)), ("", ""))
    exit_code(execution, bool(oracle))
    found = Counterexample(execution, oracle, message, arguments.token)
    return _explanation(program, found, arguments.oracle, arguments.patience, arguments.executions)


def explanation(token: str, oracle: str, message: str) -> Explanation:
    """A finding that is known: the execution that `token` stands for, and why this oracle objects to it."""
    program, execution = executed(token)
    return _explanation(program, Counterexample(execution, oracle, message, token), None, PATIENCE, EXECUTIONS)


def _explanation(
    program: Program, found: Counterexample, names: Sequence[str] | None, patience: float, executions: int
) -> Explanation:
    """A finding with all that can be found out by looking at so many `executions`, and the command that shows it."""
    named = to_be_named(program, found, names) if found.oracle else ""
    oracles = asked_about(program, names)
    told = causes.explained(program, found, oracles, patience=patience, executions=executions)
    asked = tuple(map(name_of, oracles))
    return replace(told, command=replay_command(found.token, named), asked=asked)
