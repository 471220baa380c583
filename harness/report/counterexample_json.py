"""The whole counterexample as a JSON value. Other programs read this; fields are added, never renamed.

`counterexample.schema.json` beside this module states the form and says what each field means.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from harness.model.conclusion import conclusion
from harness.model.explanation import Explanation
from harness.report.story.telling import failing_story, story
from harness.report.text import command_of, printable, program_of

SCHEMA = 1


def counterexample_value(explanation: Explanation, version: str) -> dict[str, Any]:
    """Schema 1. Every text is printable; lists rather than tuples, as a JSON parser would give them back."""
    passing = explanation.passing
    no_return, looked = explanation.point_of_no_return, explanation.looked
    value = {
        "schema": SCHEMA,
        "version": version,
        "program": program_of(explanation),
        "oracle": printable(explanation.oracle),
        "message": printable(explanation.message),
        "paragraph": printable(explanation.paragraph),
        "plan": printable(explanation.plan),
        "token": explanation.token,
        "replay": command_of(explanation),
        "replayed": _replayed(explanation),
        "point_of_no_return": None if no_return is None else _shown(asdict(no_return)),
        "pairs": [_shown(asdict(pair)) for pair in explanation.pairs],
        "otherwise": [_shown(asdict(each)) for each in explanation.otherwise],
        "grounds": _shown(asdict(explanation.grounds)),
        "minimal": explanation.minimal,
        "looked": None if looked is None else _shown(asdict(looked)),
        "aligned": explanation.aligned,
        "failing": asdict(failing_story(explanation)),
        "passing": None if passing is None else asdict(story(passing)),
    }
    as_parsed: dict[str, Any] = json.loads(json.dumps(value))
    return as_parsed


def _replayed(explanation: Explanation) -> dict[str, Any] | None:
    """How the execution was had from its token; None if it is as it was found."""
    execution = explanation.failing.execution
    if not execution.replayed:
        return None
    found = conclusion(execution, bool(explanation.oracle))
    missed = [_shown(asdict(each)) for each in execution.missed]
    return {"how": execution.replayed, "conclusion": found, "missed": missed}


def _shown(value: Any) -> Any:
    """A value all of whose texts are printable."""
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: _shown(each) for key, each in value.items()}
        case list() | tuple():
            return [_shown(each) for each in value]
    return value


def counterexample_text(explanation: Explanation, version: str) -> str:
    """The same as text: plain ASCII, equal for equal findings."""
    return json.dumps(counterexample_value(explanation, version), indent=1, allow_nan=False) + "\n"
