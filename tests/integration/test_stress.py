"""`harness stress` as its users call it: goes on where it was, says what is new, and is interrupted without loss."""

import html
import json
import os
import re
import resource
import signal
import subprocess
import sys
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
from tests.integration.gate_handlers import FORWARDING
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


def test_a_number_that_is_reached_and_one_that_is_no_whole_number_of_batches_are_told(place: Place) -> None:
    rounded = place.harness(*BRIEF, *JOURNAL, "--count", 5, "--jobs", 1)
    assert rounded.err.startswith("--count 5 is rounded up to 8: a batch has 4 executions\n")
    assert rounded.out.splitlines()[-1].startswith("8 executions of ")
    reached = place.harness(*BRIEF, *JOURNAL, "--count", 7, "--jobs", 1)
    assert reached.code == 0 and "(this run: 0 executions in " in reached.out
    assert reached.err == (
        "j.sqlite has 8 executions already, and --count 7 is of the campaign as a whole, so there is nothing to do: "
        "give a higher --count, or --minutes\n"
    )


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
    monkeypatch.setattr("harness.cli.designs.load_designs", lambda module: (unaware,))
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


# -- handlers of one's own -----------------------------------------------------------------------------------

PROMISED = """
from harness.stream import promises
def quiet(execution):
    return f"{len(execution.trace)} steps are too many" if len(execution.trace) > 2 else None
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_handler_of_one_s_own_is_gone_on_with_by_a_process_that_is_not_told_of_it(place: Place, jobs: int) -> None:
    name = place.module(FORWARDING.format(name="handler", honest=False))
    brief = ("stress", *JOURNAL, "--jobs", jobs, "--executions-per-batch", 4)
    script = "import sys; sys.path.remove(''); from harness.__main__ import main; sys.exit(main(sys.argv[1:]))"

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-c", script, *map(str, (*brief, *arguments))]
        return subprocess.run(words, cwd=place.folder, env=environment_with(), capture_output=True, text=True)

    first = run("--design", f"{name}:handler", "--count", 80)
    assert first.returncode == 1 and f"{name}:handler: no_panic  new; " in first.stdout, first.stderr
    token = re.findall(r"replay  harness (replay h2\.\S+)", first.stdout)[-1]
    assert place.process(*token.split()).code == 1
    again = run("--count", 160)
    assert "going on with j.sqlite after 80 executions" in again.stderr
    assert again.stdout.splitlines()[-1].startswith("160 executions of ")
    assert (
        run("--count", 160, "--fresh", "--design", f"{name}:handler").stdout.splitlines()[:-1]
        == (again.stdout.splitlines()[:-1])
    )


def test_a_closure_and_a_folder_of_designs_are_gone_on_with_as_long_as_they_are_the_same(place: Place) -> None:
    source = FORWARDING.format(name="honest", honest=True)
    made = "def made():\n    async def inner(ctx, client, execute, *, capacity):\n        "
    made += "await honest(ctx, client, execute, capacity=capacity)\n    return inner\nclosure = made()\n"
    closure, listed = place.module(source + made), place.module(f"{source}DESIGNS = (Design('mine', honest, ''),)")
    (place.folder / "designs").mkdir()
    (place.folder / f"{listed}.py").rename(place.folder / "designs" / f"{listed}.py")
    chosen = ("--scenarios", "designs", "--design", "mine", "--design", f"{closure}:closure")
    brief = ("stress", *JOURNAL, "--jobs", 2, "--executions-per-batch", 4)
    assert place.process(*brief, *chosen, "--count", 40).code == 1
    again = place.process(*brief, "--scenarios", "designs", "--count", 48)
    assert "mine  " in again.out and f"{closure}:closure  " in again.out and "going on" in again.err
    assert "From this folder, replay with: harness replay --scenarios designs TOKEN" in again.out
    told = sentence(place.process(*brief, "--count", 56))
    assert "with the design 'mine', which there is not: give --scenarios or --design as when it was begun" in told
    path = place.folder / f"{closure}.py"
    path.write_text(f"{path.read_text('utf-8')}\n# edited\n", "utf-8")
    assert "have been edited since" in sentence(place.process(*brief, *chosen, "--count", 56))
    path.write_text("def (", "utf-8")
    told = sentence(place.process(*brief, "--scenarios", "designs", "--count", 56))
    assert f"'{closure}:closure', which cannot be loaded (cannot import module" in told and "mend it, or" in told


def test_a_promise_of_one_s_own_is_asked_of_every_execution(place: Place) -> None:
    source = FORWARDING.format(name="handler", honest=True)
    name = place.module(f"{PROMISED}{source}handler = promises(quiet)(handler)\n")
    answer = place.harness(
        "stress",
        "--design",
        f"{name}:handler",
        *JOURNAL,
        "--count",
        8,
        "--executions-per-batch",
        4,
        "--html",
        "pages",
        "--json",
        "j.json",
    )
    assert answer.code == 1 and f"{name}:handler: quiet  new; " in answer.out
    assert "steps are too many" in answer.out
    causes = json.loads((place.folder / "j.json").read_text("utf-8"))["causes"]
    token = next(cause["smallest"]["token"] for cause in causes if cause["property"] == "quiet")
    assert "violated: quiet: " in place.harness("replay", token).out
    assert any(
        "quiet" in (place.folder / "pages" / page).read_text("utf-8") for page in page_names(place.folder / "pages")
    )


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
        (
            ["--journal", "nowhere/j.sqlite"],
            "cannot write the journal 'nowhere/j.sqlite': there is no folder 'nowhere'",
        ),
        (["--design", "mine"], "or write MODULE:HANDLER for any handler of yours"),
        (["--design", "nowhere_at_all:handler"], "cannot import module 'nowhere_at_all'"),
        (["--scenarios", "nowhere"], "'nowhere' does not exist"),
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
