"""The diff that a gate prints: short, one line for like changes, with the evidence and the command that accepts it."""

import pytest

from harness.model.baseline import BROKEN, FEWER, GREW, IMPROVED, LOST, NEW, SHRANK, TOOTHLESS, VANISHED, WORSE, Change
from harness.model.baseline_json import line_of
from harness.model.verdict import HOLDS, INCONCLUSIVE, VIOLATED, Cell, Matrix, Verdict
from harness.report.gate import changes_text, gate_summary, teeth_summary
from harness.report.matrix import ASCII

HOSTILE = "evil\x1b[2J\n\r\u202e\ud800"


def matrix_of(*found: tuple[str, str, str]) -> Matrix:
    """Verdicts of one property of one design, (fault, verdict, message)."""
    verdicts = [
        Verdict("closing", fault, "no_panic", verdict, 9, True, "events=1", f"h1.{fault}", message, HOLDS)
        for fault, verdict, message in found
    ]
    return Matrix(tuple(Cell(each.design, each.fault, 9, (each,)) for each in verdicts))


def told(*changes: Change, matrix: Matrix | None = None, update: str = "") -> list[str]:
    return changes_text(changes, matrix or Matrix(()), update=update).plain.splitlines()


def worse(fault: str, after: str = VIOLATED) -> Change:
    return Change(WORSE, "closing", fault, "no_panic", HOLDS, after)


def test_like_changes_are_told_once_with_the_evidence_of_the_first_and_how_to_accept_them() -> None:
    matrix = matrix_of(("cancel", VIOLATED, "it broke"), ("delay", VIOLATED, "it broke as well"))
    assert told(worse("cancel"), worse("delay"), matrix=matrix, update="harness gate --update") == [
        "Worse than the baseline:",
        "  ! closing: no_panic was proved, is violated under cancel, delay",
        "      it broke",
        "      plan    events=1",
        "      replay  harness replay h1.cancel",
        "",
        "If this is meant, accept it with: harness gate --update",
    ]


def test_a_proof_that_is_none_any_more_says_why() -> None:
    matrix = matrix_of(("cancel", INCONCLUSIVE, "the budget of 3 executions ran out"))
    assert told(worse("cancel", "inconclusive, not exhaustive"), matrix=matrix)[1:] == [
        "  ! closing: no_panic was proved, is inconclusive under cancel",
        "      the budget of 3 executions ran out",
    ]


def test_a_lost_bug_says_what_both_readings_are() -> None:
    text = " ".join(told(Change(LOST, "closing", "cancel", "no_panic", VIOLATED, HOLDS)))
    assert "Either the bug is fixed, or the harness has lost its teeth" in text
    assert "! closing: no_panic was violated, is proved under cancel" in text


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (Change(SHRANK, "", "cancel", "", "plan events=5"), "  ! cancel: plan events=5 is not explored any more"),
        (Change(SHRANK, "", "cancel", "", "400 steps", "300 steps"), "  ! cancel: 300 steps instead of 400 steps"),
        (
            Change(SHRANK, "closing", "cancel", "no_panic", "violated", "violated, not exhaustive"),
            "  ! closing: no_panic is violated as before, but not every schedule was explored under cancel",
        ),
        (
            Change(GREW, "closing", "cancel", "no_panic", "inconclusive, not exhaustive", "inconclusive"),
            "    closing: no_panic is inconclusive as before, and now every schedule was explored under cancel",
        ),
        (
            Change(LOST, "closing", "x", "ends", "violated, not exhaustive", "inconclusive, not exhaustive"),
            "  ! closing: ends was violated, is inconclusive under x",
        ),
        (Change(VANISHED, "closing", "", ""), "  ! design closing vanished"),
        (Change(VANISHED, "", "cancel", ""), "  ! fault class cancel vanished"),
        (Change(VANISHED, "closing", "cancel", ""), "  ! closing under cancel vanished"),
        (Change(VANISHED, "closing", "cancel", "ends", HOLDS), "  ! closing: ends (holds) vanished under cancel"),
        (Change(IMPROVED, "a", "x", "ends", INCONCLUSIVE, HOLDS), "    a: ends was inconclusive, is proved under x"),
        (Change(GREW, "", "cancel", "", "", "plan events=9"), "    cancel: plan events=9 is explored as well"),
        (Change(NEW, "closing", "", ""), "    design closing is new: 1 hold, 1 violated"),
        (Change(NEW, "", "delay", ""), "    fault class delay is new: 1 violated"),
        (Change(NEW, "closing", "cancel", ""), "    closing under cancel is new: 1 hold"),
        (Change(FEWER, "a", "x", "", "4000", "1500"), "    a under x 4,000 -> 1,500"),
    ],
)
def test_each_kind_of_change_in_a_line(change: Change, line: str) -> None:
    matrix = matrix_of(("cancel", HOLDS, ""), ("delay", VIOLATED, "it broke"))
    lines = told(change, matrix=matrix, update="UPDATE")
    assert line in lines
    assert ("UPDATE" in lines[-1]) == change.fails == ("!" in line)


