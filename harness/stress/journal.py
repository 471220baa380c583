"""The journal of a campaign: batch after batch in their order, what was found, and what it belongs to.

A batch is entered in one transaction, its executions together with its findings. So the journal is at any moment that
of a campaign of so many batches, exactly; whoever is killed loses the batches that were not entered, and the same ones
are run again. Nothing in it is ever executed or unpickled.

Sightings whose unshrunk executions are alike are taken to have one cause: the first is made smaller, and all of them
count for the cause that the smaller example has. One that is shorter as it is than the smallest example of its cause is
made smaller, too.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeAlias

from harness.model.stress import Cause, Example, Stressed, Tried
from harness.stream.design import Design
from harness.stream.plan import StreamPlan
from harness.stress import file
from harness.stress.batch import Minimal, Ran, Sighting
from harness.stress.draw import Campaign
from harness.stress.known import known_because

Signature: TypeAlias = tuple[str, str, bool, str]
"""Design, property, whether it is known, traits: what unshrunk executions are alike by."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A sighting, with the smaller example that was made of it, if one was."""

    signature: Signature
    sighting: Sighting
    minimal: Minimal | None
    minimal_known: bool = False


class Journal:
    """An open journal, which belongs to this process.

    Attributes:
        campaign: what it is the journal of.
        batches: how many are in it, which is the number of the next one.
        signatures: the cause that sightings with this signature count for, by its number.
        smallest: the smallest example of each cause.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.database = file.connect(path)
        try:
            with file.explained(path):
                self.settings: Mapping[str, str] = dict(self._rows("SELECT name, value FROM campaign"))
                self.campaign = self._campaign()
                self.batches = self._batches()
                self.signatures: dict[Signature, int] = {
                    (design, name, bool(known), traits): cause
                    for design, name, known, traits, cause in self._rows("SELECT * FROM signatures")
                }
                self.smallest: dict[int, Example] = {
                    number: self._read(text) for number, text in self._rows("SELECT number, smallest FROM causes")
                }
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give it back. What was committed stays, even if there is no room to tidy up."""
        try:
            self.database.close()
        except sqlite3.Error:
            pass

    def _rows(self, query: str) -> list[Any]:
        """All of them: a statement that is not at its end would keep the database from being closed."""
        return self.database.execute(query).fetchall()

    def _campaign(self) -> Campaign:
        try:
            designs = tuple(json.loads(self.settings["designs"]))
            return Campaign(int(self.settings["seed"]), designs, int(self.settings["per_batch"]))
        except (KeyError, TypeError, ValueError) as error:
            raise file.damaged(self.path, f"its settings make no sense: {error}") from error

    def _batches(self) -> int:
        named = {
            name for table in ("batches", "causes") for (name,) in self._rows(f"SELECT DISTINCT design FROM {table}")
        }
        if not named <= set(self.campaign.designs):
            raise file.damaged(self.path, "it names a design that is not of its campaign")
        ((number, last),) = self._rows("SELECT count(*), coalesce(max(number), -1) FROM batches")
        if last != number - 1:
            raise file.damaged(self.path, f"{number} batches, the last of them number {last}")
        return int(number)

    def needs_shrinking(self, signature: Signature, sighting: Sighting) -> bool:
        """Is it new, or shorter as it is than the smallest example?"""
        cause = self.signatures.get(signature)
        return cause is None or sighting.shortest.steps < self.smallest[cause].steps

    def enter(self, ran: Ran, findings: Sequence[Finding]) -> None:
        """The next batch, finished.

        Raises:
            BadInput: the journal cannot be written, because the disk is full, for instance. What it held, it holds.
        """
        batch = ran.batch
        assert batch.number == self.batches
        with self._transaction():
            row = batch.number, batch.design, str(batch.plan), batch.strategy, ran.executions
            self.database.execute("INSERT INTO batches VALUES (?, ?, ?, ?, ?)", row)
            for finding in findings:
                cause = self._cause_of(finding)
                self.database.execute(
                    "INSERT INTO sightings VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET times = times + excluded.times",
                    (batch.number, cause, finding.sighting.times),
                )
        self.batches += 1

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with file.explained(self.path):
            try:
                self.database.execute("BEGIN IMMEDIATE")
                yield
                self.database.execute("COMMIT")
            except BaseException:
                if self.database.in_transaction:
                    self.database.execute("ROLLBACK")
                raise

    def _cause_of(self, finding: Finding) -> int:
        """The number of the cause that a sighting counts for; entered if it is new, or has a smaller example now."""
        if finding.minimal is None:
            return self.signatures[finding.signature]
        number = self._entered(finding, finding.minimal)
        self.database.execute("REPLACE INTO signatures VALUES (?, ?, ?, ?, ?)", (*finding.signature, number))
        self.signatures[finding.signature] = number
        return number

    def _entered(self, finding: Finding, minimal: Minimal) -> int:
        key = (*finding.signature[:2], finding.minimal_known, minimal.cause)
        where = "design = ? AND property = ? AND known = ? AND cause = ?"
        row = self.database.execute(f"SELECT number FROM causes WHERE {where}", key).fetchone()
        if row is None:
            examples = written(finding.sighting.first), written(minimal.example)
            columns = "design, property, known, cause, first, smallest"
            done = self.database.execute(f"INSERT INTO causes ({columns}) VALUES (?, ?, ?, ?, ?, ?)", (*key, *examples))
            assert done.lastrowid is not None
            self.smallest[done.lastrowid] = minimal.example
            return done.lastrowid
        number: int = row[0]
        if size(minimal.example) < size(self.smallest[number]):
            self.database.execute("UPDATE causes SET smallest = ? WHERE number = ?", (written(minimal.example), number))
            self.smallest[number] = minimal.example
        return number

    def _read(self, text: object) -> Example:
        """An example as `written` writes it."""
        kinds: dict[str, type[Any]] = {"steps": int, "batch": int, "execution": int}
        try:
            value = json.loads(str(text))
            found = Example(**value)
            if all(type(getattr(found, each.name)) is kinds.get(each.name, str) for each in fields(Example)):
                return found
        except (TypeError, ValueError):
            pass
        raise file.damaged(self.path, "an example in it makes no sense")

    def stressed(self, designs: Sequence[Design]) -> Stressed:
        """The campaign as far as it has come; `designs` are its own."""
        by_name = {design.name: design for design in designs}
        with file.explained(self.path):
            counts = {
                name: numbers
                for name, *numbers in self._rows(
                    "SELECT design, count(*), count(DISTINCT plan), sum(executions) FROM batches GROUP BY design"
                )
            }
            rows = self._rows(
                "SELECT design, property, causes.cause, first, smallest, known, sum(times) FROM causes "
                "JOIN sightings ON sightings.cause = causes.number GROUP BY causes.number ORDER BY causes.number"
            )
        tried = tuple(Tried(name, *counts.get(name, (0, 0, 0))) for name in self.campaign.designs)
        causes = tuple(self._cause(by_name[row[0]], row) for row in rows)
        return Stressed(self.campaign.seed, self.campaign.per_batch, tried, causes)

    def _cause(self, design: Design, row: tuple[Any, ...]) -> Cause:
        _, name, cause, first, smallest, known, times = row
        example = self._read(smallest)
        why = known_because(design, StreamPlan.parse(example.plan), name) if known else ""
        return Cause(design.name, name, cause, why, times, self._read(first), example)


def written(example: Example) -> str:
    """An example as text."""
    return json.dumps(asdict(example), sort_keys=True)


def size(example: Example) -> tuple[int, int, str, str]:
    """Smaller is easier to read; no two different examples are of equal size."""
    return example.steps, len(example.plan), example.plan, example.token
