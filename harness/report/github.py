"""What GitHub Actions shows: annotations (workflow commands on stdout), and the job's summary in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.problem import Problem
from harness.model.verdict import Matrix
from harness.report.text import count, printable, replay_command
from harness.report.verdicts_md import code, escaped, matrix_table

LIMIT = 1_000_000  # bytes; GitHub refuses a step's summary of more than 1 MiB
CUT = "\n\n(The rest is left out: a summary has at most 1 MiB.)\n"


def workflow_commands(problems: Sequence[Problem]) -> str:
    """A workflow command for each problem that fails the run, at its first place."""
    return "".join(f"{_command(problem)}\n" for problem in problems if problem.fails)


def _command(problem: Problem) -> str:
    fields = {"title": f"harness: {problem.title}"}
    own = [place for place in problem.places if place.own]
    if own:
        fields = {"file": own[0].path, "line": str(own[0].line), **fields}
    under = f" (under {', '.join(problem.faults)})" if problem.faults else ""
    lines = [f"{printable(problem.message)}{printable(under)}"]
    lines += [
        f"{printable(place.text)} at {printable(place.path)}:{place.line}" for place in problem.places if place.text
    ]
    if problem.token:
        lines.append(f"replay: {replay_command(problem.token, problem.oracle)}")
    shown = ",".join(f"{name}={_property(value)}" for name, value in fields.items())
    return f"::error {shown}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    """What may stand behind the second pair of colons."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")


def summary_markdown(matrix: Matrix, problems: Sequence[Problem], headline: str) -> str:
    """The summary of a job: the headline, what fails, the table, and folded up what is known."""
    failing = [problem for problem in problems if problem.fails]
    known = [problem for problem in problems if not problem.fails]
    parts = [f"## {'❌' if failing else '✅'} {escaped(headline)}"]
    if failing:
        parts.append("\n".join(map(_entry, failing)))
    parts.append("\n".join(matrix_table(matrix)))
    if known:
        folded = f"<details><summary>{count(len(known), 'known finding')}</summary>"
        parts += [folded, "\n".join(map(_entry, known)), "</details>"]
    return _short("\n\n".join(parts) + "\n")


def _entry(problem: Problem) -> str:
    under = f" under {', '.join(map(escaped, problem.faults))}" if problem.faults else ""
    lines = [f"- **{escaped(problem.title)}**{under}: {escaped(problem.message)}"]
    lines += [f"  - {code(f'{place.path}:{place.line}')} {escaped(place.text)}" for place in problem.places]
    if problem.token:
        lines.append(f"  - {code(replay_command(problem.token, problem.oracle))}")
    return "\n".join(lines)


def _short(text: str) -> str:
    whole = text.encode()
    if len(whole) <= LIMIT:
        return text
    return whole[:LIMIT].decode(errors="ignore").rpartition("\n")[0] + CUT
