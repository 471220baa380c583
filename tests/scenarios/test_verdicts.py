"""The main job: every verdict is as expected, and `reports/VERDICTS.md` says what `harness verify` finds today."""

from pathlib import Path

import pytest

from harness.__main__ import main

COMMITTED = Path(__file__).resolve().parents[2] / "reports" / "VERDICTS.md"


def test_every_verdict_is_as_expected_and_the_committed_summary_is_current(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "VERDICTS.md"
    assert main(["verify", "--claims", "--write-verdicts", str(made)]) == 0
    assert "Every verdict is as expected." in capsys.readouterr().out
    assert made.read_text(encoding="utf-8") == COMMITTED.read_text(encoding="utf-8")
