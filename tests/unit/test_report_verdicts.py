"""The verdict table and all that is told about a matrix: for terminals, for programs, and as a document."""

import json
from pathlib import Path

import jsonschema
import pytest

from harness.model.execution import Execution, Settings
from harness.model.explanation import Account, Explanation
from harness.model.outcome import Returned
from harness.model.verdict import HOLDS, INCONCLUSIVE, VIOLATED, Cell, Claim, Matrix, Verdict
from harness.report import details, json_form
from harness.report.claims import claims_text
from harness.report.findings import differences, findings
from harness.report.matrix import ASCII, verdict_table
from harness.report.text import count, paragraph, printable
from harness.report.verdicts_md import block, code, escaped, verdicts_markdown

SCHEMA = json.loads((Path(json_form.__file__).parent / "verify.schema.json").read_text("utf-8"))
DESIGNS = ("done_channel", "wait_group", "atomic_error", "close_channel", "combined", "supervised")
HOSTILE = "evil\x1b[2J\nline | `code` <b> \u202e *x* [y](z) \ud800"


def verdict(
    design: str = "close_channel",
    fault: str = "cancel",
    found: str = VIOLATED,
    expected: str = VIOLATED,
    *,
    name: str = "no_panic",
    message: str = "",
    plan: str = "",
    token: str = "",
) -> Verdict:
    return Verdict(design, fault, name, found, 9, found == HOLDS, plan, token, message, expected)


def matrix_of(*verdicts: Verdict) -> Matrix:
    cells: dict[tuple[str, str], list[Verdict]] = {}
    for each in verdicts:
        cells.setdefault((each.design, each.fault), []).append(each)
    made = tuple(Cell(design, fault, 1_234, tuple(group)) for (design, fault), group in cells.items())
    return Matrix(made, {"cancel": "events=1; events=2 (idle clock)"}, {"close_channel": "closing is the signal"})


def full_matrix(found: str, expected: str) -> Matrix:
    faults = [f"fault_class_{n:02}" for n in range(14)]
    return matrix_of(*(verdict(design, fault, found, expected) for design in DESIGNS for fault in faults))


# -- the table -----------------------------------------------------------------------------------------------------


def test_a_small_table_reads_like_this() -> None:
    table = verdict_table(
        matrix_of(
            verdict("close_channel", "none", HOLDS, HOLDS),
            verdict("close_channel", "cancel", VIOLATED, HOLDS),
            verdict("supervised", "none", INCONCLUSIVE, INCONCLUSIVE),
        ),
        faults=("none", "late_send", "cancel"),
    )
    assert table.plain.splitlines() == [
        "           close_channel  supervised",
        "none       ✓ holds        ? inconcl.",
        "late_send  ·              ·",
        "cancel     ✗ violated !   ·",
        "",
        "✓ holds   ✗ violated   ? inconclusive   · not run   ! differs from the expectation",
    ]


@pytest.mark.parametrize("found", [HOLDS, VIOLATED, INCONCLUSIVE])
@pytest.mark.parametrize("expected", [HOLDS, VIOLATED])
def test_six_designs_and_fourteen_fault_classes_fit_100_columns_with_words(found: str, expected: str) -> None:
    lines = verdict_table(full_matrix(found, expected), width=100).plain.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[0].split() == list(DESIGNS)
    assert lines[1].count({HOLDS: "holds", VIOLATED: "violated", INCONCLUSIVE: "inconcl."}[found]) == 6


def test_a_narrow_table_keeps_the_marks_and_drops_the_words() -> None:
    lines = verdict_table(full_matrix(VIOLATED, HOLDS), width=80).plain.splitlines()
    assert max(map(len, lines[:16])) <= 80
    assert lines[2].split() == ["fault_class_00", *["✗", "!"] * 6]
    assert [line.split() for line in lines[:2]] == [
        ["done", "wait", "atomic", "close"],
        ["channel", "group", "error", "channel", "combined", "supervised"],
    ]


