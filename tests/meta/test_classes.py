"""Optimal partial-order reduction counts what brute force and the literature count: one execution of every class.

Every row of tests/data/classes.json; those with more than `MANY` classes are long tests.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness import Panicked
from harness.runtime.execute import Subject
from harness.search.dpor.strategy import DPOR
from tests.meta.memory_programs import program_of
from tests.meta.programs import PROGRAMS, Program

TABLE = json.loads((Path(__file__).parents[1] / "data" / "classes.json").read_text("utf-8"))
MANY = 3_000

MEMORY = [(row["program"], row.get("param", ""), row["optimal"]) for row in TABLE["published"]]
WITH_ASSUMPTIONS = {"peterson (complete)": 10, "szymanski (complete)": 103}
"""How many classes there are with those in which an assumption does not hold."""


def explored(program: Program) -> tuple[Counter[str], set[str]]:
    """What executions DPOR hands out, and the final states that they have when they are run again."""
    probes: list[Any] = []
    subject, engine = Subject(program, (probes.append,)), DPOR()
    counts, states = Counter[str](), set()
    while engine.begin():
        execution = engine.execute(subject)
        engine.end()
        counts["executions"] += 1
        counts["blocked"] += bool(execution.waiting)
        probes.clear()
        subject.retrace(execution.schedule, readable=False)
        state = probes[0]()
        states.add(repr((state, [waiting.goroutine for waiting in execution.waiting])))
        recovered = isinstance(state, dict) and bool(state["panicked"])
        counts["panics"] += recovered or isinstance(execution.outcome, Panicked)
    assert engine.blocked == 0
    return counts, states


def executions(program: Program) -> tuple[int, int]:
    """How many executions DPOR hands out, and in how many of them somebody waits for ever."""
    subject, engine = Subject(program), DPOR()
    count = waiting = 0
    while engine.begin():
        waiting += bool(engine.execute(subject).waiting)
        engine.end()
        count += 1
    assert engine.blocked == 0
    return count, waiting


def memory_row(row: tuple[str, str, int]) -> Any:
    """A row as a parameter; with a mark if it is large."""
    name, parameter, classes = row
    marks = [pytest.mark.long] if classes > MANY else []
    return pytest.param(*row, id=f"{name} {parameter}".strip(), marks=marks)


def test_every_row_of_the_table_is_looked_at() -> None:
    assert (len(TABLE["published"]), len(TABLE["channels"])) == (122, 89)
    assert {row["program"] for row in TABLE["channels"]} == set(PROGRAMS)
    assert all(program_of(name, parameter) is not None for name, parameter, _ in MEMORY)
    assert sum(classes > MANY for _, _, classes in MEMORY) == 17


@pytest.mark.parametrize("row", TABLE["channels"], ids=lambda row: row["program"])
def test_one_execution_of_every_class_of_a_channel_program(row: dict[str, Any]) -> None:
    counts, states = explored(PROGRAMS[row["program"]])
    found = counts["executions"], len(states), counts["blocked"], counts["panics"]
    assert found == (row["classes"], row["final_states"], row["blocked"], row["panics"])


@pytest.mark.parametrize(("name", "parameter", "classes"), [memory_row(row) for row in MEMORY])
def test_one_execution_of_every_class_of_a_memory_program(name: str, parameter: str, classes: int) -> None:
    program = program_of(name, parameter)
    assert program is not None
    count, waiting = executions(program)
    if name in WITH_ASSUMPTIONS:
        assert (count, count - waiting) == (WITH_ASSUMPTIONS[name], classes)
    else:
        assert (count, waiting) == (classes, 0)
