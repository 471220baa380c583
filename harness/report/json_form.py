"""`--json`: the matrix, or a verb's answer, as a JSON value. Other programs read this; fields are added, never renamed.

`verify.schema.json` and `answer.schema.json` beside this module state the forms.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from harness.model.verdict import Matrix, Verdict

SCHEMA = 1


def json_value(matrix: Matrix, version: str) -> dict[str, Any]:
    """Schema 1: version of the harness, bounds in words, and one object for each verdict."""
    return {
        "schema": SCHEMA,
        "version": version,
        "bounds": dict(matrix.bounds),
        "verdicts": [_verdict(verdict) for verdict in matrix.verdicts],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    """One verdict: `confirmed` is there only if real Go was asked, `violated_under` only if it is violated."""
    value = asdict(verdict)
    if not verdict.violated_under:
        del value["violated_under"]
    del value["oracle"], value["minimal"]  # how a command must be written, and what an explanation says of the size
    if verdict.confirmed is None:
        del value["confirmed"]
    return value


def json_text(matrix: Matrix, version: str) -> str:
    """The same as text: plain ASCII, equal for equal matrices, one line to a field so that diffs are readable."""
    return text_of(json_value(matrix, version))


def answer_text(answer: dict[str, Any], program: str, version: str) -> str:
    """What a verb answered about a program (see `harness.report.answers.answer_value`), as text of the same kind."""
    return text_of({"schema": SCHEMA, "version": version, "program": program} | answer)


def text_of(value: dict[str, Any]) -> str:
    """A JSON value as plain ASCII."""
    return json.dumps(value, indent=2, allow_nan=False) + "\n"
