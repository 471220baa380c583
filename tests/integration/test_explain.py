"""`harness explain` and `harness verify --html`: every form of a counterexample, and every failure to write it."""

import errno
import json
import os
import stat
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.cli import explain, verify
from harness.cli.files import destination, together
from harness.cli.folders import report_folder, write_report
from harness.model.answers import Recipe
from harness.model.errors import BadInput
from harness.model.execution import Settings
from harness.model.explanation import Explanation
from harness.model.token import encode
from tests.findings import lost, stuck, walked
from tests.integration.cli_runs import Place, printed_command, sentence
from tests.integration.test_cli import on_terminal

BROKEN = """
async def broken():
    events = Channel(1, name="events")
    await events.send("a")
    await Channel(name="nobody sends").recv()

async def fine():
    await Channel(1).send(1)
"""
CELL = ("--design", "done_channel", "--fault", "late_send", "--jobs", "1")
ROOT = os.geteuid() == 0


@pytest.fixture
def token(place: Place) -> str:
    answer = place.harness("prove", f"{place.module(BROKEN)}:broken")
    assert answer.code == 1
    return printed_command(answer)[1]


def test_explain_tells_it_in_lanes_and_exits_as_replay_does(place: Place, token: str) -> None:
    answer = place.harness("explain", token)
    lines = answer.out.splitlines()
    assert (answer.code, answer.err) == (1, "")
    assert lines[0].startswith("violated: no_deadlock: ")
    assert any(line.split()[:1] == ["step"] for line in lines) and "events [#] 1/1" in answer.out
    assert "! blocked: receive on nobody" in answer.out and 'await events.send("a")' in answer.out
    assert lines[-1] == f"replay  harness replay {token}"
    assert place.harness("replay", token).code == 1


RACY = """
async def racy():
    events, done = Channel(1, name="events"), Channel(name="done")
    async def late():
        await events.send("a")
    async def closer():
        await done.close()
    go(late)
    go(closer)
    await done.recv()
    index, _, _ = await select(Recv(events), default=True)
    await Channel(1 + index, name="seen").send(1)
"""


def test_explain_says_why_in_a_paragraph_and_shows_what_passes(place: Place) -> None:
    answer = place.harness("prove", f"{place.module(RACY)}:racy")
    assert answer.code == 1 and "What matters" not in answer.out
    token = printed_command(answer)[1]
    told = place.harness("explain", token)
    text = " ".join(told.out.split())
    assert "What matters is that main finds nothing to receive on events and takes its default (step 2)" in text
    assert "The point of no return is step 2, after which every continuation fails; if late were first to" in text
    assert "the nearest execution that passes" in told.out
    brief = place.harness("explain", token, "--executions", "0")
    assert "What matters" not in brief.out and "the nearest execution" not in brief.out


def test_prove_and_check_say_why_on_request(place: Place) -> None:
    name = f"{place.module(RACY)}:racy"
    for verb in ("prove", "check"):
        answer = place.harness(verb, name, "--explain")
        assert answer.code == 1 and "The point of no return is step 2" in " ".join(answer.out.split())


def test_the_json_has_the_causes(place: Place) -> None:
    token = printed_command(place.harness("prove", f"{place.module(RACY)}:racy"))[1]
    value = json.loads(place.harness("explain", token, "--json", "-").out)
    looked = {"executions": 2, "complete": True, "passing": True, "nearest": True, "unlike": 0, "but": ["", ""]}
    assert value["looked"] == looked
    assert value["pairs"][0]["first"] == value["point_of_no_return"]["step"] == 2
    assert value["passing"]["outcome"] == "main returned None" and value["paragraph"].count("What matters") == 1


def test_replay_shows_lanes_on_request(place: Place, token: str) -> None:
    plain, lanes = place.harness("replay", token), place.harness("replay", token, "--lanes")
    assert plain.code == lanes.code == 1
    assert "what happens" in plain.out and "events [#] 1/1" not in plain.out
    assert "what happens" not in lanes.out and "events [#] 1/1" in lanes.out
    assert lanes.out.splitlines()[:2] == plain.out.splitlines()[:2]


