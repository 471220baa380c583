"""`harness stress` as its users call it: goes on where it was, says what is new, and is interrupted without loss."""

import html
import json
import os
import re
import resource
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest

from harness.cli import stress as command_line
from tests.brief_campaign import NAMES, PER_BATCH, SEED
from tests.integration.cli_runs import ROOT, Place, command, environment_with, sentence, usage
from tests.scenarios.judging import DESIGNS

SCHEMA = json.loads((ROOT / "harness/report/stress.schema.json").read_text("utf-8"))
CHOSEN = tuple(word for name in NAMES for word in ("--design", name))
BRIEF = ("stress", *CHOSEN, "--executions-per-batch", PER_BATCH, "--seed", SEED)
JOURNAL = ("--journal", "j.sqlite")


def told(place: Place, *arguments: object) -> dict[str, Any]:
    """What it writes as JSON, which has the form that is promised."""
    answer = place.harness(*BRIEF, *JOURNAL, "--jobs", 1, "--json", "-", *arguments)
    assert answer.code == 0, answer
    value: dict[str, Any] = json.loads(answer.out)
    jsonschema.validate(value, SCHEMA)
    return value


def test_count_is_of_the_campaign_and_a_second_run_goes_on(place: Place) -> None:
    first = place.harness(*BRIEF, *JOURNAL, "--count", 120, "--jobs", 1)
    assert first.code == 0 and "nothing new. (this run: 120 executions in " in first.out
    second = place.harness(*BRIEF, *JOURNAL, "--count", 200, "--jobs", 1)
    assert "going on with j.sqlite after 120 executions" in second.err
    assert second.out.splitlines()[-1].startswith("200 executions of ")
    assert "(this run: 80 executions in " in second.out
    assert told(place, "--count", 200) == told(place, "--count", 200, "--fresh")


def test_the_number_of_jobs_makes_no_difference(place: Place) -> None:
    one = told(place, "--count", 160)
    answer = place.process(*BRIEF, "--journal", "other.sqlite", "--jobs", 3, "--count", 160, "--json", "-")
    assert (answer.code, json.loads(answer.out)) == (0, one)
    assert one["executions"] == 160 and len(one["causes"]) > 4


def test_the_tokens_replay_and_a_design_without_findings_has_a_risk(place: Place) -> None:
    value = told(place, "--count", 48, "--seed", 0)
    assert value["causes"]
    for cause in value["causes"]:
        replayed = place.harness("replay", cause["smallest"]["token"])
        assert replayed.code == 1 and f"violated: {cause['property']}: " in replayed.out
    found = {cause["design"] for cause in value["causes"]}
    assert {each["design"] for each in value["designs"] if each["risk"] is None} == found == {"done_channel"}
    (clean,) = [each for each in value["designs"] if each["risk"] is not None]
    assert pytest.approx(1 - (1 - clean["risk"]) ** clean["executions"], rel=1e-12) == 0.95


def test_what_nobody_expects_is_new_and_the_exit_code_says_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    unaware = replace(DESIGNS["done_channel"], violates={})
    monkeypatch.setattr(command_line, "load_designs", lambda: (unaware,))
    answer = place.harness("stress", *JOURNAL, "--executions-per-batch", 4, "--count", 240, "--jobs", 1)
    assert answer.code == 1
    assert "done_channel: no_event_lost  new; " in answer.out
    assert "was accepted by the stream but not delivered before the final status" in answer.out
    assert " known causes, " in answer.out and " new causes." in answer.out.splitlines()[-1]


def test_without_a_finding_it_says_what_that_means(place: Place) -> None:
    answer = place.harness("stress", "--design", "supervised", *JOURNAL, "--count", 200, "--seed", 4, "--jobs", 1)
    assert answer.code == 0
    assert "supervised: 200 executions without a finding is evidence, not proof" in answer.out.replace("\n", " ")
    assert "below 0.01 per execution" in answer.out.replace("\n", " ")


def test_the_usual_journal_is_in_the_folder_for_reports(place: Place) -> None:
    assert place.harness(*BRIEF, "--count", 4, "--jobs", 1).code == 0
    assert os.listdir(place.folder / "reports") == ["stress.sqlite"]


def test_for_so_many_minutes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([0.0, 20.0, 29.0, 31.0, 40.0])
    with monkeypatch.context() as clock:
        clock.setattr(command_line, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
        assert place.harness(*BRIEF, *JOURNAL, "--minutes", 0.5, "--jobs", 1).code == 0
    assert told(place, "--count", 1)["executions"] == 12


def test_an_interrupt_tells_what_is_known_and_loses_nothing(place: Place) -> None:
    process = place.begun(*BRIEF, *JOURNAL, "--jobs", 2, "--count", 1_000_000, "--html", "pages", new_session=True)
    assert process.stderr is not None
    lines = [process.stderr.readline() for _ in range(5)]
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in err
    assert lines[0].startswith("4 executions, ")
    assert "interrupted; what is finished is in j.sqlite: the same command without --fresh goes on from there" in out
    known = int(out.splitlines()[-1].split()[0].replace(",", ""))
    assert known >= 16 and known % 4 == 0
    causes = len(told(place, "--count", known)["causes"])
    assert causes == len(page_names(place.folder / "pages"))
    resumed = told(place, "--count", known + 40)
    assert resumed["executions"] == known + 40
    assert resumed == told(place, "--count", known + 40, "--fresh")


def test_sigterm_ends_it_with_its_workers_and_without_loss(place: Place) -> None:
    process = place.begun(*BRIEF, *JOURNAL, "--jobs", 2, "--count", 1_000_000)
    assert process.stderr is not None
    process.stderr.readline()
    process.terminate()
    _, err = process.communicate(timeout=60)  # returns when nobody has the pipes any more
    assert process.returncode == 143 and "Traceback" not in err
    assert place.harness(*BRIEF, *JOURNAL, "--count", 4, "--jobs", 1).code == 0


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="needs a list of a process's children")
def test_when_a_worker_dies_what_is_finished_stays(place: Place) -> None:
    with place.begun(*BRIEF, *JOURNAL, "--jobs", 2, "--count", 1_000_000) as process:
        assert process.stderr is not None
        process.stderr.readline()
        workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        os.kill(int(workers[0]), signal.SIGKILL)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, len(workers)) == (3, 2) and "Traceback" not in err
    assert "a worker process died (out of memory?); what is finished is in j.sqlite" in out
    known = int(out.splitlines()[-1].split()[0].replace(",", ""))
    assert told(place, "--count", known) == told(place, "--count", known, "--fresh")


