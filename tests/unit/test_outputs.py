"""JUnit XML, SARIF, annotations and summary: in their form, complete, and safe with hostile text."""

import dataclasses
import json
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.baseline import LOST, SHRANK, VANISHED, WORSE, Baseline, Change, Recorded, standing
from harness.model.problem import Place, Problem
from harness.model.verdict import HOLDS, INCONCLUSIVE, VIOLATED, Cell, Matrix, Verdict
from harness.report.github import CUT, LIMIT, summary_markdown, workflow_commands
from harness.report.junit import junit_text
from harness.report.problems import RULES, gate_problems, problems_of
from harness.report.sarif import fingerprint, sarif_text, sarif_value
from tests.unit.junit_form import checked

SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "sarif-schema-2.1.0.json").read_text("utf-8"))
HOSTILE = "evil\x1b[2J\r\n::error::x %0A ]]> <b a='\"'> & {0} [x](http://y) | `c` \u202e \ufffe \ud800 \x00"
PLACE = Place("my pkg/häñdler.py", 7, "close on events", "main/run#1")
OTHER = Place("harness/stream/executor.py", 129, "send on events", "main", own=False)


def verdict(found: str = VIOLATED, expected: str = HOLDS, fault: str = "cancel", name: str = "no_panic") -> Verdict:
    message, plan, token = ("it broke", "events=1", "h1.A") if found == VIOLATED else ("", "", "")
    return Verdict("closing", fault, name, found, 9, True, plan, token, message, expected)


def matrix_of(*verdicts: Verdict) -> Matrix:
    return Matrix(tuple(Cell(each.design, each.fault, 9, (each,)) for each in verdicts))


def problem(text: str = "it broke", *, fails: bool = True, places: tuple[Place, ...] = (PLACE, OTHER)) -> Problem:
    return Problem(
        "no_panic", fails, text, "closing", ("cancel",), "no_panic", "events=1", "h1.A", places, (PLACE, OTHER)
    )


def hostile() -> Problem:
    place = Place(HOSTILE, 1, HOSTILE, HOSTILE)
    return Problem(HOSTILE, True, HOSTILE, HOSTILE, (HOSTILE,), HOSTILE, HOSTILE, "h1.A", (place, place), (place,))


# -- which problems ------------------------------------------------------------------------------------------------


def test_what_differs_from_the_expectation_fails_and_what_is_expected_is_known() -> None:
    found = problems_of(
        matrix_of(
            verdict(VIOLATED, HOLDS),
            verdict(VIOLATED, VIOLATED, "delay"),
            verdict(HOLDS, VIOLATED, "late_send"),
            verdict(INCONCLUSIVE, HOLDS, "nil_event"),
            verdict(HOLDS, HOLDS, "none"),
        )
    )
    assert [(p.faults, p.fails, p.message, p.token) for p in found] == [
        (("cancel",), True, "violated, expected holds: it broke", "h1.A"),
        (("delay",), False, "it broke", "h1.A"),
        (("late_send",), True, "holds, expected violated", ""),
        (("nil_event",), True, "inconclusive, expected holds", ""),
    ]


def test_a_gate_s_problems_are_what_fails_it_and_what_was_known_before() -> None:
    matrix = matrix_of(verdict(fault="cancel"), verdict(fault="delay"))
    changes = (
        Change(WORSE, "closing", "cancel", "no_panic", HOLDS, VIOLATED),
        Change(LOST, "closing", "none", "no_panic", VIOLATED, HOLDS),
        Change(SHRANK, "", "delay", "", "plan events=5"),
        Change(VANISHED, "waiting", "", ""),
    )
    found = gate_problems(changes, matrix, recorded(VIOLATED, "cancel", "delay"))
    assert [(p.rule, p.fails, p.faults) for p in found] == [
        ("no_panic", True, ("cancel",)),
        ("gate/lost", True, ("none",)),
        ("gate/shrank", True, ("delay",)),
        ("gate/vanished", True, ()),
        ("no_panic", False, ("delay",)),
    ]
    assert [(p.title, p.message.partition(". ")[0]) for p in found] == [
        ("closing: no_panic", "was proved, is violated: it broke"),
        ("closing: no_panic", "was violated, is proved"),
        ("gate/shrank", "plan events=5 is not explored any more"),
        ("waiting: gate/vanished", "the design has vanished"),
        ("closing: no_panic", "it broke"),
    ]
    assert {p.rule for p in found} <= {"no_panic", *RULES}


