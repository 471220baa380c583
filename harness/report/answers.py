"""What a verb answered, in words that claim no more than the answer's type does."""

from __future__ import annotations

from typing import Any, TypeAlias

from harness.model.answers import (
    Counterexample,
    Falsified,
    Inconclusive,
    Passed,
    Proof,
)
from harness.model.bounds import cut_off_at
from harness.model.outcome import Deadlocked, FairBoundReached, Panicked, StepLimitReached
from harness.model.trace import judged, shorten
from harness.report.coverage import coverage, coverage_value
from harness.report.size import sized
from harness.report.text import count, percent, printable, replay_command
from harness.report.timeline import timeline

SHOWN_OUTCOMES = 12
Answer: TypeAlias = Passed | Proof | Falsified | Inconclusive


def passed(answer: Passed, cut_off: int, max_steps: int) -> str:
    """Evidence, not proof; and how much of it was cut short."""
    text = f"passed: {count(answer.executions, 'execution')} by {answer.strategy}, no objection (evidence, not proof)"
    if cut_off:
        text += f"\n{cut_off:,} of them were {cut_off_at(max_steps)}, and judged as far as they went"
    return "\n".join([text, green(answer), *_remarks(answer)])


def green(answer: Passed | Proof) -> str:
    """What it means that no oracle objected, in one line."""
    match answer:
        case Passed():
            return f"{_classes(answer)}; {_chances(answer)}"
        case Proof():
            explored = f"explored {count(answer.executions, 'execution')}"
            return f"{explored}, {count(len(answer.outcomes), 'outcome')}; holds for {answer.bounds}"


def _classes(answer: Passed) -> str:
    """How many there were, and among which executions."""
    if not answer.counted:
        return f"{count(answer.executions, 'execution')}, whose classes were not counted"
    seen = count(answer.classes, "class of schedules", "classes of schedules")
    if answer.counted == answer.executions:
        return f"{count(answer.executions, 'execution')} of {seen}"
    return f"{count(answer.executions, 'execution')}; among the {answer.counted:,} looked at, {seen}"


def _chances(answer: Passed) -> str:
    """What may have been missed: of classes, by estimate, and of violations, by a bound."""
    if answer.risk is None:
        return "they were enumerated, not drawn, so of the others nothing can be said"
    if answer.unseen is None:
        unseen = "how many further executions are of a class not seen is not estimated from so few"
    else:
        unseen = f"of further executions about {percent(answer.unseen)} are of a class not seen (Good-Turing estimate)"
    return f"{unseen}, and at most {percent(answer.risk)} violate an oracle (95 % confidence)"


def _remarks(answer: Passed | Proof) -> list[str]:
    """What makes it worth less than it seems, and the coverage, if it is known."""
    warnings = [f"warning: {printable(warning)}" for warning in answer.warnings]
    return warnings + ([coverage(answer.coverage, isinstance(answer, Proof))] if answer.coverage is not None else [])


def answer_value(answer: Answer) -> dict[str, Any]:
    """An answer as a JSON object; `answer.schema.json` beside this module states the form. By "answer":

    "passed": "executions", "strategy", "classes", "counted", "cut_off", "unseen", "risk" (the latter two null where the
    strategy does not draw, "unseen" also where too few were counted), "warnings" (sentences), "meaning" (`green`) and,
    if it was asked for, "coverage".
    "proved": "executions", "blocked", "outcomes" (how many), "bounds" (in words), "warnings", "meaning", "coverage".
    "violated": "executions" (until it was found), "oracle", "message", "token" and "steps" (of the counterexample).
    "inconclusive": "executions" and "reason".
    """
    match answer:
        case Passed(executions, strategy, classes, unseen, risk):
            value = {"answer": "passed", "executions": executions, "strategy": strategy, "classes": classes}
            return (
                value
                | {"counted": answer.counted, "cut_off": answer.cut_off, "unseen": unseen, "risk": risk}
                | _meaning(answer)
            )
        case Proof(executions, blocked, outcomes, bounds):
            value = {"answer": "proved", "executions": executions, "blocked": blocked}
            return value | {"outcomes": len(outcomes), "bounds": bounds} | _meaning(answer)
        case Falsified():
            found = answer.counterexample
            value = {"answer": "violated", "executions": answer.executions, "oracle": found.oracle}
            return value | {"message": found.message, "token": found.token, "steps": found.execution.steps}
        case Inconclusive():
            return {"answer": "inconclusive", "executions": answer.executions, "reason": answer.reason}


def _meaning(answer: Passed | Proof) -> dict[str, Any]:
    value: dict[str, Any] = {"warnings": list(answer.warnings), "meaning": green(answer)}
    return value | ({"coverage": coverage_value(answer.coverage)} if answer.coverage is not None else {})


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
            *_remarks(answer),
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


def falsified(found: Counterexample, executions: int, oracle: str = "") -> str:
    """The oracle's sentence, the execution that it objects to, and how to see that again, naming `oracle`."""
    return "\n".join(
        [
            f"violated: {printable(found.oracle)}: {printable(found.message)}",
            "",
            timeline(found.execution),
            "",
            f"found at execution {executions:,}, shrunk to {_size(found)}; see it again with",
            f"  {replay_command(found.token, oracle)}",
        ]
    )


def _size(found: Counterexample) -> str:
    """How small it is, and whether there may be smaller ones."""
    size = sized(len(judged(found.execution.trace)), found.switches, found.minimal)
    return size + (f"\nunder the plan {printable(found.plan)}" if found.plan else "")