def test_an_execution_that_nobody_objects_to_is_explained_as_well(place: Place) -> None:
    name = f"{place.module(BROKEN)}:fine"
    answer = place.harness("explain", encode(Recipe(name, Settings(), ())))
    assert answer.code == 0 and answer.out.startswith("no oracle objects to this execution")


def test_on_a_terminal_lanes_have_lines_and_colours_and_none_if_nobody_wants_them(place: Place) -> None:
    token = encode(Recipe(f"{place.module(BROKEN)}:fine", Settings(), ()))
    shown = on_terminal(place, "explain", token)
    assert "● send 1 on Channel@main.1" in shown and "▮ 1/1" in shown and "\x1b[" in shown
    plain = on_terminal(place, "explain", token, NO_COLOR="1")
    assert "* send 1 on Channel@main.1" in plain and "[#] 1/1" in plain and plain.isascii()
    assert "\x1b" not in plain  # nor bold, nor dim


def test_json_fits_the_schema_and_is_all_that_stdout_gets(place: Place, token: str) -> None:
    answer = place.harness("explain", token, "--json", "-")
    value = json.loads(answer.out)
    schema = json.loads(files("harness.report").joinpath("counterexample.schema.json").read_text("utf-8"))
    jsonschema.validate(value, schema)
    assert (value["oracle"], value["token"]) == ("no_deadlock", token)
    assert place.harness("explain", token, "--json", "out.json").out.startswith("violated: ")
    assert json.loads(Path("out.json").read_text("utf-8")) == value


def test_text_and_mermaid_go_to_stdout(place: Place, token: str) -> None:
    assert place.harness("explain", token, "--text").out.startswith("violated: no_deadlock: ")
    assert place.harness("explain", token, "--mermaid").out.startswith("sequenceDiagram\n")
    assert "not allowed with" in place.harness("explain", token, "--text", "--mermaid").err


@pytest.mark.parametrize("other", [["--mermaid"], ["--text"], ["--html", "-"]])
def test_only_one_form_goes_to_stdout(place: Place, token: str, other: list[str]) -> None:
    told = sentence(place.harness("explain", token, "--json", "-", *other))
    assert told == f"only one of --json and {other[0]} can go to stdout: give the other a file"


def test_two_forms_go_to_two_files(place: Place, token: str) -> None:
    told = sentence(place.harness("explain", token, "--html", "s.x", "--json", "./s.x"))
    assert told == "--json and --html name the same file, 's.x': give each a file of its own"
    assert place.harness("explain", token, "--html", os.devnull, "--json", os.devnull).code == 1
    refused = sentence(place.harness("verify", *CELL, "--json", "s.x", "--junit", "s.x"))
    assert refused == "--json and --junit name the same file, 's.x': give each a file of its own"
    assert not os.path.exists("s.x")


def test_a_file_without_a_name_is_refused(place: Place, token: str) -> None:
    told = sentence(place.harness("explain", token, "--html", ""))
    assert told == "cannot write the page to '': give the path of a file, or leave the option out"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_on_a_full_disk_the_advice_is_to_make_room(place: Place, token: str) -> None:
    told = sentence(place.harness("explain", token, "--html", "/dev/full"))
    assert told == (
        "cannot write the page to '/dev/full': No space left on device; make room there, or write to another disk"
    )


def test_the_json_has_the_token_as_it_is_not_as_it_was_pasted(place: Place, token: str) -> None:
    answer = place.harness("explain", f"`harness replay {token}`.", "--json", "-")
    assert (answer.code, json.loads(answer.out)["token"]) == (1, token)


def test_one_page_for_one_token(place: Place, token: str) -> None:
    assert place.harness("explain", token, "--html", "page.html").code == 1
    page = Path("page.html").read_text("utf-8")
    assert page.startswith("<!doctype html>") and token in page and "all findings" not in page


