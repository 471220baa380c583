"""A Go toolchain: found, checked, and used to build test binaries. Nothing is downloaded.

`pip install 'stream-race-harness[go]'` puts one beside the Python interpreter; a Go on PATH serves too. It must be 1.25
or later, the first with `testing/synctest`.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from harness.model.errors import HarnessError

OLDEST = (1, 25)
MODULE = "module harness\n\ngo 1.25\n"
ENVIRONMENT = {"GOTOOLCHAIN": "local", "GOPROXY": "off", "GOWORK": "off", "GO111MODULE": "on", "GOFLAGS": ""}
HERE = {"GOOS": "", "GOARCH": ""}
"""What is built is run on this machine, also where the environment asks for another."""


class GoUnavailable(HarnessError):
    """There is no Go toolchain, or it is too old, or it cannot be run."""


class GoBuildFailed(HarnessError):
    """Go source did not compile, or not in time."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A `go` command that is recent enough; `version` is as Go says it, "go1.27.3"."""

    command: str
    version: str

    def check_races(self) -> None:
        """Programs can be built with the race detector here.

        Raises:
            GoUnavailable: there is no C compiler, which it needs.
        """
        enabled, compiler = (_setting(self.command, name) for name in ("CGO_ENABLED", "CC"))
        if enabled == "0" or shutil.which(compiler.split(" ")[0]) is None:
            raise GoUnavailable(
                f"Go's race detector needs cgo and a C compiler, and {compiler!r} is not there or CGO_ENABLED is 0: "
                f"install gcc, and leave CGO_ENABLED alone"
            )

    @contextmanager
    def built(self, sources: Mapping[str, str], *, race: bool = False, seconds: float = 600) -> Iterator[Path]:
        """The test binary of the Go files in `sources` (path below the module to text), as long as it is needed.

        The package `harness/gate` comes with it.

        Raises:
            GoBuildFailed: it does not compile, or not within `seconds`, or there is no place for it.
            GoUnavailable: the race detector is asked for, and cannot be had.
        """
        if race:
            self.check_races()
        with _folder() as folder:
            _write(folder, {"go.mod": MODULE, **gate_sources(), **sources})
            self._build(folder, race, seconds)
            yield folder / "program.test"

    def _build(self, folder: Path, race: bool, seconds: float) -> None:
        command = [self.command, "test", "-c", *(["-race"] if race else []), "-o", "program.test", "."]
        try:
            answer = run(command, folder, seconds)
        except subprocess.TimeoutExpired:
            raise GoBuildFailed(
                f"{self.version} did not finish building within {seconds:g} seconds: try again (what it has built "
                f"so far is kept in its cache), or allow more time"
            ) from None
        if answer.returncode:
            raise GoBuildFailed(f"{self.version} cannot build the program: {_first_complaint(answer.stdout)}")


def find_go() -> Toolchain:
    """The toolchain beside the Python interpreter, else the one on PATH.

    Raises:
        GoUnavailable: there is none, or it is older than 1.25.
    """
    beside = shutil.which("go", path=os.path.dirname(sys.executable))
    command = beside or shutil.which("go")
    if command is None:
        raise GoUnavailable(
            "this needs a Go toolchain, and there is none beside the Python interpreter or on PATH: "
            "pip install 'stream-race-harness[go]', or install Go 1.25 or later"
        )
    version = _setting(command, "GOVERSION")
    numbers = re.match(r"go(\d+)\.(\d+)", version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < OLDEST:
        raise GoUnavailable(
            f"this needs Go 1.25 or later, and {command} says {version!r}: "
            f"pip install 'stream-race-harness[go]', or install a newer Go"
        )
    return Toolchain(command, version)


def _setting(command: str, name: str) -> str:
    """What `go env` says; its last line, because warnings come first."""
    try:
        answer = run([command, "env", name], None, 60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GoUnavailable(f"{command} cannot be run: {error}") from error
    if answer.returncode:
        raise GoUnavailable(f"{command} cannot be run: {_first_complaint(answer.stdout)}")
    return answer.stdout.strip().rpartition("\n")[2]


@contextmanager
def _folder() -> Iterator[Path]:
    try:
        folder = tempfile.TemporaryDirectory(prefix="harness-go-", ignore_cleanup_errors=True)
    except OSError as error:
        raise GoBuildFailed(f"there is no place to build the program in: {error}") from error
    with folder:
        yield Path(folder.name)


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    try:
        for path, text in texts.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
    except OSError as error:
        raise GoBuildFailed(f"the program's files cannot be written: {error}") from error


def run(command: list[str], folder: Path | None, seconds: float) -> subprocess.CompletedProcess[str]:
    """A command of the toolchain, with stderr in stdout; it uses what is on this machine only.

    It gets a process group and, within `folder`, a place for its own files: if it is given up, by an interrupt too,
    the compilers that it has started end with it, and nothing stays behind.
    """
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **ENVIRONMENT, **HERE, **({"GOTMPDIR": str(folder)} if folder else {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except BaseException:
            _end(process)
            raise
    return subprocess.CompletedProcess(command, process.returncode, output)


def _end(process: subprocess.Popen[str]) -> None:
    """Kill a process and, where there are process groups, all that it has started."""
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)


def _first_complaint(output: str) -> str:
    """What the compiler says first, without its heading."""
    lines = [line.strip() for line in output.splitlines() if line.strip() and not line.startswith("#")]
    return lines[0] if lines else "it says nothing about why"


def gate_sources() -> dict[str, str]:
    """The package that controls a program's goroutines, by path below the module."""
    folder = files("harness.golang") / "gate"
    return {f"gate/{file.name}": file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".go")}