def recorded(found: str, *faults: str) -> Baseline:
    """What a baseline has of the property under these fault classes."""
    return Baseline({}, {}, {("closing", fault, "no_panic"): Recorded(found, True) for fault in faults})


def test_a_violation_that_passes_a_gate_is_known_or_new_and_nobody_s_expectation() -> None:
    matrix = matrix_of(verdict(fault="cancel"), verdict(fault="delay"))
    before = recorded(VIOLATED, "delay")
    problems = gate_problems((), matrix, before)
    assert [(p.faults, p.fails, p.new, p.message) for p in problems] == [
        (("cancel",), False, True, "it broke"),
        (("delay",), False, False, "it broke"),
    ]
    in_gate = partial(standing, before=before)
    text = summary_markdown(matrix, problems, "gate passed", in_gate)
    assert "| cancel | ✗ violated **(new)** |" in text and "| delay | ✗ violated (known) |" in text
    assert text.index("1 new finding, which the baseline does not have:") < text.index("1 known finding<")
    assert "expected" not in text
    told = [each.text or "" for each in checked(junit_text(matrix, problems, in_gate)).iter("system-out")]
    assert [each.splitlines()[0] for each in told] == ["violated, new", "violated, known"]
    new, known = results(*problems)
    assert (new["level"], "suppressions" in new, known["level"], "suppressions" in known) == (
        "warning",
        False,
        "note",
        True,
    )


def test_a_change_under_some_plans_fails_without_a_counterexample_of_others_and_what_is_known_stays() -> None:
    change = Change(WORSE, "closing", "cancel", "no_panic", "holds under a; b", "violated under a; b")
    found = dataclasses.replace(verdict(), violated_under=("c", "a", "b"))
    failing, known = gate_problems((change,), matrix_of(found), recorded(VIOLATED, "cancel"))
    assert (failing.rule, failing.token, failing.fails) == ("gate/worse", "", True)
    assert failing.message == "is also violated with 2 plans where it held (a; b)"
    assert (known.message, known.fails) == ("it broke", False)
    (failure,) = checked(junit_text(matrix_of(found), [failing, known])).iter("failure")
    assert failure.attrib["message"] == failing.message


def test_nothing_is_said_twice_where_a_gate_s_problem_is_shown() -> None:
    faults = ("cancel", "delay")
    changes = [Change(WORSE, "closing", fault, "no_panic", HOLDS, VIOLATED) for fault in faults]
    matrix = matrix_of(*(verdict(fault=fault) for fault in faults))
    problems = gate_problems(changes, matrix, recorded(HOLDS, *faults))
    (result,) = results(*problems)
    shown = [
        workflow_commands(problems),
        summary_markdown(matrix, problems, "gate failed").partition("\n\n|")[0],
        result["message"]["text"],  # type: ignore[index]
    ]
    for text in shown:
        assert [text.count(part) for part in ("closing", "no_panic", "cancel, delay", "was proved")] == [1] * 4, text


# -- JUnit ---------------------------------------------------------------------------------------------------------