# -- pages ---------------------------------------------------------------------------------------------------


def page_names(folder: Path) -> list[str]:
    """The pages that the index leads to, which are all that there are."""
    index = (folder / "index.html").read_text("utf-8")
    linked = re.findall(r'href="(finding-[^"#]*\.html)"', index)
    assert sorted(set(linked)) == sorted(name for name in os.listdir(folder) if name != "index.html")
    return sorted(set(linked))


def test_every_cause_has_a_page_with_its_status(place: Place) -> None:
    value = told(place, "--count", 120, "--html", "pages")
    names = page_names(place.folder / "pages")
    assert len(names) == len(value["causes"]) > 2
    texts = [html.unescape((place.folder / "pages" / name).read_text("utf-8")) for name in names]
    for cause in value["causes"]:
        smallest = cause["smallest"]
        token = f"harness replay {smallest['token']}"
        (page,) = [text for text in texts if token in text and smallest["message"] in text]
        assert f"known, {cause['known']}; {cause['times']} exec" in page


def test_without_a_finding_there_is_an_index(place: Place) -> None:
    answer = place.harness("stress", "--design", "supervised", *JOURNAL, "--count", 1, "--jobs", 1, "--html", "pages")
    assert answer.code == 0 and os.listdir(place.folder / "pages") == ["index.html"]


def test_a_folder_that_is_not_for_pages_is_refused_before_the_work(place: Place) -> None:
    (place.folder / "index.html").write_text("mine", "utf-8")
    assert "cannot write the report to '.'" in sentence(place.harness(*BRIEF, *JOURNAL, "--count", 4, "--html", "."))
    assert os.listdir(place.folder) == ["index.html"]


# -- what makes no sense -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--count", "0"], "a whole number of at least 1 is wanted; found '0'"),
        (["--count", "-3"], "found '-3'"),
        (["--minutes", "0"], "a number of minutes, more than 0, is wanted; found '0'"),
        (["--minutes", "-1"], "found '-1'"),
        (["--minutes", "nan"], "found 'nan'"),
        (["--minutes", "soon"], "found 'soon'"),
        (["--jobs", "0"], "found '0'"),
        (["--seed", "x"], "found 'x'"),
    ],
)
def test_usage(place: Place, arguments: Sequence[str], expected: str) -> None:
    assert expected in usage(place.harness("stress", *arguments))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--count", "3", "--minutes", "1"], "give one of the two"),
        (["--design", "supervized"], "no design 'supervized' (did you mean supervised?)"),
        (["--journal", "."], "is a directory"),
        (["--journal", "empty"], "is empty, which no journal ever is"),
        (["--journal", "garbage"], "is no journal of harness stress, or a damaged one"),
        (["--journal", "nowhere/j.sqlite"], "cannot write the journal 'nowhere/j.sqlite'"),
        (["--json", "nowhere/x.json"], "cannot write the JSON"),
    ],
)
def test_bad_input(place: Place, arguments: Sequence[str], expected: str) -> None:
    (place.folder / "empty").touch()
    (place.folder / "garbage").write_bytes(b"\x80\x04garbage" * 900)
    assert expected in sentence(place.harness("stress", "--jobs", 1, *arguments))


def test_two_at_one_journal(place: Place) -> None:
    with place.begun(*BRIEF, *JOURNAL, "--jobs", 1, "--count", 1_000_000, stdout=subprocess.DEVNULL) as first:
        assert first.stderr is not None
        first.stderr.readline()
        refused = place.harness(*BRIEF, *JOURNAL, "--count", 4, "--jobs", 1)
        first.kill()
    assert "another process is at work on the journal 'j.sqlite'" in sentence(refused)
    assert place.harness(*BRIEF, *JOURNAL, "--count", 4, "--jobs", 1).code == 0


def test_a_file_that_must_not_grow(place: Place) -> None:
    limit = 100_000  # bytes: room for a few batches
    full = subprocess.run(
        command(*BRIEF, *JOURNAL, "--jobs", 1, "--count", 100_000, "--json", "-"),
        cwd=place.folder,
        env=environment_with(),
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert (full.returncode, full.stdout) == (2, "")
    last = full.stderr.splitlines()[-1]
    assert last.startswith("harness: cannot write the journal 'j.sqlite': ") and "what it holds stays" in last
    value = told(place, "--count", 1)
    assert value["executions"] > 4
    assert value == told(place, "--count", value["executions"], "--fresh")


def test_a_journal_that_may_only_be_read(place: Place) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may write everywhere")
    assert place.harness(*BRIEF, *JOURNAL, "--count", 4, "--jobs", 1).code == 0
    Path(place.folder).chmod(0o500)
    try:
        assert "cannot write the journal" in sentence(place.harness(*BRIEF, *JOURNAL, "--count", 8, "--jobs", 1))
    finally:
        Path(place.folder).chmod(0o700)
