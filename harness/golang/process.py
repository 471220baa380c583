"""A built program that does jobs: JSON lines in, JSON lines out (`gate/driver.go` says what they mean).

A process ends early when it holds many goroutines that will never move again, and dies of what Go calls a fatal error.
Either way the rest of the job goes to a new one.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from harness.model.errors import HarnessError

Job = Mapping[str, Any]
FATAL = "fatal error: "


class GoMisbehaved(HarnessError):
    """A Go process did not answer, or its controller gave up."""


class GoProcess:
    """The process, started when it is needed and again when it has ended.

    `races` is what the race detector has reported so far, if the binary was built with it.
    """

    def __init__(self, binary: Path, *, seconds: float = 120) -> None:
        self.binary = binary
        self.seconds = seconds
        try:
            self.folder = tempfile.TemporaryDirectory(prefix="harness-run-", ignore_cleanup_errors=True)
        except OSError as error:
            raise GoMisbehaved(f"there is no place for what the Go program says: {error}") from error
        self.process: subprocess.Popen[str] | None = None
        self.answers: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> GoProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.folder.cleanup()

    def do(self, job: Job) -> dict[str, Any]:
        """The report about all runs of a job. An outcome "fatal error: ..." ends a process, and counts as a run.

        Raises:
            GoMisbehaved: it does not answer in time, or the controller could not go on.
        """
        total: dict[str, Any] = {"Done": 0, "Same": 0, "Differs": "", "Outcomes": {}, "Racy": {}}
        while total["Done"] < job["Runs"]:
            rest = {**job, "Runs": job["Runs"] - total["Done"], "Seed": job.get("Seed", 0) + total["Done"]}
            self._add(total, self._ask(rest), rest)
        return total

    def _add(self, total: dict[str, Any], report: dict[str, Any], job: Job) -> None:
        if report["Error"]:
            self.stop()
            raise GoMisbehaved(f"the Go program {job['Program']} could not be judged: {report['Error']}")
        total["Done"] += report["Done"]
        total["Same"] += report["Same"]
        total["Differs"] = total["Differs"] or report["Differs"]
        for field in ("Outcomes", "Racy"):
            for outcome, count in report.get(field, {}).items():
                total[field][outcome] = total[field].get(outcome, 0) + count

    def _ask(self, job: Job) -> dict[str, Any]:
        """What the process says to one job."""
        try:
            self._tell(job)
        except BrokenPipeError:
            return self._death(job)
        try:
            line = self.answers.get(timeout=self.seconds)
        except queue.Empty:
            self.stop()
            raise GoMisbehaved(f"the Go program {job['Program']} did not answer in {self.seconds:g} seconds") from None
        if line.startswith("{"):
            report: dict[str, Any] = json.loads(line)
            if report["Last"]:
                self.stop()
            return report
        return self._death(job)

    def _tell(self, job: Job) -> None:
        process = self._running()
        assert process.stdin is not None
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()

    def _death(self, job: Job) -> dict[str, Any]:
        """The report about a process that has ended without one: one run, which ended in a fatal error.

        Whatever else ended it (a signal, a lack of memory) would end the next one, too, so none is started.
        """
        self.stop()
        said = Path(self.folder.name, "stderr").read_text("utf-8", "replace").strip().splitlines()
        texts = [line for line in said if line.startswith(FATAL)]
        if not texts:
            why = said[0] if said else "it does not say why"
            raise GoMisbehaved(f"the Go program {job['Program']} died: {why}")
        same = int(job.get("Wanted") == texts[0])
        differs = "" if same else f"the process died of {texts[0]!r}"
        return {"Done": 1, "Same": same, "Differs": differs, "Outcomes": {texts[0]: 1}, "Error": ""}

    def _running(self) -> subprocess.Popen[str]:
        if self.process is not None:
            return self.process
        options = f"log_path={self.folder.name}/race halt_on_error=0 exitcode=0 atexit_sleep_ms=0"
        options += " suppress_equal_stacks=0 suppress_equal_addresses=0"  # tell of a race in every run
        try:
            self.process = self._start({**os.environ, "GORACE": options, "GOTRACEBACK": "none", "GODEBUG": ""})
        except OSError as error:
            raise GoMisbehaved(
                f"what Go has built cannot be run here (may programs run in TMPDIR?): {error}"
            ) from error
        self.answers = queue.Queue()
        threading.Thread(target=_listen, args=(self.process, self.answers), daemon=True).start()
        return self.process

    def _start(self, environment: dict[str, str]) -> subprocess.Popen[str]:
        with open(Path(self.folder.name, "stderr"), "w") as errors:
            return subprocess.Popen(
                [str(self.binary), "-test.run=TestDrive", "-test.timeout=0"],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
                errors="replace",
            )

    def races(self) -> str:
        """What the race detector has reported since this was asked last."""
        found = ""
        for path in sorted(Path(self.folder.name).glob("race.*")):
            found += path.read_text("utf-8", "replace")
            path.write_text("")
        return found

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            try:
                stream.close()
            except BrokenPipeError:
                pass


def _listen(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    """Hand over what the process says; its end is an empty line."""
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("{"):
                answers.put(line)
    except ValueError:
        pass  # the stream was closed: nobody listens any more
    answers.put("")


@contextmanager
def started(binary: Path, *, seconds: float = 120) -> Iterator[GoProcess]:
    """A process of this binary, ended at the end."""
    with GoProcess(binary, seconds=seconds) as process:
        yield process
