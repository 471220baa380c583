"""The main job: every verdict is as expected, and `reports/VERDICTS.md` says what `harness verify` finds today.

Where there is a Go toolchain, which CI has, real Go reproduces the counterexample of every violated verdict as well.
"""

import re
from pathlib import Path

import pytest

from harness.__main__ import main
from harness.golang.toolchain import GoUnavailable, find_go

COMMITTED = Path(__file__).resolve().parents[2] / "reports" / "VERDICTS.md"


def go_is_there() -> bool:
    try:
        return bool(find_go())
    except GoUnavailable:
        return False


def test_every_verdict_is_as_expected_and_the_committed_summary_is_current(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "VERDICTS.md"
    confirm = ["--confirm"] if go_is_there() else []
    assert main(["verify", "--claims", *confirm, "--write-verdicts", str(made)]) == 0
    told = capsys.readouterr().out
    assert "Every verdict is as expected." in told
    if confirm:
        assert re.search(r": (\d\d+) of \1 violated verdicts reproduced, 100 of 100 times each", told)
    assert made.read_text(encoding="utf-8") == COMMITTED.read_text(encoding="utf-8")
