"""The canary's trace function: coverage, debuggers and the next execution do not notice it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness import Passed, check, go, prove
from harness.canary import SCHEDULES, with_warnings
from harness.model.trace import PLAIN_READ, PLAIN_WRITE
from harness.primitives.world import running
from harness.runtime.execute import Subject
from harness.runtime.witness import witnessed
from harness.stream import FAULT_CLASSES, load_designs, serve

ROOT = Path(__file__).parents[2]

MODULE = """
from harness import *

def helper(box, number):
    if number == 1:
        box.append(number)
    else:
        box.insert(0, number)
    return box

async def program():
    box = []
    async def worker(number):
        await sleep(0)
        helper(box, number)
        if number > 9:
            box.clear()
    go(worker, 1)
    go(worker, 2)
    await sleep(1)
    return len(box)

def called(canary):
    answer = VERB(program, canary=canary, **OPTIONS)
    found = len(answer.warnings)
    return found

def main(canary):
    found = called(canary)
    return found
"""

SCRIPT = """
import json, sys
import coverage
folder, timid, canary = sys.argv[1:]
measured = coverage.Coverage(
    data_file=None, config_file=False, branch=True, timid=timid == "1", include=[folder + "/*"], messages=False
)
sys.path.insert(0, folder)
measured.start()
import measured_module
found = measured_module.main(canary == "1")
measured.stop()
data = measured.get_data()
(path,) = data.measured_files()
print(json.dumps([found, sorted(data.lines(path)), sorted(data.arcs(path))]))
"""


def covered(folder: Path, *, timid: bool, canary: bool) -> Any:
    """Warnings, lines and branches, as coverage measures them in a process of its own."""
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, str(folder), str(int(timid)), str(int(canary))],
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")}
        | {"PYTHONPATH": str(ROOT), "COVERAGE_CORE": "pytrace" if timid else "ctrace"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.mark.parametrize("timid", [False, True], ids=["in C", "in Python"])
@pytest.mark.parametrize("verb", ["check", "prove"])
def test_coverage_measures_the_same_lines_and_branches(tmp_path: Path, timid: bool, verb: str) -> None:
    options = "{'executions': 20}" if verb == "check" else "{}"
    text = MODULE.replace("VERB", verb).replace("OPTIONS", options)
    (tmp_path / "measured_module.py").write_text(text, "utf-8")
    warned, lines, branches = covered(tmp_path, timid=timid, canary=True)
    silent, lines_without, branches_without = covered(tmp_path, timid=timid, canary=False)
    assert (warned >= 1, silent) == (True, 0)
    assert (lines, branches) == (lines_without, branches_without)
    missing = {number for number, line in enumerate(text.splitlines(), 1) if "box.clear()" in line}
    code = {number for number, line in enumerate(text.splitlines(), 1) if line.strip() and "else:" not in line}
    assert set(lines) == code - missing


async def sharing() -> None:
    total = 0

    async def worker() -> None:
        nonlocal total
        total += 1

    go(worker)
    go(worker)


def test_a_debugger_keeps_its_trace_function_and_nothing_is_noted() -> None:
    events: list[str] = []

    def debugger(frame: Any, event: str, argument: Any) -> Any:
        events.append(event)
        return debugger

    before = sys.gettrace()
    sys.settrace(debugger)
    try:
        traces = [witnessed(Subject(sharing), choose, 100) for choose in SCHEDULES]
        kept = sys.gettrace() is debugger
    finally:
        sys.settrace(before)
    assert kept and events
    assert [action for trace in traces for action in trace if action.kind in (PLAIN_READ, PLAIN_WRITE)] == []


def test_the_trace_function_is_given_back_whatever_happens() -> None:
    async def failing() -> None:
        raise KeyboardInterrupt

    before = sys.gettrace()
    with pytest.raises(KeyboardInterrupt):
        witnessed(Subject(failing), SCHEDULES[0], 100)
    assert sys.gettrace() is before and running.note is None and running.world is None
    assert len(prove(sharing).warnings) == 2
    assert sys.gettrace() is before


def test_the_warnings_are_the_same_for_any_number_of_jobs() -> None:
    alone = check(sharing, executions=2_100)
    assert check(sharing, executions=2_100, jobs=2).warnings == alone.warnings != ()
    assert prove(sharing, jobs=2).warnings == alone.warnings


@pytest.mark.parametrize("design", load_designs(), ids=lambda design: design.name)
def test_neither_the_designs_nor_the_kit_share_plain_state(design: Any) -> None:
    looked_at = 0
    for fault in FAULT_CLASSES:
        subject = Subject(serve(design.handler, fault.plans[-1]), (), fault.settings)
        assert with_warnings(Passed(1, "S"), subject, False, 10.0).warnings == ()
        looked_at += len(witnessed(subject, SCHEDULES[0], 1_000)) > 5
    assert looked_at > 10