def test_each_verdict_is_a_test_case_and_only_what_differs_fails() -> None:
    matrix = matrix_of(verdict(), verdict(VIOLATED, VIOLATED, "delay"), verdict(HOLDS, HOLDS, "none"))
    root = checked(junit_text(matrix, problems_of(matrix)))
    cases = {case.attrib["classname"]: case for case in root.iter("testcase")}
    assert list(cases) == ["closing.cancel", "closing.delay", "closing.none"]
    (failure,) = cases["closing.cancel"]
    assert failure.attrib == {"type": "violated", "message": "violated, expected holds: it broke"}
    assert (failure.text or "").splitlines()[1:] == ["plan: events=1", "replay: harness replay h1.A"]
    (known,) = cases["closing.delay"]
    assert known.tag == "system-out" and (known.text or "").startswith("violated, as expected\nit broke\n")
    assert len(cases["closing.none"]) == 0
    assert root.attrib == {"name": "harness", "tests": "3", "failures": "1", "errors": "0"}


def test_what_is_about_no_verdict_is_a_case_of_its_own() -> None:
    matrix = matrix_of(verdict(HOLDS, HOLDS))
    gone = Problem("gate/vanished", True, "design waiting vanished", "waiting")
    root = checked(junit_text(matrix, [gone]))
    (suite,) = [suite for suite in root if suite.attrib["name"] == "baseline"]
    (case,) = suite
    assert case.attrib["name"] == "gate/vanished: waiting"
    assert suite.attrib["failures"] == "1" == root.attrib["failures"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace('failures="1"', 'failures="0"'),
        lambda text: text.replace("testcase", "case"),
        lambda text: text.replace(' name="no_panic"', ""),
        lambda text: text.replace("<failure ", '<failure line="1" '),
    ],
)
def test_the_check_of_the_form_is_awake(damage: object) -> None:
    matrix = matrix_of(verdict())
    text = junit_text(matrix, problems_of(matrix))
    with pytest.raises((AssertionError, KeyError, Xml.ParseError)):
        checked(damage(text))  # type: ignore[operator]


# -- SARIF ---------------------------------------------------------------------------------------------------------


def results(*problems: Problem) -> list[dict[str, object]]:
    value = json.loads(sarif_text(problems, {"no_panic": "nobody panics"}, "0.1.0"))
    jsonschema.validate(value, SCHEMA)
    found: list[dict[str, object]] = value["runs"][0]["results"]
    return found


def test_a_log_fits_the_official_schema_and_points_at_both_operations() -> None:
    (result,) = results(problem())
    assert result["level"] == "error" and result["ruleId"] == "no_panic"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "my%20pkg/h%C3%A4%C3%B1dler.py", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 7},
            },
            "message": {"text": "close on events by main/run#1"},
        }
    ]
    (related,) = result["relatedLocations"]  # type: ignore[misc]
    assert related["physicalLocation"]["artifactLocation"]["uriBaseId"] == "PYTHONPATH"


def test_the_interleaving_is_a_flow_for_each_goroutine_with_one_order() -> None:
    steps = (PLACE, OTHER, dataclasses.replace(PLACE, line=9))
    (result,) = results(dataclasses.replace(problem(), steps=steps))
    (flow,) = result["codeFlows"]  # type: ignore[misc]
    orders = {each["id"]: [at["executionOrder"] for at in each["locations"]] for each in flow["threadFlows"]}
    assert orders == {"main/run#1": [1, 3], "main": [2]}


def test_what_is_known_is_a_note_and_suppressed_and_what_fails_is_not() -> None:
    failing, known = results(problem(), problem(fails=False))
    assert "suppressions" not in failing
    assert known["level"] == "note" and known["suppressions"]


def test_a_fingerprint_outlives_lines_and_messages_but_not_operations() -> None:
    moved = problem("it broke otherwise", places=(dataclasses.replace(PLACE, line=99), OTHER))
    assert fingerprint(moved) == fingerprint(problem())
    assert fingerprint(problem(places=(dataclasses.replace(PLACE, text="send on events"), OTHER))) != fingerprint(
        problem()
    )
    assert fingerprint(dataclasses.replace(problem(), design="waiting")) != fingerprint(problem())


