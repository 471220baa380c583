"""A command that is stopped, while Go builds or runs, leaves no process and no folder behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.golang.toolchain import Toolchain

pytestmark = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked for in /proc")
COMMAND = [sys.executable, "-m", "harness", "conform", "--programs", "1", "--runs", "3000000"]


def arguments_of_processes() -> list[str]:
    """What every process on this machine was called with."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        except OSError:
            pass  # it has ended
    return found


def building(folder: Path) -> bool:
    return any("/compile " in arguments and str(folder) in arguments for arguments in arguments_of_processes())


def running(folder: Path) -> bool:
    """Has a built program been started?"""
    return any("program.test -test.run" in arguments and str(folder) in arguments for arguments in
               arguments_of_processes())  # fmt: skip


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("stage", [building, running])
def test_a_stopped_command_leaves_nothing_behind(
    stage: Callable[[Path], bool], number: signal.Signals, code: int, go: Toolchain, tmp_path: Path
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    cache = {"GOCACHE": str(tmp_path / "cache")} if stage is building else {}
    environment = {**os.environ, "TMPDIR": str(temporary), **cache}
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, text=True) as it:
        limit = time.monotonic() + 120
        while not stage(temporary):
            assert it.poll() is None and time.monotonic() < limit
            time.sleep(0.01)
        it.send_signal(number)
        output, _ = it.communicate(timeout=60)
    assert (it.returncode, "Traceback" in output) == (code, False), output
    assert list(temporary.iterdir()) == []
    while building(temporary) or running(temporary):  # who was killed takes a moment to end
        assert time.monotonic() < limit
        time.sleep(0.01)
