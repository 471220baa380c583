"""A counterexample for other programs: JSON under a documented schema, a Mermaid diagram, plain text."""

import copy
import json
import re
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from harness import run
from harness.model.answers import FEWEST_SWITCHES, Recipe
from harness.model.execution import Settings
from harness.model.explanation import Explanation
from harness.model.token import encode
from harness.model.trace import judged
from harness.report.counterexample_json import counterexample_text, counterexample_value
from harness.report.explained import pasted
from harness.report.html import finding_page
from harness.report.markdown import markdown
from harness.report.mermaid import escaped, mermaid
from harness.report.size import size_of, switches
from harness.runtime.execute import Subject
from harness.search.fewest import measure
from harness.strategies import RandomWalk
from tests.findings import HOSTILE, hostile, lost, many, panicking, stuck, unmoved, walked, whole
from tests.meta.random_programs import THEMES, program

SCHEMA = json.loads(files("harness.report").joinpath("counterexample.schema.json").read_text("utf-8"))
FINDINGS = [whole(), *map(walked, (lost, stuck, unmoved, panicking, hostile, many))]


def validated(finding: Explanation) -> dict[str, Any]:
    value = counterexample_value(finding, "1.0")
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    return value


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.oracle)
def test_every_counterexample_fits_the_schema(finding: Explanation) -> None:
    assert validated(finding) == json.loads(counterexample_text(finding, "1.0"))


def test_so_do_those_of_random_programs() -> None:
    steps = [
        validated(walked(program(seed, theme)))["failing"]["steps"] for theme in (*THEMES, None) for seed in range(8)
    ]
    assert sum(map(len, steps)) > 200


@pytest.mark.parametrize(
    "damage",
    [
        lambda value: value.pop("failing"),
        lambda value: value.update(surprise=1),
        lambda value: value["failing"]["steps"][0].pop("before"),
        lambda value: value["failing"]["steps"][0].update(marks=["because"]),
        lambda value: value["failing"]["steps"][0].update(text="\x1b[31m"),
        lambda value: value["failing"]["steps"][0].update(message=-1),
        lambda value: value["failing"]["channels"][0].pop("capacity"),
        lambda value: value["failing"].update(ending="gone"),
        lambda value: value.update(aligned=[[1]]),
    ],
)
def test_the_schema_notices(damage: Any) -> None:
    value = copy.deepcopy(counterexample_value(whole(), "1.0"))
    damage(value)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(value)


def test_every_field_is_in_the_schema_and_described_or_obvious() -> None:
    step = counterexample_value(whole(), "1.0")["failing"]["steps"][0]
    assert set(step) == set(SCHEMA["$defs"]["step"]["properties"]) == set(SCHEMA["$defs"]["step"]["required"])


def test_the_value_is_whole() -> None:
    value = counterexample_value(whole(), "1.0")
    assert value["point_of_no_return"] == {"step": 1, "alternative": "worker sends first", "before": False}
    assert value["pairs"][0]["first"] == 1 and value["aligned"][0] == [0, 0]
    assert value["passing"]["outcome"] == "main returned 'late'" != value["failing"]["outcome"]
    assert value["replay"] == f"harness replay {value['token']}"


def test_json_is_ascii_and_the_same_every_time() -> None:
    text = counterexample_text(walked(hostile), "1.0")
    assert text.isascii() and text == counterexample_text(walked(hostile), "1.0")
    assert len(text) < 40_000, "a payload of a megabyte is cut"


def test_a_mermaid_diagram_looks_like_this() -> None:
    assert mermaid(walked(lost)).splitlines() == [
        "sequenceDiagram",
        "    participant p0 as main",
        "    participant p1 as worker",
        "    participant p2 as closer",
        "    participant c0 as events (2 slots)",
        "    Note over p2: 0. close done",
        "    p1->>c0: 1. send 'late' on events",
        "    Note over p0: 2. receive from closed done",
        "    c0->>p0: 3. receive 'late' from events",
        "    Note over p0,c0: main returned 'late'",
    ]


