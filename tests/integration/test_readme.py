"""Every command and code block of the README does what the README says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from harness.golang.toolchain import Toolchain

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SET_UP = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && "

PROGRAMS = {
    "harness": [sys.executable, "-m", "harness"],
    "python": [sys.executable],
    "pytest": [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
}

Marked = list[tuple[str, str, str]]


def marked_blocks() -> Marked:
    """(marker, language, text) of every code block; the marker is the HTML comment on the line before."""
    found: Marked = re.findall(r"(?:<!-- ([^\n]*) -->\n)?```(\w+)\n(.*?)```", README, re.DOTALL)
    return found


def blocks(marker: str) -> list[str]:
    return [text for mark, _, text in marked_blocks() if mark.partition(":")[0] == marker]


def blocks_named(name: str) -> str:
    """The file of this name."""
    (text,) = (text for mark, _, text in marked_blocks() if mark == f"file: {name}")
    return text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder outside the checkout with the files that the README tells the reader to save."""
    for mark, _, text in marked_blocks():
        if mark.startswith("file: "):
            (tmp_path / mark.removeprefix("file: ")).write_text(text, encoding="utf-8")
    return tmp_path


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the README with this Python and this checkout, as in an activated environment."""
    words = shlex.split(command)
    program = PROGRAMS[words[0]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    return subprocess.run([*program, *words[1:]], cwd=folder, env=environment, capture_output=True, text=True)


def test_every_block_is_of_a_kind_that_a_test_runs() -> None:
    kinds = {(mark.partition(":")[0], language) for mark, language, _ in marked_blocks()}
    assert kinds == {
        ("verify-command", "sh"),
        ("test-command", "sh"),
        ("stress-command", "sh"),
        ("file", "python"),
        ("run", "python"),
        ("exit", "console"),
        ("part", "console"),
        ("go", "console"),
    }


def shows_what_it_prints(kind: str, folder: Path, go: str = "") -> int:
    """Check the console blocks of a kind, with the version of Go that is there; how many they are.

    A block shows all that the command prints, or nothing of it; of the kind `part`, some lines in a row.
    """
    shown = [(mark, text) for mark, _, text in marked_blocks() if mark.startswith(f"{kind}: ")]
    for mark, text in shown:
        command, _, expected = text.partition("\n")
        result = run(command.removeprefix("$ "), folder)
        assert result.returncode == int(mark.removeprefix(f"{kind}: ")), result.stderr
        if kind == "part":
            assert expected and expected.rstrip("\n") in result.stdout, result.stdout
        elif expected:
            assert result.stdout == re.sub(r"\bgo1[.\d]+", go, expected)
    return len(shown)


def test_console_blocks_show_what_the_commands_print(folder: Path) -> None:
    assert shows_what_it_prints("exit", folder) == 6


def test_console_blocks_show_some_of_what_the_commands_print(folder: Path) -> None:
    assert shows_what_it_prints("part", folder) == 4


def test_the_replay_command_of_the_failing_test_shows_the_same_interleaving(folder: Path) -> None:
    failure = run("pytest test_my_handlers.py", folder).stdout
    (command,) = re.findall(r"^pytest \S+ --harness-replay=\S+$", failure, re.MULTILINE)
    again = run(command, folder)
    assert again.returncode == 1
    steps = failure[failure.index("step ") : failure.index("to see it again")].rstrip("- \n")
    assert steps in again.stdout


def test_on_real_go_too(folder: Path, go: Toolchain) -> None:
    assert shows_what_it_prints("go", folder, go.version) == 3


def test_the_replay_command_that_the_failure_prints_shows_the_same_steps(folder: Path) -> None:
    failure = run("harness prove my_handlers:program", folder).stdout
    command = failure.rstrip().splitlines()[-1].strip()
    again = run(command, folder)
    assert again.returncode == 1
    steps = failure[failure.index("step ") : failure.index("found at")].rstrip()
    assert steps in again.stdout


def test_the_python_block_runs(folder: Path) -> None:
    (block,) = blocks("run")
    (folder / "block.py").write_text(
        block + "\nreplayed = False\ntry:\n    replay(counter, False, token=token)\n"
        "except Falsified:\n    replayed = True\nassert replayed\n",
        encoding="utf-8",
    )
    result = run("python block.py", folder)
    assert result.returncode == 0, result.stderr


def test_the_stress_command_runs() -> None:
    (block,) = blocks("stress-command")
    assert block.strip() == "python -m pytest -q -m stress --count 20 -n auto"
    once = block.strip().replace("--count 20", "--count 1").replace("-n auto", "-n 0 -p no:cacheprovider")
    once += " tests/integration"  # the others take minutes
    result = run(once, ROOT)
    assert result.returncode == 0, result.stdout
    assert re.search(r"\d+ passed", result.stdout)


def test_the_two_set_up_commands_are_one_line_each() -> None:
    assert blocks("verify-command") == [f"{SET_UP}.venv/bin/harness verify\n"]
    assert blocks("test-command") == [f"{SET_UP}.venv/bin/python -m pytest -q -n auto\n"]


def test_the_benchmark_runs() -> None:
    assert "`python -m benchmarks`" in README
    result = run("python -m benchmarks --quick --only exhaust", ROOT)
    assert result.returncode == 0, result.stderr
    assert "S2F" in result.stdout


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
