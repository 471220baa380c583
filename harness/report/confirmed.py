"""What real Go did with counterexamples, and with designs that it was left alone with, in words."""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.verdict import Confirmation, Matrix
from harness.report.text import count, printable


def score(found: Confirmation) -> str:
    """ "reproduced 100 of 100 on go1.27.3"."""
    detector = ", its race detector objecting each time" if found.racy and found.complete else ""
    return f"reproduced {found.reproduced} of {found.runs} on {found.go}{detector}"


def confirmation(found: Confirmation, title: str, objections: Sequence[tuple[str, str]], came: Sequence[str]) -> str:
    """A token on real Go: the score, what it violates, and what came about or what happened instead."""
    lines = [score(found), f"  {printable(title)}"]
    lines += [f"  violated: {printable(name)}: {printable(message)}" for name, message in objections]
    wanted = [f"  {printable(line)}" for line in came]
    if found.complete:
        return "\n".join([*lines, "", "In every run real Go followed the schedule step by step, and came to", *wanted])
    return "\n".join(
        [*lines, "", f"The first other run: {printable(found.differs)}", "", "It should have come to", *wanted]
    )


def summary(matrix: Matrix) -> str:
    """How many of the violated verdicts real Go reproduced, and each one that it did not; empty if nobody asked."""
    asked = [(verdict, verdict.confirmed) for verdict in matrix.verdicts if verdict.confirmed]
    if not asked:
        return ""
    failed = [(verdict, found) for verdict, found in asked if not found.complete]
    first = asked[0][1]
    lines = [
        f"{first.go}: {len(asked) - len(failed)} of {count(len(asked), 'violated verdict')} reproduced, "
        f"{first.runs} of {first.runs} times each"
    ]
    lines += [
        f"  not {verdict.property} of {verdict.design} under {verdict.fault}: {score(found)}; "
        f"{printable(found.differs)}"
        for verdict, found in failed
    ]
    return "\n".join(lines)
