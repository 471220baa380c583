"""The journal: what it holds stays, what does not belong to it is refused in one sentence, and causes are told once."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.model.stress import Stressed
from harness.stream import Design, StreamPlan, serve
from harness.stress import Asked, Campaign, Journal, begun, drawn, go_on, run_batch, workers
from harness.stress import begin as beginning
from harness.stress import draw as drawing
from harness.verify import replay
from tests.brief_campaign import NAMES, PER_BATCH, SEED, TWO
from tests.scenarios.judging import DESIGNS

KNOWN = tuple(DESIGNS.values())


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "stress.sqlite")


def ask(**changes: object) -> Asked:
    return replace(Asked(TWO, SEED, PER_BATCH), **changes)  # type: ignore[arg-type]


def stress(path: str, batches: int, asked: Asked | None = None, known: tuple[Design, ...] = KNOWN) -> Stressed:
    """Go on until there are so many batches; the sum of it all."""
    with workers(1) as executor:
        journal, designs, _ = begun(path, asked or ask(), known)
        with journal:
            go_on(journal, designs, executor, executions=batches * PER_BATCH)
            return journal.stressed(designs)


def refusal(path: str, asked: Asked | None = None, known: tuple[Design, ...] = KNOWN) -> str:
    """The sentence with which a journal is refused; nothing is written beside it."""
    before = sorted(os.listdir(os.path.dirname(path)))
    with pytest.raises(BadInput) as refused:
        begun(path, asked or ask(), known)
    assert sorted(os.listdir(os.path.dirname(path))) == before
    return str(refused.value)


# -- a campaign ----------------------------------------------------------------------------------------------


def test_a_campaign_in_pieces_is_the_campaign_in_one_go(path: str) -> None:
    pieces = [stress(path, batches) for batches in (1, 2, 30, 30)]
    assert [each.executions for each in pieces] == [4, 8, 120, 120]
    assert pieces[-1] == stress(f"{path}.whole", 30)


def test_whole_batches_are_run_and_a_number_that_is_reached_asks_for_nothing(path: str) -> None:
    with workers(1) as executor:
        journal, designs, _ = begun(path, ask(), KNOWN)
        with journal:
            go_on(journal, designs, executor, executions=5)
            assert journal.batches == 2
            go_on(journal, designs, executor, executions=3)
            assert journal.batches == 2
            go_on(journal, designs, executor, on_batch=lambda ran: ran.batch.number < 6)
            assert journal.batches == 7


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Stressed:
    """60 batches of a buggy and a sound design."""
    return stress(str(tmp_path_factory.mktemp("campaign") / "stress.sqlite"), 60)


def test_every_cause_is_known_and_told_once(campaign: Stressed) -> None:
    keys = [(cause.design, cause.property, cause.cause) for cause in campaign.causes]
    assert len(set(keys)) == len(keys) >= 8
    assert campaign.new == () and all(cause.times > 0 for cause in campaign.causes)
    assert {cause.property for cause in campaign.causes if cause.design == "done_channel"} >= {
        "no_deadlock",
        "no_panic",
        "no_goroutine_leak",
    }
    assert all("no handler can" in cause.known for cause in campaign.causes if cause.design == "supervised")


def test_the_examples_replay_and_the_first_is_where_it_says(campaign: Stressed) -> None:
    settings = Campaign(campaign.seed, NAMES, campaign.per_batch)
    for cause in campaign.causes:
        for example in (cause.first, cause.smallest):
            program = serve(DESIGNS[cause.design].handler, StreamPlan.parse(example.plan))
            replayed = replay(program, token=example.token, oracles=())
            assert replayed.steps == example.steps
        assert cause.smallest.steps <= cause.first.steps
        batch = drawn(settings, cause.first.batch)
        assert str(batch.plan) == cause.first.plan
        sighting = next(each for each in run_batch(DESIGNS[cause.design], batch).sightings if each.first == cause.first)
        assert sighting.property == cause.property


def test_times_are_the_executions_that_showed_it(campaign: Stressed) -> None:
    settings = Campaign(SEED, NAMES, PER_BATCH)
    sightings = [
        (batch.design, each.property, each.times)
        for batch in (drawn(settings, number) for number in range(60))
        for each in run_batch(DESIGNS[batch.design], batch).sightings
    ]
    for key in {(design, name) for design, name, _ in sightings}:
        counted = sum(cause.times for cause in campaign.causes if (cause.design, cause.property) == key)
        assert counted == sum(times for *found, times in sightings if tuple(found) == key)


def test_a_finding_that_nobody_expects_is_new(path: str) -> None:
    unaware = replace(DESIGNS["done_channel"], violates={})
    found = stress(path, 30, ask(designs=(unaware,)), (unaware,))
    assert {cause.property for cause in found.new} >= {"no_event_lost", "no_panic"}
    assert all("no handler can" in cause.known for cause in found.causes if cause.known)


async def sleepy(ctx: object, client: object, execute: object, *, capacity: int) -> None:
    time.sleep(1)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_batch_that_cannot_be_run_is_named_and_not_entered(path: str, jobs: int) -> None:
    design = Design("sleepy", sleepy, "blocks the whole process")
    with workers(jobs) as executor, begun(path, ask(designs=(design,)), (design,))[0] as journal:
        with pytest.raises(BadInput, match=r"batch 0 \(sleepy under events=.*\) cannot be run: .*time\.sleep"):
            go_on(journal, (design,), executor, jobs=jobs, executions=PER_BATCH)
        assert journal.batches == 0


# -- what is refused -----------------------------------------------------------------------------------------


def written(content: bytes) -> Callable[[str], None]:
    return lambda path: Path(path).write_bytes(content) and None


def foreign(path: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript("CREATE TABLE campaign (name, value); INSERT INTO campaign VALUES ('seed', '0')")


def newer(path: str) -> None:
    stress(path, 1)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 3")


def with_a_hole(path: str) -> None:
    stress(path, 3)
    change(path, "DELETE FROM batches WHERE number = 1")


def change(path: str, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement)


def overwritten(path: str) -> None:
    stress(path, 30)
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)


def cut_short(path: str) -> None:
    stress(path, 30)
    os.truncate(path, 10_000)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (written(b"neither here nor there" * 100), "no journal of harness stress, or a damaged one"),
        (written(b""), "is empty, which no journal ever is"),
        (foreign, "another program's SQLite database"),
        (newer, "the form of another version (schema 3; this one reads 2)"),
        (with_a_hole, "2 batches, the last of them number 2"),
        (overwritten, "a damaged one ("),
        (cut_short, "a damaged one ("),
        (os.mkdir, "is a directory"),
        (os.mkfifo, "is none: give another --journal"),
    ],
)
def test_what_is_no_journal_is_refused_and_left_alone(path: str, make: Callable[[str], None], expected: str) -> None:
    make(path)
    before = Path(path).read_bytes() if os.path.isfile(path) else b""
    assert expected in refusal(path)
    assert not before or Path(path).read_bytes() == before


@pytest.mark.parametrize("table", ["batches", "causes"])
def test_a_design_that_is_not_of_the_campaign_is_refused(path: str, table: str) -> None:
    stress(path, 30)
    change(path, f"UPDATE {table} SET design = 'wait_group' WHERE number = 1")
    assert "a design that is not of its campaign" in refusal(path)


@pytest.mark.parametrize("value", ['{"steps": 3}', "not json", "[]", '"x"'])
def test_an_example_that_makes_no_sense_is_refused(path: str, value: str) -> None:
    stress(path, 30)
    change(path, f"UPDATE causes SET smallest = '{value}'")
    assert "an example in it makes no sense" in refusal(path)


@pytest.mark.parametrize(
    ("name", "value"), [("seed", "one"), ("designs", "3"), ("designs", "[]"), ("per_batch", "0"), ("per_batch", "")]
)
def test_settings_that_make_no_sense_are_refused(path: str, name: str, value: str) -> None:
    stress(path, 1)
    change(path, f"UPDATE campaign SET value = '{value}' WHERE name = '{name}'")
    assert "its settings make no sense" in refusal(path)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (ask(seed=3), "a campaign with seed 6, and 3 was asked for"),
        (ask(designs=TWO[:1]), 'designs ["done_channel", "supervised"], and ["done_channel"] was asked for'),
        (ask(per_batch=5), "executions per batch 4, and 5 was asked for"),
    ],
)
def test_another_campaign_is_refused(path: str, asked: Asked, expected: str) -> None:
    stress(path, 1)
    assert expected in refusal(path, asked)
    assert "--fresh" in refusal(path, asked)


def test_what_is_not_asked_for_is_as_the_journal_says(path: str) -> None:
    stress(path, 1)
    assert [each.design for each in stress(path, 2, Asked()).tried] == ["done_channel", "supervised"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("designs' sources", "whose designs have been edited since"),
        ("harness", "began with other sources of the harness"),
        ("version", "was written by harness edited, and this is "),
    ],
)
def test_after_an_edit_a_campaign_is_not_gone_on_with(path: str, name: str, expected: str) -> None:
    stress(path, 1)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE campaign SET value = 'edited' WHERE name = ?", (name,))
    assert expected in refusal(path)


def test_a_design_that_is_gone_is_named(path: str) -> None:
    stress(path, 1)
    assert "with the design 'supervised', which there is not" in refusal(path, Asked(), KNOWN[:1])


def test_an_edit_of_a_design_changes_its_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    source = tmp_path / "edited_design.py"
    source.write_text("async def handler(ctx, client, execute, *, capacity): pass\n", "utf-8")
    import edited_design  # type: ignore[import-not-found]

    design = Design("edited", edited_design.handler, "ends at once")
    before = beginning.versions([design])
    assert beginning.versions([design]) == before
    source.write_text("async def handler(ctx, client, execute, *, capacity): return\n", "utf-8")
    after = beginning.versions([design])
    assert [name for name in before if before[name] != after[name]] == ["designs' sources"]


# -- two processes, no room, a new one -----------------------------------------------------------------------


@pytest.fixture
def held(path: str) -> Iterator[Journal]:
    stress(path, 3)
    with begun(path, Asked(), KNOWN)[0] as journal:
        yield journal


@pytest.mark.parametrize("fresh", [False, True])
def test_a_journal_belongs_to_one_at_a_time(path: str, held: Journal, fresh: bool) -> None:
    assert "another process is at work on the journal" in refusal(path, Asked(fresh=fresh))


def test_when_the_disk_is_full_what_was_entered_stays(path: str, held: Journal) -> None:
    (pages,) = held.database.execute("PRAGMA page_count").fetchone()
    held.database.execute(f"PRAGMA max_page_count = {pages}")
    with workers(1) as executor, pytest.raises(BadInput, match="database or disk is full; what it holds stays"):
        go_on(held, TWO, executor, executions=1_000 * PER_BATCH)
    entered = held.batches
    held.close()
    assert entered > 3
    assert stress(path, entered) == stress(f"{path}.undisturbed", entered)


def test_a_new_one_moves_the_old_aside_whatever_it_is(path: str, tmp_path: Path) -> None:
    stress(path, 3)
    for content in (b"", b"garbage" * 1000):
        assert stress(path, 2, ask(seed=9, fresh=True)).executions == 2 * PER_BATCH
        Path(path).write_bytes(content)
    assert stress(path, 1, ask(fresh=True)).executions == PER_BATCH
    assert sorted(os.listdir(tmp_path)) == [f"stress.sqlite{end}" for end in ("", ".1", ".2", ".3")]
    assert stress(f"{path}.1", 3, Asked()).executions == 3 * PER_BATCH


def test_what_a_deleted_journal_left_beside_it_is_not_taken_for_the_new_ones(path: str, tmp_path: Path) -> None:
    Path(f"{path}-wal").write_bytes(b"of another database")
    assert stress(path, 2) == stress(f"{path}.clean", 2)
    assert (tmp_path / "stress.sqlite.1-wal").read_bytes() == b"of another database"


@pytest.mark.parametrize(
    ("place", "why"),
    [("nowhere/stress.sqlite", "there is no folder '.*nowhere'"), ("/proc/stress.sqlite", "unable to")],
)
def test_a_place_that_cannot_be_written_is_not_said_to_be_full(tmp_path: Path, place: str, why: str) -> None:
    with pytest.raises(BadInput, match=rf"cannot write the journal .*{why}.*give another --journal") as refused:
        begun(os.path.join(tmp_path, place), ask(), KNOWN)
    assert "make room" not in str(refused.value)


def test_an_interrupt_within_a_transaction_enters_nothing(
    path: str, held: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(finding: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(held, "_cause_of", interrupted)
    with workers(1) as executor, pytest.raises(KeyboardInterrupt):
        go_on(held, TWO, executor, executions=30 * PER_BATCH)
    entered = held.batches
    assert held.database.execute("SELECT count(*) FROM batches").fetchone() == (entered,)
    held.close()
    assert stress(path, 30) == stress(f"{path}.undisturbed", 30)


def test_usual_batches_are_of_the_usual_size(path: str) -> None:
    with begun(path, Asked(), KNOWN)[0] as journal:
        assert journal.campaign == Campaign(0, tuple(DESIGNS), drawing.PER_BATCH)