def test_verify_writes_a_page_for_each_counterexample_and_an_index(place: Place) -> None:
    answer = place.harness("verify", *CELL, "--html", "report/html")
    assert answer.code == 0
    assert sorted(os.listdir("report/html")) == ["finding-done_channel-late_send-no_event_lost.html", "index.html"]
    page = Path("report/html/finding-done_channel-late_send-no_event_lost.html").read_text("utf-8")
    assert "done_channel.py" in page and "case, event, _ = await select(" in page and "children=1 late=1" in page
    again = {name: Path("report/html", name).read_bytes() for name in os.listdir("report/html")}
    assert place.harness("verify", *CELL, "--html", "report/html").code == 0
    assert {name: Path("report/html", name).read_bytes() for name in os.listdir("report/html")} == again


def test_a_finding_with_a_page_that_the_verdicts_tell_in_full_is_explained_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def explanation(*finding: str) -> Explanation:
        asked.append(finding)
        return explain.explanation(*finding)

    monkeypatch.setattr(verify, "explanation", explanation)
    monkeypatch.setattr(verify, "claimed", lambda: ())  # they take long, and none of them is explained
    assert place.harness("verify", *CELL, "--html", "pages", "--write-verdicts", "verdicts.md").code == 0
    assert len(os.listdir("pages")) == 2 and "no_event_lost" in Path("verdicts.md").read_text("utf-8")
    assert len(asked) == 1


def test_where_nothing_is_violated_there_is_an_index_all_the_same(place: Place) -> None:
    assert place.harness("verify", "--design", "close_channel", "--fault", "executor_error", "--html", "r").code == 0
    assert os.listdir("r") == ["index.html"] and "Nothing was found." in Path("r/index.html").read_text("utf-8")


# -- bad input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--json", "--html"])
def test_a_file_that_cannot_be_written_is_noticed_before_the_program_runs(
    place: Place, monkeypatch: pytest.MonkeyPatch, token: str, option: str
) -> None:
    monkeypatch.setattr("harness.cli.explain.explanation", None)
    for path in ("nowhere/out", ".", ""):
        assert "cannot write the" in sentence(place.harness("explain", token, option, path))


def test_a_damaged_token_leaves_no_file(place: Place) -> None:
    assert "damaged" in sentence(place.harness("explain", "h1.AAAA", "--html", "page.html", "--json", "out.json"))
    assert os.listdir() == []


def test_a_token_of_a_program_that_no_longer_imports_leaves_no_file(place: Place) -> None:
    token = encode(Recipe("no_longer_here:program", Settings(), ()))
    told = sentence(place.harness("explain", token, "--html", "page.html"))
    assert "the token's program 'no_longer_here:program' cannot be run here" in told
    assert os.listdir() == []


