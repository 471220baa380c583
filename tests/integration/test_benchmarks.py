"""`python -m benchmarks`: the exact counts are there and right; nothing is said about time."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import exhaust, memory, peers, randomised
from benchmarks.classes import CASES, Case
from benchmarks.programs import NOTHING_LOST, s2f
from benchmarks.report import Table, document
from harness import strategies
from harness.strategies import DPOR

ABOUT_RUNNING = {"Strategy", "Replay"}


def cells(out: str, program: str) -> list[str]:
    """The figures in the row of a program."""
    [line] = [line for line in out.splitlines() if line.strip().startswith(f"{program}  ")]
    return line.strip().removeprefix(program).split()


def test_the_exact_counts_are_printed_and_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--quick", "--only", "exhaust"]) == 0
    out = capsys.readouterr().out
    naive_reduced_known_blocked_factor_bad = {
        "S1": ["20", "4", "4", "0", "5", "2"],
        "S1F(2)": ["12", "2", "2", "0", "6", "0"],
        "S1F(3)": ["396", "6", "6", "0", "66", "0"],
        "S2a": ["311", "2", "2", "0", "156", "1"],
        "S2b": ["884", "6", "6", "0", "147", "1"],
        "S2F, 3 events": ["360", "4", "4", "0", "90", "0"],
        "events(3,2,1)": ["226", "16", "16", "0", "14.1", "3"],
    }
    assert {name: cells(out, name)[:6] for name in naive_reduced_known_blocked_factor_bad} == (
        naive_reduced_known_blocked_factor_bad
    )
    assert cells(out, "S1F(4)")[:5] == [">", "2,000", "24", "24", "0"]
    assert "Accepted: every number" in out and "MISMATCH" not in out


def test_the_known_classes_include_the_published_ones() -> None:
    known = {case.name: (case.classes, case.bad) for case in CASES}
    assert known["S2F, 3 events"] == (4, 0) and known["S2a"] == (2, 1) and known["S2b"] == (6, 1)
    assert [known[f"S1F({goroutines})"] for goroutines in (2, 3, 4)] == [(2, 0), (6, 0), (24, 0)]


def test_a_number_that_differs_is_a_mismatch(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(exhaust, "CASES", (Case("S2F", s2f, (1,), NOTHING_LOST, classes=3, bad=1, interleavings=18),))
    monkeypatch.setattr(exhaust, "EVENTS", (2,))
    assert command.main(["--quick", "--only", "exhaust"]) == 1
    out = capsys.readouterr().out
    assert "MISMATCH S2F: executions of DPOR: expected 3, found 2" in out
    assert "MISMATCH S2F: bad classes: expected 1, found 0" in out and "Accepted" not in out


def test_a_search_that_is_cut_off_says_so() -> None:
    case = next(case for case in CASES if case.name == "S2F, 3 events")
    assert exhaust.count(case, DPOR(), cap=3) == exhaust.Count(3, 0, 0, complete=False)
    assert exhaust.count(case, DPOR(), cap=4) == exhaust.Count(4, 0, 0, complete=True)


def test_every_strategy_is_measured() -> None:
    measured = {type(make(0)).__name__ for make in (*randomised.RANDOM.values(), *randomised.SYSTEMATIC.values())}
    assert measured >= set(strategies.__all__) - ABOUT_RUNNING


def test_campaigns_in_vain_are_told_from_late_ones() -> None:
    assert randomised.typical([10, 10], 10, by_mean=True) == "never"
    assert randomised.typical([2, 10], 10, by_mean=True) == "≥ 6"
    assert randomised.typical([2, 4, 10], 10, by_mean=False) == "4"


def test_memory_is_measured_in_a_process_of_its_own() -> None:
    if memory.RESIDENT.exists():
        assert memory.row("RandomWalk", 100)[:3] == ["RandomWalk", "events(3,2,1)", "100"]


def test_without_a_peer_the_table_says_what_to_install() -> None:
    [table] = peers.tables(quick=True, installed=lambda name: None)
    assert not table.rows and table.notes == [peers.MISSING] and "pip install" in peers.MISSING


@pytest.mark.parametrize(
    ("answer", "buggy", "right"),
    [
        ("bug", True, "yes"),
        ("bug", False, "NO"),
        ("holds", False, "yes"),
        ("holds", True, "NO"),
        ("nothing found", True, "NO"),
        ("nothing found", False, "-"),
        ("no answer", True, "-"),
    ],
)
def test_an_answer_is_right_or_wrong(answer: str, buggy: bool, right: str) -> None:
    assert peers.rightness(answer, buggy) == right


def test_the_document_has_the_tables_and_no_date() -> None:
    table = Table("Title", ("a", "b"), [("x|y", "1")], ["A note."], ["wrong"])
    assert document([table], ["Python: some"], "--quick").splitlines() == [
        *("# Results", "", "By `python -m benchmarks --quick`. How to read them: [README.md](README.md).", ""),
        *("* Python: some", "", "## Title", "", "| a | b |", "| --- | ---: |", "| x\\|y | 1 |"),
        *("", "A note.", "", "**MISMATCH** wrong"),
    ]


def test_what_was_asked_for_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(command.SECTIONS, "memory", lambda quick: [Table("Memory", ("a",), [("1",)])])
    assert command.main(["--only", "memory", "--write", str(tmp_path / "R.md")]) == 0
    assert "## Memory\n\n| a |" in (tmp_path / "R.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (["--fast"], "--fast"),
        (["--only", "everything"], "choose from"),
        (["--only", "peers", "--no-peers"], "nothing to measure"),
        (["--write", "missing/folder/R.md"], "folder"),
    ],
)
def test_a_bad_option_gets_one_sentence(
    arguments: Sequence[str], about: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_code:
        command.main(arguments)
    out, err = capsys.readouterr()
    assert (exit_code.value.code, out) == (2, "") and err.count("\n") == 1
    assert err.startswith("benchmarks: ") and about in err
