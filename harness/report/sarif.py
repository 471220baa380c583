"""Problems as SARIF 2.1.0, for code scanning (OASIS Standard, 27 March 2020; sections are cited as §).

Paths are relative, so that they fit wherever the project is checked out; nothing depends on when or where it is made.
A result is recognised again by its design, its property and the operations at its places, not by their lines.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from harness.model.problem import Place, Problem
from harness.report.text import printable, replay_command

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
PROJECT, PYTHON_PATH = "%SRCROOT%", "PYTHONPATH"
BASES = {PROJECT: "where the project is checked out", PYTHON_PATH: "where Python finds installed packages"}
EXPECTED = "the design's author expects it, or the baseline has it"
FINGERPRINT = "harness/v1"


def sarif_text(problems: Sequence[Problem], rules: Mapping[str, str], version: str) -> str:
    """A log with one run; `rules` says of each rule what it asks."""
    return json.dumps(sarif_value(problems, rules, version), indent=1, allow_nan=False) + "\n"


def sarif_value(problems: Sequence[Problem], rules: Mapping[str, str], version: str) -> dict[str, Any]:
    """The same as a JSON value."""
    known = {problem.rule: rules.get(problem.rule, problem.rule) for problem in problems}
    driver = {
        "name": "stream-race-harness",
        "semanticVersion": version,
        "rules": [_rule(name, asks) for name, asks in known.items()],
    }
    results = [_result(problem, list(known).index(problem.rule)) for problem in problems]
    bases = {name: {"description": {"text": text}} for name, text in BASES.items()}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": bases,
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def message_text(text: str) -> str:
    """A plain text message: braces are doubled (§3.11.5), and what looks like a link is none (§3.11.6)."""
    text = printable(text).replace("{", "{{").replace("}", "}}")
    return re.sub(r"\[(?=[^\]]*\]\()", r"\\[", text)


def fingerprint(problem: Problem) -> str:
    """The same as long as it is the same problem, wherever its lines move to."""
    parts = [problem.rule, problem.design, problem.property, problem.faults[0] if problem.faults else ""]
    parts += [part for place in problem.places for part in (place.path, place.goroutine, place.text)]
    return hashlib.sha256("\0".join(map(printable, parts)).encode()).hexdigest()


def _rule(name: str, asks: str) -> dict[str, Any]:
    return {"id": name, "shortDescription": {"text": message_text(asks)}}


def _result(problem: Problem, rule: int) -> dict[str, Any]:
    under = f" (under {', '.join(problem.faults)})" if problem.faults else ""
    told = f"{problem.title}: {problem.message}{under}"
    if problem.token:
        told += f"; replay it with: {replay_command(problem.token, problem.oracle)}"
    result: dict[str, Any] = {
        "ruleId": problem.rule,
        "ruleIndex": rule,
        "kind": "fail",
        "level": "error" if problem.fails else "note",
        "message": {"text": message_text(told)},
        "locations": [_location(place) for place in problem.places[:1]],
        "relatedLocations": [_location(place, number) for number, place in enumerate(problem.places[1:], 1)],
        "partialFingerprints": {FINGERPRINT: fingerprint(problem)},
        "properties": {"design": problem.design, "faults": list(problem.faults), "plan": problem.plan},
    }
    if problem.steps:
        result["codeFlows"] = [_flow(problem.steps)]
    if not problem.fails:
        result["suppressions"] = [{"kind": "external", "justification": EXPECTED}]
    return result


def _location(place: Place, number: int | None = None) -> dict[str, Any]:
    base = PROJECT if place.own else PYTHON_PATH
    location: dict[str, Any] = {} if number is None else {"id": number}
    location["physicalLocation"] = {
        "artifactLocation": {"uri": quote(printable(place.path)), "uriBaseId": base},
        "region": {"startLine": place.line},
    }
    if place.text:
        by = f" by {place.goroutine}" if place.goroutine else ""
        location["message"] = {"text": message_text(f"{place.text}{by}")}
    return location


def _flow(steps: Sequence[Place]) -> dict[str, Any]:
    """The interleaving: a thread flow for each goroutine; the order of execution goes across them (§3.38.11)."""
    names = dict.fromkeys(step.goroutine for step in steps)
    flows = [
        {
            "id": printable(name),
            "locations": [
                {"location": _location(step), "executionOrder": order}
                for order, step in enumerate(steps, 1)
                if step.goroutine == name
            ],
        }
        for name in names
    ]
    return {"message": {"text": "the interleaving, as short as it was made"}, "threadFlows": flows}
