"""Running the command line: in this process where only text and exit code matter, as a process where that counts."""

import itertools
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from harness.__main__ import main

ROOT = Path(__file__).parents[2]
_serials = itertools.count()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run of the command line came to."""

    code: int
    out: str
    err: str


class Place:
    """A folder with the user's programs, in which `harness` is called."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def module(self, source: str) -> str:
        """Write a module under a name that no other test uses; its name."""
        name = f"program{next(_serials)}"
        (self.folder / f"{name}.py").write_text("from harness import *\n" + dedent(source), "utf-8")
        return name

    def harness(self, *arguments: object) -> Answer:
        """Call it in this process."""
        self.capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Answer(code, *self.capsys.readouterr())

    def process(self, *arguments: object, **environment: str) -> Answer:
        """Call it as a process of its own."""
        run = subprocess.run(
            command(*arguments),
            cwd=self.folder,
            env=environment_with(**environment),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return Answer(run.returncode, run.stdout, run.stderr)

    def begun(
        self, *arguments: object, stdout: int = subprocess.PIPE, new_session: bool = False
    ) -> subprocess.Popen[str]:
        """Call it as a process that is still at it; what it has to say of its progress comes on stderr."""
        return subprocess.Popen(
            command(*arguments),
            cwd=self.folder,
            env=environment_with(),
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=new_session,
        )


def printed_command(answer: Answer) -> list[str]:
    """The command that an answer ends with, to see a counterexample again; without the word `harness`."""
    harness, *words = shlex.split(answer.out.splitlines()[-1])
    assert (harness, words[0], words[2:3]) in (("harness", "replay", []), ("harness", "replay", ["--oracle"])), (
        answer.out
    )
    return words


def command(*arguments: object) -> list[str]:
    """What to execute."""
    return [sys.executable, "-m", "harness", *map(str, arguments)]


def environment_with(**variables: str) -> dict[str, str]:
    """This process's environment, without what changes how text is shown."""
    shown = ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "PYTHONIOENCODING", "TERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
    inherited = {name: value for name, value in os.environ.items() if name not in shown}
    return {**inherited, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "TERM": "xterm-256color", **variables}


def sentence(answer: Answer) -> str:
    """The one sentence that bad input gets: exit code 2, nothing on stdout, one line on stderr, no traceback."""
    assert (answer.code, answer.out) == (2, ""), answer
    assert answer.err.startswith("harness: ") and answer.err.count("\n") == 1, answer.err
    assert "Traceback" not in answer.err
    return answer.err.removeprefix("harness: ").rstrip("\n")


def usage(answer: Answer) -> str:
    """What argparse objects to: exit code 2, the usage and a last line on stderr."""
    assert (answer.code, answer.out) == (2, ""), answer
    assert answer.err.startswith("usage: harness")
    return answer.err.splitlines()[-1]