def test_the_ascii_table_is_ascii() -> None:
    assert verdict_table(full_matrix(VIOLATED, HOLDS), symbols=ASCII).plain.isascii()


def test_the_worst_verdict_of_a_cell_is_shown_and_any_difference_marked() -> None:
    cell = [verdict(found=HOLDS, expected=HOLDS), verdict(found=VIOLATED), verdict(found=INCONCLUSIVE, expected=HOLDS)]
    assert "✗ violated !" in verdict_table(matrix_of(*cell)).plain


def test_an_empty_matrix_has_a_table() -> None:
    assert "holds" in verdict_table(Matrix(())).plain


# -- below the table -----------------------------------------------------------------------------------------------


def test_like_findings_are_told_once() -> None:
    matrix = matrix_of(
        verdict(fault="none", message="3 lost; arrived: a, b", plan="events=3", token="h1.A"),
        verdict(fault="delay", message="1 lost; arrived: c", plan="events=1", token="h1.B"),
        verdict(fault="cancel", message="all is lost", plan="events=1", token="h1.C"),
        verdict(fault="late_send", found=HOLDS, expected=HOLDS),
    )
    assert [(f.example.token, f.faults) for f in findings(matrix)] == [
        ("h1.A", ("none", "delay")),
        ("h1.C", ("cancel",)),
    ]


def test_the_details_of_a_finding() -> None:
    matrix = matrix_of(verdict(message="main panicked", plan="events=1 late=1", token="h1.A"))
    assert details.details(matrix).plain.splitlines() == [
        "close_channel  closing is the signal",
        "",
        "  ✗ no_panic  under cancel",
        "      main panicked",
        "      plan    events=1 late=1",
        "      replay  harness replay h1.A",
    ]


def test_nothing_is_told_of_what_holds_as_expected() -> None:
    matrix = matrix_of(verdict(found=HOLDS, expected=HOLDS))
    assert details.details(matrix).plain == details.differing(matrix).plain == ""


def test_a_replay_command_is_never_broken() -> None:
    token = "h1." + "x" * 500
    lines = details.details(matrix_of(verdict(token=token)), width=40).plain.splitlines()
    assert f"      replay  harness replay {token}" in lines


def test_what_differs_is_told_in_both_directions() -> None:
    matrix = matrix_of(verdict(fault="none", found=HOLDS), verdict(found=VIOLATED, expected=HOLDS))
    assert details.differing(matrix).plain.splitlines() == [
        "! close_channel: no_panic holds, expected violated, under none",
        "! close_channel: no_panic is violated, expected holds, under cancel",
    ]
    assert [finding.faults for finding in differences(matrix)] == [("none",), ("cancel",)]


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (Matrix(()), "0 cells, 0 executions; properties: 0 hold. Every verdict is as expected."),
        (
            matrix_of(verdict()),
            "1 cell, 1,234 executions; properties: 0 hold, 1 violated. Every verdict is as expected.",
        ),
        (
            matrix_of(verdict(found=INCONCLUSIVE)),
            "1 cell, 1,234 executions; properties: 0 hold, 1 inconclusive. 1 verdict differs from the expectation.",
        ),
    ],
)
def test_the_sum(matrix: Matrix, expected: str) -> None:
    assert details.summary(matrix).plain == expected


def test_bounds_keep_plans_together() -> None:
    plans = "; ".join(f"events={n} capacity={n} late={n}" for n in range(9))
    lines = details.bounds(Matrix((), {"late_send": plans}), width=60).plain.splitlines()
    assert lines[0] == "What holds, holds within these bounds:"
    assert all(line.rstrip(";").split("; ")[-1].count("=") == 3 for line in lines[1:])
    assert max(map(len, lines)) <= 60


