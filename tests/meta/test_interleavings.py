"""Naive search counts what brute force and the literature count: every interleaving of the programs in
tests/data/classes.json, their final states, and how many of them block or panic.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness import Panicked
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.exhaustive import Exhaustive
from tests.meta.memory_programs import program_of
from tests.meta.programs import PROGRAMS, Program

TABLE = json.loads((Path(__file__).parents[1] / "data" / "classes.json").read_text("utf-8"))
MOST = 5_000


def few(row: dict[str, Any]) -> bool:
    """Are there interleavings on record, and not too many to look at?"""
    return row.get("interleavings", "-") != "-" and int(row["interleavings"]) <= MOST


CHANNELS = [row for row in TABLE["channels"] if few(row)]
MEMORY = [row for row in TABLE["published"] if few(row)]


def interleavings(program: Program) -> int:
    """How many executions naive search makes."""
    return sum(1 for _ in executions(Subject(program), Exhaustive()))


def final_states(program: Program) -> tuple[set[str], Counter[str]]:
    """Every final state, and how many executions ended blocked or in a panic."""
    probes: list[Any] = []
    states, ends = set(), Counter[str]()
    subject, strategy = Subject(program, (probes.append,)), Exhaustive()
    while strategy.begin():
        probes.clear()
        execution = subject.execute(strategy.choose)
        strategy.end()
        state = probes[0]()
        states.add(repr((state, [waiting.goroutine for waiting in execution.waiting])))
        ends["blocked"] += bool(execution.waiting)
        recovered = isinstance(state, dict) and bool(state["panicked"])
        ends["panics"] += recovered or isinstance(execution.outcome, Panicked)
    return states, ends


def test_every_channel_program_of_the_table_is_written_here() -> None:
    assert set(PROGRAMS) == {row["program"] for row in TABLE["channels"]}


def test_enough_rows_are_small_enough() -> None:
    assert (len(CHANNELS), len(MEMORY)) == (78, 84)
    assert all(program_of(row["program"], row["param"]) is not None for row in MEMORY)


@pytest.mark.parametrize("row", CHANNELS, ids=lambda row: row["program"])
def test_every_interleaving_of_a_channel_program_is_explored(row: dict[str, Any]) -> None:
    assert interleavings(PROGRAMS[row["program"]]) == int(row["interleavings"])


@pytest.mark.parametrize("row", CHANNELS, ids=lambda row: row["program"])
def test_every_final_state_of_a_channel_program_is_found(row: dict[str, Any]) -> None:
    """Where each interleaving is a class of its own, the blocked and the panicking are counted exactly."""
    states, ends = final_states(PROGRAMS[row["program"]])
    count = int(row["interleavings"])
    assert len(states) == row["final_states"]
    for what in ("blocked", "panics"):
        if row[what] in (0, row["classes"]):
            assert ends[what] == (count if row[what] else 0)
        elif count == row["classes"]:
            assert ends[what] == row[what]
        else:
            assert 0 < ends[what] < count


@pytest.mark.parametrize("row", MEMORY, ids=lambda row: f"{row['program']} {row['param']}".strip())
def test_every_interleaving_of_a_memory_program_is_explored(row: dict[str, Any]) -> None:
    program = program_of(row["program"], row["param"])
    assert program is not None
    assert interleavings(program) == int(row["interleavings"])
