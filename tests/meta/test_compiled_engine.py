"""The compiled DPOR explores what the interpreted one does, in the same order; skipped where none is compiled."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import harness
from harness.search.dpor import strategy

ROOT = Path(__file__).parents[2]
HERE = Path(harness.__file__).parent
PRINT = """
from harness.search.dpor import strategy
from tests.meta.print_traces import explorations
print(strategy.__file__, *explorations(), sep="\\n")
"""

pytestmark = pytest.mark.skipif(
    strategy.__file__.endswith(".py"), reason="harness.search.dpor is not compiled: see CONTRIBUTING.md, Compiling DPOR"
)


def explored(folder: Path) -> list[str]:
    """What the harness in `folder` explores; the first line tells which file was its engine."""
    answer = subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.splitlines()


def test_the_compiled_and_the_interpreted_engine_explore_the_same_executions_in_the_same_order(tmp_path: Path) -> None:
    shutil.copytree(HERE, tmp_path / "harness", ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
    engine, *compiled = explored(HERE.parent)
    pure, *interpreted = explored(tmp_path)
    assert (Path(engine).suffix in {".so", ".pyd"}, Path(pure).suffix) == (True, ".py")
    assert len(compiled) > 5_000
    assert compiled == interpreted
