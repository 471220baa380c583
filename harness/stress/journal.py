"""The journal of a campaign: batch after batch in their order, what was found, and what it belongs to.

A batch is entered in one transaction, its executions together with its findings. So the journal is at any moment that
of a campaign of so many batches, exactly; whoever is killed loses the batches that were not entered, and the same ones
are run again. Nothing in it is ever executed or unpickled.

A bug is known by the cause of its minimal examples. Making one takes a second, so not every sighting is made smaller:
one that looks like another, and whose plan could have led to that one's minimal plan, counts for the same cause.
Whatever the minimal examples do not account for in this way is made smaller, too.
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
from harness.stream.smaller import is_smaller
from harness.stress import file
from harness.stress.batch import Minimal, Ran, Sighting
from harness.stress.draw import Campaign
from harness.stress.known import known_because

Signature: TypeAlias = tuple[str, str, str]
"""Design, property, and the cause of executions as they were found: what these are alike by."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A sighting, with the minimal example that was made of it, if one was, and whether that is known."""

    signature: Signature
    sighting: Sighting
    minimal: Minimal | None
    known: bool = False


class Journal:
    """An open journal, which belongs to this process.

    Attributes:
        campaign: what it is the journal of.
        batches: how many are in it, which is the number of the next one.
        minimised: for each signature the minimal plans, in their order, each with the number of its cause.
        smallest: the smallest example of each cause; one that is not known, if there is any.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.database = file.connect(path)
        try:
            with file.explained(path):
                self.settings: Mapping[str, str] = dict(self._rows("SELECT name, value FROM campaign"))
                self.campaign = self._campaign()
                self.batches = self._batches()
                self.minimised = self._minimised()
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

    def _minimised(self) -> dict[Signature, list[tuple[StreamPlan, int]]]:
        found: dict[Signature, list[tuple[StreamPlan, int]]] = {}
        for *signature, plan, cause in self._rows(
            "SELECT design, property, seen, plan, cause FROM minimised ORDER BY number"
        ):
            try:
                found.setdefault((*signature,), []).append((StreamPlan.parse(plan), cause))
            except ValueError as error:
                raise file.damaged(self.path, f"a plan in it makes no sense: {error}") from error
        return found

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

    def accounted_for(self, signature: Signature, plan: StreamPlan) -> int | None:
        """The cause that a sighting under this plan counts for as it is; None if it has to be made smaller."""
        minimal = self.minimised.get(signature, ())
        return next((cause for smaller, cause in minimal if is_smaller(smaller, plan)), None)

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
            cause = self.accounted_for(finding.signature, StreamPlan.parse(finding.sighting.first.plan))
            assert cause is not None
            return cause
        number = self._entered(finding, finding.minimal)
        plan = finding.minimal.example.plan
        columns = "design, property, seen, plan, cause"
        self.database.execute(
            f"INSERT INTO minimised ({columns}) VALUES (?, ?, ?, ?, ?)", (*finding.signature, plan, number)
        )
        self.minimised.setdefault(finding.signature, []).append((StreamPlan.parse(plan), number))
        return number

    def _entered(self, finding: Finding, minimal: Minimal) -> int:
        key = (*finding.signature[:2], minimal.cause)
        where = "design = ? AND property = ? AND cause = ?"
        row = self.database.execute(f"SELECT number, known FROM causes WHERE {where}", key).fetchone()
        if row is None:
            examples = written(finding.sighting.first), written(minimal.example)
            columns = "design, property, cause, known, first, smallest"
            values = *key, finding.known, *examples
            done = self.database.execute(f"INSERT INTO causes ({columns}) VALUES (?, ?, ?, ?, ?, ?)", values)
            assert done.lastrowid is not None
            self.smallest[done.lastrowid] = minimal.example
            return done.lastrowid
        number, known = row
        if (finding.known, *size(minimal.example)) < (bool(known), *size(self.smallest[number])):
            better = finding.known, written(minimal.example), number
            self.database.execute("UPDATE causes SET known = ?, smallest = ? WHERE number = ?", better)
            self.smallest[number] = minimal.example
        return int(number)

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