@pytest.mark.parametrize("path", ["file", "file/below", ""])
def test_a_folder_that_cannot_be_is_noticed_before_the_work(
    place: Place, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    Path("file").write_text("mine", "utf-8")
    monkeypatch.setattr("harness.cli.verify.verify_matrix", None)
    told = sentence(place.harness("verify", "--html", path))
    assert f"cannot write the report to {path!r}" in told and "give a folder of its own" in told
    assert Path("file").read_text("utf-8") == "mine" and os.listdir() == ["file"]


def test_a_report_does_not_overwrite_a_page_of_somebody_elses(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkdir("site")
    Path("site/index.html").write_text("<h1>my site</h1>", "utf-8")
    monkeypatch.setattr("harness.cli.verify.verify_matrix", None)
    assert "its index.html is not one that the harness has written" in sentence(
        place.harness("verify", "--html", "site")
    )
    assert os.listdir("site") == ["index.html"]


@pytest.mark.skipif(ROOT, reason="root may write everywhere")
def test_a_read_only_folder(place: Place) -> None:
    os.mkdir("shut", mode=stat.S_IRUSR | stat.S_IXUSR)
    assert "Permission denied" in sentence(place.harness("verify", *CELL, "--html", "shut/report"))


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_folder_that_nothing_can_be_made_in(place: Place, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    os.mkdir("there")

    def refused(path: str, mode: int = 0o777) -> None:
        raise OSError(number, os.strerror(number), path)

    monkeypatch.setattr("harness.cli.folders.os.mkdir", refused)
    monkeypatch.setattr("harness.cli.verify.verify_matrix", None)
    told = sentence(place.harness("verify", "--html", "there"))
    assert f"cannot write the report to 'there': {os.strerror(number)}" in told
    assert os.listdir("there") == []


def test_a_new_report_replaces_an_earlier_one_and_leaves_other_files_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    (tmp_path / "finding-mine.html").write_text("<p>mine", "utf-8")
    write_report(tmp_path, [walked(lost), walked(stuck)])
    assert len(list(tmp_path.glob("finding-m-*.html"))) == 2
    write_report(tmp_path, [walked(lost)])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "finding-m-an_oracle-an_oracle.html",
        "finding-mine.html",
        "index.html",
        "notes.txt",
    ]
    assert (tmp_path / "finding-mine.html").read_text("utf-8") == "<p>mine"


def test_a_folder_through_a_link_is_written_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_report(tmp_path / "link", [])
    assert os.listdir(tmp_path / "real") == ["index.html"] and (tmp_path / "link").is_symlink()


def test_a_full_disk_leaves_the_earlier_report_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_report(tmp_path, [walked(lost)])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    fill_after(2, monkeypatch)
    with pytest.raises(BadInput, match="No space left on device"):
        write_report(tmp_path, [walked(lost), walked(stuck)])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_index_comes_last_so_that_it_never_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    placed: list[str] = []
    replace = os.replace
    monkeypatch.setattr("harness.cli.folders.os.replace", lambda *paths: (placed.append(paths[1]), replace(*paths)))
    with report_folder(str(tmp_path)) as write:
        write({"index.html": "x", "finding-a.html": "y", "zebra.html": "z"})
    assert [os.path.basename(path) for path in placed] == ["finding-a.html", "zebra.html", "index.html"]


def test_a_full_disk_leaves_no_new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_after(1, monkeypatch)
    with pytest.raises(BadInput, match="No space left on device"):
        write_report(tmp_path / "a" / "b", [walked(lost)])
    assert list(tmp_path.iterdir()) == []


def test_whoever_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), report_folder(str(tmp_path / "report")):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def fill_after(pages: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the disk has room for so many pages."""
    opened: list[Any] = []

    def limited(path: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if "x" in mode:
            opened.append(path)
            if len(opened) > pages:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return open(path, mode, *arguments, **options)

    monkeypatch.setattr("harness.cli.folders.open", limited, raising=False)


def test_files_are_written_all_or_none(tmp_path: Path) -> None:
    there = tmp_path / "there.txt"
    there.write_text("before")
    texts = {str(there): "after", str(tmp_path / ("x" * 300)): "too long a name"}
    with pytest.raises(BadInput, match=r"cannot write the report to .*; see that there is room"):
        together(texts, "the report", "see that there is room")
    assert there.read_text() == "before" and [each.name for each in tmp_path.iterdir()] == ["there.txt"]


def test_a_page_that_is_written_anew_keeps_its_mode(tmp_path: Path) -> None:
    write_report(tmp_path, [walked(lost)])
    page, alone = tmp_path / "index.html", tmp_path / "alone.txt"
    for path in (page, alone):
        path.touch()
        path.chmod(0o600)
    write_report(tmp_path, [walked(lost)])
    with destination(str(alone), "the text") as put:
        put("again")
    together({str(alone): "and again"}, "the text", "")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (page, alone)] == [0o600, 0o600]
    assert alone.read_text() == "and again"
