"""What a campaign came to, in words and as JSON: new causes in full, hostile text escaped, no claim too many."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from harness.model.answers import risk
from harness.model.stress import Cause, Example, Stressed, Tried
from harness.report import stressed as report
from harness.report.stressed import stressed_json, stressed_text, summary

SCHEMA = json.loads((Path(report.__file__).parent / "stress.schema.json").read_text("utf-8"))
EXAMPLE = Example("events=1", "h1.abc", "worker1:1 was lost; arrived: done", 7, 3, 12)
CAUSE = Cause("leaky", "no_event_lost", "worker was lost", "", 5, replace(EXAMPLE, plan="events=8"), EXAMPLE)
FOUND = Stressed(4, 100, (Tried("leaky", 2, 2, 200), Tried("sound", 1, 1, 100)), (CAUSE,))


def test_a_new_cause_is_told_in_full() -> None:
    text = stressed_text(FOUND).plain
    assert "leaky: no_event_lost  new; 5 executions" in text
    assert "worker1:1 was lost; arrived: done" in text and "first   batch 3, execution 12 (events=8)" in text
    assert "plan    events=1" in text and "harness replay h1.abc" in text
    assert summary(FOUND).plain == "300 executions of 3 plans; 0 known causes, 1 new cause."


def test_a_known_cause_is_told_briefly_and_before_the_new_ones() -> None:
    known = replace(CAUSE, property="no_panic", known="expected under late_send")
    text = stressed_text(replace(FOUND, causes=(CAUSE, known))).plain
    assert "leaky: no_panic  known, expected under late_send; 5 executions" in text
    assert text.index("no_panic") < text.index("no_event_lost") and text.count("batch 3") == 1
    assert summary(replace(FOUND, causes=(known,))).plain == "300 executions of 3 plans; 1 known cause, nothing new."


def test_only_a_design_without_findings_is_said_to_have_a_risk() -> None:
    text = " ".join(stressed_text(FOUND).plain.split())
    assert "sound: 100 executions without a finding is evidence, not proof" in text and "below 0.03 per" in text
    assert "leaky: 200 executions without" not in text
    value = json.loads(stressed_json(FOUND, "1.0"))
    assert [each["risk"] for each in value["designs"]] == [None, risk(100)]


def test_before_the_first_batch_nothing_is_claimed() -> None:
    nothing = Stressed(0, 100, (Tried("sound", 0, 0, 0),), ())
    assert "evidence" not in stressed_text(nothing).plain
    assert json.loads(stressed_json(nothing, "1.0"))["designs"][0]["risk"] is None


def test_the_risk_is_the_exact_bound() -> None:
    assert [risk(number) for number in (0, 1)] == [1.0, 0.95]
    assert risk(1_000_000) == pytest.approx(3e-6, rel=0.01)
    assert all((1 - risk(number)) ** number == pytest.approx(0.05) for number in (1, 10, 1000))


def test_the_json_has_the_form_that_is_promised() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(stressed_json(FOUND, "1.0")), SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**json.loads(stressed_json(FOUND, "1.0")), "more": 1}, SCHEMA)


def test_hostile_text_is_escaped_and_keeps_its_line() -> None:
    hostile = "x\x1b[31m\nviolated"
    example = Example(hostile, hostile, hostile, 1, 0, 1)
    found = replace(FOUND, causes=(Cause(hostile, hostile, hostile, "", 1, example, example),))
    assert "\x1b" not in stressed_text(found).plain
    assert not any(line.startswith("violated") for line in stressed_text(found).plain.splitlines())
    assert "\x1b" not in stressed_json(found, "1.0")
