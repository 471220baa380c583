"""Every command that a verdict comes with tells of that verdict's property first."""

import json
import shlex
from dataclasses import replace

import pytest

from harness.__main__ import main
from harness.cli.outputs import rules
from harness.model.verdict import HOLDS, VIOLATED, Cell, Matrix, Verdict
from harness.report.details import details
from harness.report.github import workflow_commands
from harness.report.json_form import json_value
from harness.report.junit import junit_text
from harness.report.problems import problems_of
from harness.report.sarif import sarif_text
from harness.report.verdicts_md import verdicts_markdown
from harness.stream.faults import FAULT_CLASSES
from harness.stream.verdicts import verify_cell
from tests.scenarios.judging import DESIGNS


@pytest.fixture(scope="module")
def cell() -> Cell:
    (fault,) = [fault for fault in FAULT_CLASSES if fault.name == "late_send"]
    return verify_cell(DESIGNS["wait_group"], fault)


def violated(cell: Cell) -> list[Verdict]:
    return [verdict for verdict in cell.verdicts if verdict.verdict == VIOLATED]


def test_two_findings_in_one_execution_have_two_commands(cell: Cell, capsys: pytest.CaptureFixture[str]) -> None:
    found = {verdict.property: verdict for verdict in violated(cell)}
    assert found["no_panic"].token == found["no_data_race"].token
    assert (found["no_panic"].oracle, found["no_data_race"].oracle) == ("", "no_data_race")
    shown = details(Matrix((cell,)), width=400).plain
    commands = [line.split("replay  harness ")[1] for line in shown.splitlines() if "replay  harness" in line]
    assert len(commands) == len(found)
    for command in commands:
        assert main(["explain", *shlex.split(command)[1:], "--executions", "0"]) == 1
        first = " ".join(capsys.readouterr().out.split("\n\n")[0].split())
        name = next(name for name in found if first.startswith(f"violated: {name}: "))
        del found[name]
    assert not found


def test_it_stands_wherever_a_command_does(cell: Cell) -> None:
    unexpected = tuple(replace(verdict, expected=HOLDS) for verdict in cell.verdicts)
    matrix = Matrix((replace(cell, verdicts=unexpected),))
    problems = problems_of(matrix)
    (race,) = [verdict for verdict in violated(cell) if verdict.oracle]
    command = f"harness replay {race.token} --oracle no_data_race"
    for text in (
        junit_text(matrix, problems),
        sarif_text(problems, rules([]), "1"),
        workflow_commands(problems),
        verdicts_markdown(matrix),
    ):
        assert command in text
    assert "oracle" not in json.dumps(json_value(matrix, "1"))
