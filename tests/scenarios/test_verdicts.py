"""The main job: every verdict is as expected, and what is kept in `reports` is what `harness verify` finds today.

The matrix is explored once, for `VERDICTS.md` and for the gate's baseline.

Where there is a Go toolchain, which CI has, real Go reproduces the counterexample of every violated verdict as well.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from harness.__main__ import main
from harness.cli import verify
from harness.golang.toolchain import GoUnavailable, find_go
from harness.model.baseline import baseline_of, compare
from harness.model.baseline_json import baseline_text, parse_baseline
from harness.model.verdict import Matrix
from harness.stream import verify_matrix

COMMITTED = Path(__file__).resolve().parents[2] / "reports"


def go_is_there() -> bool:
    try:
        return bool(find_go())
    except GoUnavailable:
        return False


@pytest.fixture
def explored(monkeypatch: pytest.MonkeyPatch) -> list[Matrix]:
    """The matrices that are explored from now on."""
    matrices: list[Matrix] = []

    def verify_and_keep(*arguments: Any, **options: Any) -> Matrix:
        matrices.append(verify_matrix(*arguments, **options))
        return matrices[-1]

    monkeypatch.setattr(verify, "verify_matrix", verify_and_keep)
    return matrices


def test_every_verdict_is_as_expected_and_what_is_committed_is_current(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], explored: list[Matrix]
) -> None:
    made = tmp_path / "VERDICTS.md"
    confirm = ["--confirm"] if go_is_there() else []
    assert main(["verify", "--claims", *confirm, "--write-verdicts", str(made)]) == 0
    told = capsys.readouterr().out
    assert "Every verdict is as expected." in told
    if confirm:
        assert re.search(r": (\d\d+) of \1 violated verdicts reproduced, 100 of 100 times each", told)
    assert made.read_text(encoding="utf-8") == (COMMITTED / "VERDICTS.md").read_text(encoding="utf-8")

    (matrix,) = explored
    baseline = (COMMITTED / "baseline.json").read_text(encoding="utf-8")
    assert compare(parse_baseline(baseline), baseline_of(matrix)) == ()
    assert baseline_text(baseline_of(matrix)) == baseline
