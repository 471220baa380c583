"""Goes on with a campaign until it is killed: `python -m tests.integration.stress_victim JOURNAL JOBS KIND NUMBER`.

The moments are defined by progress. KIND is what is counted, and the NUMBER-th of it is the last: SQL statements of any
connection, those among them that enter a finding or commit, steps of SQLite's machine within statements (in fives),
judged executions, entered batches, or "never".
"""

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

from harness.stress import Asked, begun, go_on, workers
from harness.stress import batch as batches
from tests.brief_campaign import PER_BATCH, SEED, TWO
from tests.scenarios.judging import DESIGNS

BATCHES = 100
BEGINNINGS = {
    "statement": "",
    "finding": ("INSERT INTO causes", "REPLACE", "INSERT INTO sightings"),
    "commit": "COMMIT",
}


class Countdown:
    """Kills this process at the `number`-th call."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self) -> None:
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def sentence(kind: str, number: int) -> Callable[[], None]:
    """Arrange for the death of this process; what is to be called after each batch."""
    countdown = Countdown(number)
    original: Any = sqlite3.connect

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        database: sqlite3.Connection = original(*arguments, **options)
        if kind in BEGINNINGS:
            database.set_trace_callback(lambda text: countdown() if text.startswith(BEGINNINGS[kind]) else None)
        if kind == "instruction":
            database.set_progress_handler(countdown, 5)
        return database

    class Judge(batches.Judge):
        def __call__(self, execution: Any) -> Any:
            if kind == "execution":
                countdown()
            return super().__call__(execution)

    sqlite3.connect = connect  # type: ignore[assignment]
    batches.Judge = Judge  # type: ignore[misc]
    return countdown if kind == "batch" else lambda: None


def main(path: str, jobs: int, kind: str, number: int) -> None:
    """The campaign, with a line for each batch."""
    with workers(jobs) as executor:
        after = sentence(kind, number)
        journal, designs, _ = begun(path, Asked(TWO, SEED, PER_BATCH), tuple(DESIGNS.values()))

        def told(ran: batches.Ran) -> bool:
            sys.stdout.write(f"{ran.batch.number}\n")
            sys.stdout.flush()
            after()
            return True

        with journal:
            go_on(journal, designs, executor, jobs=jobs, executions=BATCHES * PER_BATCH, on_batch=told)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