def test_hostile_text_stays_in_its_line() -> None:
    matrix = matrix_of(verdict(HOSTILE, HOSTILE, name=HOSTILE, message=HOSTILE, plan=HOSTILE, expected=HOLDS))
    texts = [verdict_table(matrix), details.details(matrix), details.differing(matrix)]
    texts.append(claims_text([Claim(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)]))
    texts.append(details.bounds(Matrix((), {HOSTILE: HOSTILE})))
    for text in texts:
        assert all(c.isprintable() or c == "\n" for c in text.plain)
        text.plain.encode("utf-8")


# -- for programs --------------------------------------------------------------------------------------------------


def test_json_fits_its_schema_and_has_exactly_the_fields_of_the_contract() -> None:
    matrix = matrix_of(verdict(message=HOSTILE, plan="events=1", token="h1.A-_9"), verdict(fault="x", found=HOLDS))
    value = json.loads(json_form.json_text(matrix, "0.1.0"))
    jsonschema.validate(value, SCHEMA)
    assert list(value) == ["schema", "version", "bounds", "verdicts"]
    names = "design fault property verdict executions exhaustive plan token message expected"
    assert [list(each) for each in value["verdicts"]] == [names.split()] * 2
    assert value["verdicts"][0]["message"] == HOSTILE
    assert json_form.json_text(matrix, "0.1.0").isascii()


@pytest.mark.parametrize("change", [{"verdict": "fine"}, {"token": "h1.A B"}, {"executions": -1}, {"colour": "red"}])
def test_the_schema_is_awake(change: dict[str, object]) -> None:
    value = json_form.json_value(matrix_of(verdict()), "0.1.0")
    value["verdicts"][0] |= change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, SCHEMA)


# -- as a document -------------------------------------------------------------------------------------------------


def document() -> str:
    told = verdict(message="it | broke", plan="events=1", token="h1.A")
    execution = Execution(Returned(7), (), 0, 0, Settings(), (), lambda schedule, readable: ())
    explanation = Explanation("no_panic", "it | broke", "h1.A", Account(execution), paragraph="It_ is | so.")
    claim = Claim("drained", "line 7", "a | b", "refuted", "because", "h1.C")
    return verdicts_markdown(matrix_of(told, verdict("supervised", "none", HOLDS, HOLDS)), [claim], (told, explanation))


def test_the_document_has_matrix_designs_claims_a_story_and_bounds() -> None:
    text = document()
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# Verdicts",
        "## Matrix",
        "## close_channel",
        "## supervised",
        "## Claims",
        "## One counterexample, step by step",
        "## Bounds",
    ]
    assert "| cancel | ✗ violated |  |" in text
    assert "- **no_panic** violated under cancel: it \\| broke\n  - plan (cancel): `events=1`\n" in text
    assert "| drained | a \\| b | line 7 | refuted | because |" in text
    assert "\n\nIt\\_ is \\| so.\n\n```text\n" in text
    assert "end   main returned 7\n```" in text
    assert "Every property holds under every fault class." in text


def test_the_document_is_deterministic() -> None:
    assert document() == document()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no_event_lost", "no_event_lost"),
        ("_x_ *y*", "\\_x\\_ \\*y\\*"),
        ("a | b", "a \\| b"),
        ("<script>&amp;", "\\<script\\>\\&amp;"),
        ("# no heading", "\\# no heading"),
        ("- no list", "\\- no list"),
        ("two\nlines", "two\\\\nlines"),
    ],
)
def test_markdown_shows_text_as_it_is(text: str, expected: str) -> None:
    assert escaped(text) == expected


def test_code_holds_any_number_of_backticks() -> None:
    assert code("a") == "`a`"
    assert code("`a``b") == "``` `a``b ```"
    assert block("```").startswith("````text\n")


# -- small change --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"), [("a\tb", "a\\tb"), ("é 漢", "é 漢"), ("\x1b", "\\x1b"), ("\u202e", "\\u202e")]
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_counts() -> None:
    assert [count(n, "cell") for n in (0, 1, 2, 1_000)] == ["0 cells", "1 cell", "2 cells", "1,000 cells"]


def test_a_paragraph_of_nothing_is_a_line() -> None:
    assert paragraph("", 80, 2) == ["  "]
