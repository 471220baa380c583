"""What a verb answered, in words that claim no more than the answer's type does."""

from __future__ import annotations

from harness.model.answers import FEWEST_SWITCHES, ONE_MINIMAL, STOPPED_EARLY, Counterexample, Passed, Proof
from harness.model.bounds import cut_off_at
from harness.model.outcome import Deadlocked, FairBoundReached, Panicked, StepLimitReached
from harness.model.trace import shorten
from harness.report.text import count, printable, replay_command
from harness.report.timeline import timeline

SHOWN_OUTCOMES = 12
MINIMAL = {
    FEWEST_SWITCHES: "the fewest there can be",
    ONE_MINIMAL: "none can be left out",
    STOPPED_EARLY: "there may be a way with fewer: the search for it was stopped",
}


def passed(answer: Passed, cut_off: int, max_steps: int) -> str:
    """Evidence, not proof; and how much of it was cut short."""
    text = f"passed: {count(answer.executions, 'execution')} by {answer.strategy}, no objection (evidence, not proof)"
    if cut_off:
        text += f"\n{cut_off:,} of them were {cut_off_at(max_steps)}, and judged as far as they went"
    return text


def proof(answer: Proof) -> str:
    """What is proved, within which bounds, and what main can come to."""
    found = sorted(map(_outcome, answer.outcomes))
    more = [f"  and {len(found) - SHOWN_OUTCOMES:,} more"] if len(found) > SHOWN_OUTCOMES else []
    return "\n".join(
        [
            f"proved: {count(answer.executions, 'execution')}, no objection",
            f"holds for {answer.bounds}",
            f"main has {count(len(found), 'outcome')}:",
            *(f"  {text}" for text in found[:SHOWN_OUTCOMES]),
            *more,
        ]
    )


def _outcome(value: object) -> str:
    match value:
        case Panicked(goroutine, message):
            return printable(f"panic in {goroutine}: {message}")
        case Deadlocked(goroutines):
            return printable(f"deadlock of {', '.join(goroutines)}")
        case FairBoundReached(goroutines):
            return printable(f"polling for ever in {', '.join(goroutines)}")
        case StepLimitReached(steps):
            return f"cut off after {count(steps, 'step')}"
    return f"returns {shorten(value)}"


def falsified(found: Counterexample, executions: int) -> str:
    """The oracle's sentence, the execution that it objects to, and how to see that again."""
    return "\n".join(
        [
            f"violated: {printable(found.oracle)}: {printable(found.message)}",
            "",
            timeline(found.execution),
            "",
            f"found at execution {executions:,}, shrunk to {_size(found)}; see it again with",
            f"  {replay_command(found.token)}",
        ]
    )


def _size(found: Counterexample) -> str:
    """How small it is, and whether there may be smaller ones."""
    steps = sum(not action.after_panic for action in found.execution.trace)
    size = f"{count(steps, 'step')} and {count(found.switches, 'context switch', 'context switches')}"
    known = f" ({MINIMAL[found.minimal]})" if found.minimal in MINIMAL else ""
    return f"{size}{known}" + (f"\nunder the plan {printable(found.plan)}" if found.plan else "")


def replayed(title: str, objections: list[tuple[str, str]]) -> str:
    """Above a replayed execution: what it is, and what each oracle says about it."""
    sentences = [f"violated: {printable(name)}: {printable(message)}" for name, message in objections]
    return "\n".join([printable(title), *(sentences or ["no oracle objects to this execution"])])
