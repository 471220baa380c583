"""`harness explain`: one execution as lanes, as a page, as JSON, as a diagram, or as text to paste."""

from __future__ import annotations

import sys
from argparse import Namespace

from harness import __version__
from harness.causes.causes import EXECUTIONS
from harness.cli import causes, exits
from harness.cli.files import STDOUT, destination
from harness.cli.output import console_on, marks_for, say, write
from harness.cli.programs import executed, objections, oracles_of, shielded
from harness.model.answers import Counterexample
from harness.model.explanation import Explanation
from harness.report.counterexample_json import counterexample_text
from harness.report.explained import explained, pasted
from harness.report.html import finding_page
from harness.report.mermaid import mermaid
from harness.runtime.watchdog import PATIENCE
from harness.stream.loading import put_on_path


def run(arguments: Namespace) -> int:
    """Whatever forms were asked for; for a terminal, if nothing else goes to stdout."""
    if arguments.scenarios is not None:
        put_on_path(arguments.scenarios)
    with (
        destination(arguments.json, "the JSON") as write_json,
        destination(arguments.html, "the page") as write_html,
    ):
        found = explanation(arguments.token, patience=arguments.patience, executions=arguments.executions)
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
    return exits.DIFFERS if found.oracle else exits.AS_EXPECTED


def explanation(
    token: str, oracle: str = "", message: str = "", patience: float = PATIENCE, executions: int = EXECUTIONS
) -> Explanation:
    """The execution that `token` stands for, with all that can be found out by looking at so many `executions`.

    Without `oracle`, its sentence is that of the first of the program's oracles that objects.
    """
    program, execution = executed(token, patience)
    if not oracle:
        oracle, message = next(iter(objections(program, execution)), ("", ""))
    found = Counterexample(execution, oracle, message, token)
    oracles = tuple(map(shielded, oracles_of(program)))
    return causes.explained(program, found, oracles, patience=patience, executions=executions)
