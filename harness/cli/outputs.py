"""`--junit`, `--sarif`, `--summary`, `--github`: the same answer for the places where people look.

Whether they can be written is known before the work begins.
"""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from harness import __version__
from harness.cli.catalog import opening
from harness.cli.files import STDOUT, destination, distinct
from harness.cli.locate import located
from harness.cli.output import write
from harness.model.errors import BadInput
from harness.model.problem import Place, Problem
from harness.model.verdict import Matrix
from harness.report.github import summary_markdown, workflow_commands
from harness.report.junit import junit_text
from harness.report.problems import RULES
from harness.report.sarif import sarif_text
from harness.stream.design import Design
from harness.stream.lifetime import LIFETIME
from harness.stream.oracles import PROPERTIES
from harness.stream.promises import judged

SUMMARY = "GITHUB_STEP_SUMMARY"
FILES = ("junit", "sarif", "summary")

Deliver = Callable[[Matrix, Sequence[Problem], str, Mapping[Problem, Place]], None]


@contextmanager
def outputs(arguments: Namespace, designs: Sequence[Design]) -> Iterator[Deliver]:
    """A function that writes what was asked for, given the matrix, its problems, a headline, and places of problems.

    Raises:
        BadInput: one of the files cannot be written, or two things are to go to stdout.
    """
    ours = [f"--{name}" for name in FILES if getattr(arguments, name) == STDOUT]
    ours += ["--github"] if arguments.github else []
    others = [f"--{name}" for name in ("json", "write_verdicts") if getattr(arguments, name, None) == STDOUT]
    to_stdout = [name.replace("_", "-") for name in (*others, *ours)]
    if ours and len(to_stdout) > 1:
        raise BadInput(f"only one of {', '.join(to_stdout)} can go to stdout: give the others a file")
    names = ("json", "write_verdicts", *FILES)
    distinct({f"--{name.replace('_', '-')}": getattr(arguments, name, None) for name in names})
    summary = os.environ.get(SUMMARY) if arguments.github else None
    with (
        destination(arguments.junit, "the JUnit XML") as junit,
        destination(arguments.sarif, "the SARIF log") as sarif,
        destination(arguments.summary, "the summary") as markdown,
        appending(summary) as job_summary,
    ):

        def deliver(
            matrix: Matrix, problems: Sequence[Problem], headline: str, baseline: Mapping[Problem, Place]
        ) -> None:
            if not (arguments.github or any(getattr(arguments, name) for name in FILES)):
                return
            if arguments.github or arguments.sarif or arguments.summary:
                problems = located(problems, designs, baseline)
            junit(junit_text(matrix, problems))
            sarif(sarif_text(problems, rules(designs), __version__))
            text = summary_markdown(matrix, problems, headline)
            markdown(text)
            job_summary(text)
            if arguments.github:
                write(workflow_commands(problems))

        yield deliver


def silent(arguments: Namespace) -> bool:
    """Is stdout taken by a file that goes there?"""
    return any(getattr(arguments, name) == STDOUT for name in FILES)


def rules(designs: Iterable[Design]) -> dict[str, str]:
    """What each property, each promise of these designs, and each rule of the gate asks."""
    asked = {name: oracle for design in designs for name, oracle in judged(design.handler).items()}
    return {**{name: opening(oracle) for name, oracle in {**PROPERTIES, **LIFETIME, **asked}.items()}, **RULES}


@contextmanager
def appending(path: str | None) -> Iterator[Callable[[str], object]]:
    """A function that adds text to the end of a file which other steps write to as well; None is nowhere."""
    if not path:
        yield lambda text: None
        return
    try:
        with open(path, "a", encoding="utf-8", newline="\n") as file:
            yield file.write
    except OSError as error:
        raise BadInput(f"cannot append to {path!r}, which {SUMMARY} names: {error.strerror}; unset it") from error