def test_a_rendezvous_goes_from_one_to_the_other_and_who_is_blocked_is_told() -> None:
    lines = mermaid(walked(stuck)).splitlines()
    assert "    p1->>p0: 0. send 'only' on results" in lines
    assert lines[-1] == "    Note over p0: blocked for ever, receive on results"


def test_who_never_took_a_step_is_a_participant() -> None:
    assert mermaid(walked(unmoved)).splitlines()[1:] == [
        "    participant p0 as main",
        "    participant p1 as worker",
        "    Note over p0,p1: deadlock#58; main has not returned, and nothing can ever move again",
        "    Note over p0: blocked for ever, send on back",
        "    Note over p1: blocked for ever, send on there",
    ]


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.oracle)
def test_mermaid_text_can_neither_end_a_line_nor_be_markup(finding: Explanation) -> None:
    line = re.compile(
        r"    (participant \w+ as|\w+->>\w+:|Note (over|right of) \w+(,\w+)?:) ([\w .,()=/'’-]|#\d+;)+", re.ASCII
    )
    first, *others = mermaid(finding).splitlines()
    assert first == "sequenceDiagram"
    assert [each for each in others if not line.fullmatch(each)] == []


def test_mermaid_words_are_no_words() -> None:
    assert escaped("the end; End") == "the en#100;#59; En#100;"
    assert escaped("send ended") == "send ended"
    assert escaped("%%{init}%%") == "#37;#37;#123;init#125;#37;#37;"


def test_a_long_diagram_shows_the_last_steps() -> None:
    lines = mermaid(walked(many, 1), limit=3).splitlines()
    total = len(walked(many, 1).failing.execution.trace)
    assert any(f"{total - 3} steps not shown" in line for line in lines)
    assert any(f": {total - 1}. " in line for line in lines) and not any(": 0. " in line for line in lines)


def test_what_is_pasted_is_plain_ascii_without_colours() -> None:
    text = pasted(walked(hostile))
    assert "\x1b" not in text and "\u202e" not in text and "\\x1b[31m" in text
    assert pasted(whole()).isascii()
    assert HOSTILE not in text


def test_how_small_it_is_is_said_as_far_as_it_is_known() -> None:
    found = whole()
    assert found.minimal == FEWEST_SWITCHES
    told = "4 steps and 2 context switches (the fewest there can be)"
    assert size_of(found) == told and f"size     {told}" in pasted(found) and told in finding_page(found)
    assert counterexample_value(found, "1.0")["minimal"] == "fewest switches"
    replayed = replace(found, minimal="")
    assert "4 steps and 2 context switches<" in finding_page(replayed) and "size  " not in pasted(replayed)


def test_switches_are_counted_as_they_were_when_it_was_made_smaller() -> None:
    for theme in (*THEMES, None):
        for seed in range(4):
            execution = run(program(seed, theme), strategy=RandomWalk(seed=seed))
            expected, _, _, _ = measure(Subject(program(seed, theme), (), execution.settings), execution)
            assert switches(judged(execution.trace)) == expected


def test_a_program_is_called_as_the_token_calls_it() -> None:
    found = replace(whole(), program="m:make.<locals>.program", token=encode(Recipe("m:made", Settings())))
    value = counterexample_value(found, "1.0")
    assert value["program"] == "m:made" and "program  m:made" in pasted(found)
    assert "<code>m:made</code>" in finding_page(found) and "locals" not in finding_page(found)


def test_in_markdown_a_text_shows_as_it_is_written() -> None:
    said = "<img src=x> `code` a|b **bold** [link](x)"
    found = replace(whole(), message=said, paragraph=said)
    prose, _, rest = markdown(found).partition("\n\n```text\n")
    written = r"\<img src=x\> \`code\` a\|b \*\*bold\*\* \[link\](x)"
    assert prose.split("\n\n") == [f"**is_nothing**: {written}", written]
    assert " send 'late' on events" in rest and rest.endswith(f"\n```\n\n`harness replay {found.token}`\n")
    assert said in pasted(found)
