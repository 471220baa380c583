"""A replayed execution: what it is, how it was had again, what follows from that, and what the oracles say."""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.conclusion import FIXED, OPEN, PASSES, conclusion
from harness.model.execution import Execution
from harness.model.order import CHOICES, EXACTLY
from harness.report.text import count, printable, prove_command

SHOWN = 3  # turns that do not apply


def replayed(title: str, execution: Execution, objections: list[tuple[str, str]], asked: Sequence[str]) -> str:
    """Above a replayed execution of the program `title`; `asked` are all the oracles."""
    sentences = [f"violated: {printable(name)}: {printable(message)}" for name, message in objections]
    how = how_replayed(title, execution, bool(objections))
    return "\n".join([printable(title), how, *(sentences or [nobody_objects(asked)])])


def nobody_objects(asked: Sequence[str]) -> str:
    """That none of these oracles does, in words."""
    if not asked:
        return "no oracle objects to this execution"
    return f"no oracle objects to this execution; asked: {', '.join(map(printable, asked))}"


def how_replayed(program: str, execution: Execution, objected: bool) -> str:
    """What follows from the replay, and whether it is of the execution that its token was made of, in words."""
    found = conclusion(execution, objected)
    if execution.replayed == EXACTLY:
        how = "every step is the one that the token was made of"
        if execution.kept == CHOICES:
            how = "every choice is the one that the token was made of; it is older, and does not hold the steps"
        return f"replayed exactly: {how}" if found == PASSES else f"{found}, replayed exactly: {how}"
    return f"{found}, replayed guided: {_guided(program, execution, found)}"


def _guided(program: str, execution: Execution, found: str) -> str:
    if found == FIXED:
        return (
            "up to the last choice every step is the one that the token was made of, and what comes then violates "
            f"nothing; of other schedules tells\n  {prove_command(printable(program))}"
        )
    if found == OPEN:
        return (
            "the program is not what it was when the token was made; all turns of its order were taken, but names or "
            f"counts may have shifted; whether the failure is still there tells\n  {prove_command(printable(program))}"
        )
    changed = "the program is not what it was when the token was made"
    if not execution.missed:
        return f"{changed}; all turns of its order were taken"
    told = [f"  step {missed.step}: {printable(missed.reason)}" for missed in execution.missed[:SHOWN]]
    more = [f"  and {count(len(execution.missed) - SHOWN, 'more turn')}"] * (len(execution.missed) > SHOWN)
    return "\n".join([f"{changed}; these turns of its order do not apply:", *told, *more])
