"""A campaign that is killed, at any moment, and gone on with, is the campaign that nobody disturbed."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.brief_campaign import PER_BATCH
from tests.integration.cli_runs import ROOT, environment_with
from tests.integration.stress_victim import BATCHES

MOMENTS = 25
KINDS = {"statement": 40, "finding": 4, "commit": 4, "instruction": 60, "execution": 12, "batch": 3}
"""What is counted, and how far at most: a little work each time, so that there is some left for the last."""


def go_on(path: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Go on with the campaign in a process of its own; its pipes are closed only when its workers are gone, too."""
    module = [sys.executable, "-m", "tests.integration.stress_victim"]
    return subprocess.run(
        [*module, str(path), *map(str, arguments)],
        cwd=ROOT,
        env=environment_with(),
        capture_output=True,
        text=True,
    )


def content(path: Path) -> dict[str, list[Any]]:
    """All that a journal holds."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = ("campaign", "batches", "causes", "minimised", "sightings")
        return {table: sorted(database.execute(f"SELECT * FROM {table}")) for table in tables}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The journal of the campaign in one go."""
    path = tmp_path_factory.mktemp("undisturbed") / "stress.sqlite"
    run = go_on(path, 1, "never", 0)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.split() == [str(number) for number in range(BATCHES)]
    return content(path)


def moments() -> Iterator[tuple[str, int]]:
    """Kinds and numbers, the first ones while the journal is being made."""
    draw = Random(20)
    yield from [("statement", 1), ("statement", 5), ("instruction", 1)]
    for number in range(MOMENTS - 3):
        kind = tuple(KINDS)[number % len(KINDS)]
        yield kind, draw.randint(1, KINDS[kind])


def test_killed_at_25_moments_nothing_is_lost_and_nothing_counted_twice(
    tmp_path: Path, undisturbed: dict[str, list[Any]]
) -> None:
    path = tmp_path / "stress.sqlite"
    entered = 0
    for kind, number in moments():
        run = go_on(path, 1, kind, number)
        assert (run.returncode, run.stderr) == (-signal.SIGKILL, ""), (kind, number)
        told = [int(line) for line in run.stdout.split()]
        if told:  # a batch that was entered may not have been told of any more
            assert told[0] in (entered, entered + 1) and told == list(range(told[0], told[-1] + 1))
            entered = told[-1] + 1
    assert 0 < entered < BATCHES
    assert go_on(path, 1, "never", 0).returncode == 0
    assert content(path) == undisturbed


def test_killed_with_workers_and_gone_on_with_by_another_number_of_them(
    tmp_path: Path, undisturbed: dict[str, list[Any]]
) -> None:
    path = tmp_path / "stress.sqlite"
    for jobs, batches in ((2, 4), (1, 3), (3, 5)):
        assert go_on(path, jobs, "batch", batches).returncode == -signal.SIGKILL
    assert go_on(path, 2, "never", 0).returncode == 0
    assert content(path) == undisturbed


def test_the_undisturbed_campaign_is_awake(undisturbed: dict[str, list[Any]]) -> None:
    assert sum(row[-1] for row in undisturbed["batches"]) == BATCHES * PER_BATCH
    assert len(undisturbed["causes"]) >= 8 and len(undisturbed["minimised"]) >= len(undisturbed["causes"])
    assert {row[1] for row in undisturbed["sightings"]} == {row[0] for row in undisturbed["causes"]}