def under(*plans: str, kind: str = WORSE) -> Change:
    """Violated before and after, but under these plans only the one time."""
    verdicts = (HOLDS, VIOLATED) if kind == WORSE else (VIOLATED, HOLDS)
    return Change(
        kind, "closing", "cancel", "no_panic", *(f"{verdict} under {'; '.join(plans)}" for verdict in verdicts)
    )


def test_plans_under_which_a_violation_is_new_are_told_together_and_many_by_their_number() -> None:
    matrix = matrix_of(("cancel", VIOLATED, "it broke"))
    assert told(under("events=1", "events=2"), matrix=matrix)[1:] == [
        "  ! closing: no_panic is also violated with 2 plans where it held (events=1; events=2) under cancel",
    ]
    (line,) = told(under("a", "b", "c", "d", "e", kind=LOST), matrix=matrix)[2:]
    assert line == "  ! closing: no_panic is no longer violated with 5 plans (a; b; c; and 2 more) under cancel"


def test_a_counterexample_under_another_plan_is_no_evidence_for_these() -> None:
    verdict = Verdict(
        "closing",
        "cancel",
        "no_panic",
        VIOLATED,
        9,
        True,
        "x",
        "h1.A",
        "it broke",
        HOLDS,
        None,
        ("events=2", "events=1"),
    )
    matrix = Matrix((Cell("closing", "cancel", 9, (verdict,)),))
    assert "it broke" not in " ".join(told(under("events=1"), matrix=matrix))
    assert "it broke" in " ".join(told(under("events=2"), matrix=matrix))


def test_what_cannot_be_loaded_is_told_and_no_update_is_offered_with_it() -> None:
    broken = Change(BROKEN, "app:handler", "", "", "", "cannot import module 'app': SyntaxError")
    text = told(broken, worse("cancel"), matrix=matrix_of(("cancel", VIOLATED, "it broke")), update="UPDATE")
    assert text[0].startswith("In the baseline, and cannot be loaded. Until it can be, nothing is known of it, and no")
    assert "  ! app:handler: cannot import module 'app': SyntaxError" in text
    assert "UPDATE" not in " ".join(text) and "vanished" not in " ".join(text)


PROBE = "the probe that drops an event"
BLUNT = {
    Change(TOOTHLESS, PROBE, "", "ends", VIOLATED, HOLDS): f"ends no longer objects to {PROBE}",
    Change(TOOTHLESS, PROBE, "", "ends", HOLDS, VIOLATED): f"ends objects to {PROBE}",
    Change(TOOTHLESS, PROBE, "", "", "12", "1"): f"the search explores 1 of the 12 classes of schedules of {PROBE}",
    Change(TOOTHLESS, PROBE, "", "", "", "it is lost"): f"{PROBE} cannot be explored: it is lost",
}


def test_a_harness_without_teeth_says_so_and_offers_no_baseline() -> None:
    assert all(change.fails for change in BLUNT)
    text = told(*BLUNT)
    assert text[0].startswith("The harness lost its teeth. This is about the harness and no design")
    assert text[-4:] == [f"  ! {line}" for line in BLUNT.values()]


def test_fewer_executions_are_one_list() -> None:
    cells = [Change(FEWER, design, "x", "", "4000", after) for design, after in (("a", "1500"), ("b", "3999"))]
    assert told(*cells)[-1] == "    a under x 4,000 -> 1,500, b under x 4,000 -> 3,999"


def test_the_sum() -> None:
    improved = Change(IMPROVED, "a", "x", "p", INCONCLUSIVE, HOLDS)
    assert (
        gate_summary((), 7, "b.json", 9).plain
        == "gate passed: 9 of 9 probes found, 7 verdicts compared with b.json, 0 changes for the worse"
    )
    assert gate_summary((worse("cancel"), improved), 1, "b.json", 9).plain == (
        "gate failed: 9 of 9 probes found, 1 verdict compared with b.json, 1 change for the worse, 1 other"
    )
    assert gate_summary((improved,), 1, "b.json", 9, True).plain.endswith("; b.json says now what was found")
    assert teeth_summary((*BLUNT,), 9, "b.json").plain == (
        "gate failed: 8 of 9 probes found, so nothing was compared with b.json"
    )


def test_hostile_text_stays_in_its_line() -> None:
    evil = Verdict(HOSTILE, HOSTILE, HOSTILE, VIOLATED, 9, True, HOSTILE, "h1.A", HOSTILE, HOLDS)
    matrix = Matrix((Cell(HOSTILE, HOSTILE, 9, (evil,)),))
    changes = [Change(kind, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE) for kind in (WORSE, LOST, VANISHED, NEW)]
    texts = [changes_text(changes, matrix, symbols=ASCII).plain, gate_summary(changes, 1, HOSTILE, 9).plain]
    for text in texts:
        text.encode("utf-8")
        assert all(character.isprintable() or character == "\n" for character in text)


def test_the_line_of_a_baseline_that_a_change_is_about() -> None:
    text = '{\n{"design": "a", "fault": "x", "property": "p"}\n{"design": "a", "fault": "y", "property": "p"}\n}'
    assert line_of(text, "a", ("y",), "p") == 3
    assert line_of(text, "a", (), "") == 2
    assert line_of(text, "", ("y",), "") == 3
    assert line_of(text, "b", ("y",), "p") == line_of(text, "", (), "") == 1