def test_messages_have_no_placeholders_and_no_links() -> None:
    (result,) = results(problem("select {send on a, default} [x](http://y) [1]"))
    assert "select {{send on a, default}} \\[x](http://y) [1]" in result["message"]["text"]  # type: ignore[index]


@pytest.mark.parametrize("damage", [{"level": "fatal"}, {"colour": "red"}, {"ruleIndex": -2}, {"message": "text"}])
def test_the_schema_is_awake(damage: dict[str, object]) -> None:
    value = sarif_value([problem()], {}, "0.1.0")
    value["runs"][0]["results"][0] |= damage
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, SCHEMA)


def test_nothing_found_is_a_log_without_results() -> None:
    assert results() == []


# -- GitHub --------------------------------------------------------------------------------------------------------


def test_an_annotation_is_one_line_at_the_first_place_of_the_project() -> None:
    line = workflow_commands([problem("100 % broken", places=(OTHER, PLACE)), problem(fails=False)])
    assert line == (
        "::error file=my pkg/häñdler.py,line=7,title=harness%3A closing%3A no_panic::100 %25 broken (under cancel)"
        "%0Asend on events at harness/stream/executor.py:129%0Aclose on events at my pkg/häñdler.py:7"
        "%0Areplay: harness replay h1.A\n"
    )


def test_an_annotation_without_a_place_in_the_project_has_no_file() -> None:
    assert workflow_commands([problem(places=(OTHER,))]).startswith("::error title=")


def test_a_summary_says_what_fails_and_folds_up_what_is_known() -> None:
    text = summary_markdown(matrix_of(verdict()), [problem(), problem("known", fails=False)], "gate failed: 1 change")
    assert text.startswith("## ❌ gate failed: 1 change\n\n- **closing: no_panic** under cancel: it broke\n")
    assert (
        "  - `my pkg/häñdler.py:7` close on events\n" in text and "| cancel | ✗ violated **(not expected)** |" in text
    )
    assert text.index("<details>") < text.index("known\n") < text.index("</details>")
    assert summary_markdown(matrix_of(verdict()), [], "passed").startswith("## ✅ passed\n")


def test_a_summary_that_is_too_long_is_cut_at_a_line_and_says_so() -> None:
    text = summary_markdown(matrix_of(verdict()), [problem("é" * 1000)] * 1000, "failed")
    assert LIMIT - 5_000 < len(text.encode()) <= LIMIT + len(CUT)
    assert text.endswith(CUT)


# -- hostile text --------------------------------------------------------------------------------------------------


def test_hostile_text_breaks_nothing() -> None:
    evil = Verdict(HOSTILE, HOSTILE, HOSTILE, VIOLATED, 9, True, HOSTILE, "h1.A", HOSTILE, HOLDS)
    matrix = matrix_of(evil)
    texts = [
        junit_text(matrix, problems_of(matrix)),
        junit_text(matrix, [hostile()]),
        sarif_text([hostile()], {HOSTILE: HOSTILE}, "0.1.0"),
        workflow_commands([hostile()]),
        summary_markdown(matrix, [hostile()], HOSTILE),
    ]
    for text in texts:
        text.encode("utf-8")
        assert all(character.isprintable() or character == "\n" for character in text)
    checked(texts[0])
    checked(texts[1])
    jsonschema.validate(json.loads(texts[2]), SCHEMA)
    assert texts[3].startswith("::error file=") and texts[3].count("\n") == 1  # a command begins at the start of a line
    assert "%0A]" not in texts[3] and "%250A" in texts[3]


@given(st.text(alphabet=st.characters(codec=None), max_size=40))
def test_any_text_fits_all_forms(text: str) -> None:
    told = dataclasses.replace(problem(text), design=text)
    found = Verdict(text, "cancel", "no_panic", VIOLATED, 9, True, text, "h1.A", text, HOLDS)
    checked(junit_text(matrix_of(found), [told]))
    assert workflow_commands([told]).count("\n") == 1
    json.loads(sarif_text([told], {}, "0.1.0"))
