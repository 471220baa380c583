"""`--junit`, `--sarif`, `--summary`, `--github` of `verify` and `gate`: files and stdout of real runs."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.cli_runs import ROOT, Place, sentence
from tests.integration.gate_handlers import handler
from tests.unit.junit_form import checked

SCHEMA = json.loads((ROOT / "tests" / "data" / "sarif-schema-2.1.0.json").read_text("utf-8"))
ERROR = ("--fault", "executor_error", "--jobs", "1")
FILES = ("--junit", "out.xml", "--sarif", "out.sarif", "--summary", "out.md")


@pytest.fixture(autouse=True)
def elsewhere(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside GitHub Actions, in a project of its own."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (place.folder / ".git").mkdir()


def results(place: Place) -> list[dict[str, Any]]:
    value = json.loads((place.folder / "out.sarif").read_text("utf-8"))
    jsonschema.validate(value, SCHEMA)
    found: list[dict[str, Any]] = value["runs"][0]["results"]
    return found


def located(result: dict[str, Any]) -> list[tuple[str, int]]:
    places = [place["physicalLocation"] for place in (*result["locations"], *result["relatedLocations"])]
    return [(place["artifactLocation"]["uri"], place["region"]["startLine"]) for place in places]


def line_with(path: Path, text: str) -> int:
    return next(number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if text in line)


LOSING = """
from harness import Channel, Recv, go, select
from harness.stream import Event

async def handler(ctx, client, execute, *, capacity):
    events, done = Channel(capacity, name="events"), Channel(name="done")
    async def run():
        await execute(ctx, events)
        await done.close()
    go(run)
    while (got := await select(Recv(done), Recv(events)))[0] == 1:
        await client.write(got[1])
    await client.write(Event("done"))
"""


def test_verify_points_at_the_two_operations_in_the_user_s_file(place: Place) -> None:
    name = place.module(LOSING)
    answer = place.harness("verify", "--design", f"{name}:handler", "--fault", "delay", "--jobs", "1", *FILES)
    assert answer.code == 1
    (result,) = results(place)
    path = place.folder / f"{name}.py"
    assert located(result) == [
        (f"{name}.py", line_with(path, "select(Recv")),
        (f"{name}.py", line_with(path, "done.close")),
    ]
    flow = result["codeFlows"][0]["threadFlows"]
    assert {thread["id"] for thread in flow} == {"main", "main/run#1"}
    orders = sorted(at["executionOrder"] for thread in flow for at in thread["locations"])
    assert orders == list(range(1, len(orders) + 1)) and len(orders) >= 5

    root = checked((place.folder / "out.xml").read_text("utf-8"))
    assert [case.attrib["name"] for case in root.iter("testcase") if len(case)] == ["no_event_lost"]
    assert "## ❌ 1 cell, " in (place.folder / "out.md").read_text("utf-8")


def test_the_replay_command_of_each_form_works(place: Place) -> None:
    name = place.module(LOSING)
    place.harness("verify", "--design", f"{name}:handler", "--fault", "delay", "--jobs", "1", *FILES)
    for file in ("out.xml", "out.sarif", "out.md"):
        (token,) = set(re.findall(r"harness replay (h2\.[\w-]+)", (place.folder / file).read_text("utf-8")))
        assert "violated: no_event_lost: " in place.harness("replay", token).out


def test_an_edit_elsewhere_keeps_the_fingerprint_and_moves_the_line(place: Place) -> None:
    found = []
    name = place.module(LOSING)
    path = place.folder / f"{name}.py"
    for source in (path.read_text("utf-8"), "# a comment\n\n" + path.read_text("utf-8")):
        path.write_text(source, "utf-8")
        command = ("verify", "--design", f"{name}:handler", "--fault", "delay", "--jobs", "1", "--sarif", "out.sarif")
        assert place.process(*command).code == 1
        found += results(place)
    one, two = found
    assert one["partialFingerprints"] == two["partialFingerprints"]
    assert [line + 2 for _, line in located(one)] == [line for _, line in located(two)]


def test_what_a_design_is_expected_to_violate_is_a_note_and_fails_nothing(place: Place) -> None:
    answer = place.harness(
        "verify", "--design", "close_channel", "--fault", "late_send", "--jobs", "1", *FILES, "--github"
    )
    assert answer.code == 0 and "::error" not in answer.out
    assert [(result["ruleId"], result["level"]) for result in results(place)] == [
        ("no_panic", "note"),
        ("no_data_race", "note"),
    ]
    root = checked((place.folder / "out.xml").read_text("utf-8"))
    assert (root.attrib["tests"], root.attrib["failures"]) == ("12", "0")


def test_a_gate_s_findings_are_at_the_code_or_at_the_line_of_the_baseline(place: Place) -> None:
    honest, lying = handler(place, True), handler(place, False)
    update = ("gate", "--update", "--design", honest, "--design", lying, *ERROR, "--baseline", "b.json")
    assert place.harness(*update).code == 0
    path = place.folder / "b.json"
    text = path.read_text("utf-8")
    wrong = text.replace('"no_panic", "verdict": "holds"', '"no_panic", "verdict": "violated"', 1)
    wrong = re.sub(
        r'"status_correct", "verdict": "violated"(.*), "under": .*]', r'"status_correct", "verdict": "holds"\1', wrong
    )
    path.write_text(wrong, "utf-8")
    failed = place.harness("gate", *ERROR, "--baseline", "b.json", *FILES)
    assert failed.code == 1
    worse, lost = results(place)
    assert (worse["ruleId"], lost["ruleId"]) == ("status_correct", "gate/lost")
    assert located(worse)[0][0] == f"{lying.partition(':')[0]}.py"
    assert located(lost) == [("b.json", line_with(path, '"no_panic", "verdict": "violated"'))]
    assert (
        (place.folder / "out.md")
        .read_text("utf-8")
        .partition("probes found, ")[2]
        .startswith("22 verdicts compared with ")
    )
    root = checked((place.folder / "out.xml").read_text("utf-8"))
    assert root.attrib["failures"] == "2"


def test_a_gate_that_passes_has_no_errors_and_known_findings_are_notes(place: Place) -> None:
    lying = handler(place, False)
    assert place.harness("gate", "--update", "--design", lying, *ERROR, *FILES).code == 0
    assert place.harness("gate", *ERROR, *FILES).code == 0
    assert [result["level"] for result in results(place)] == ["note"]
    summary = (place.folder / "out.md").read_text("utf-8")
    assert "1 known finding" in summary and "| executor_error | ✗ violated (known) |" in summary
    texts = [summary, *((place.folder / name).read_text("utf-8") for name in ("out.xml", "out.sarif"))]
    assert not [text for text in texts if "expected holds" in text or "not expected" in text]


def test_a_gate_calls_new_what_the_baseline_does_not_have_and_it_fails_nothing(place: Place) -> None:
    honest, lying = handler(place, True), handler(place, False)
    assert place.harness("gate", "--update", "--design", honest, *ERROR).code == 0
    answer = place.harness("gate", "--design", honest, "--design", lying, *ERROR, *FILES)
    assert answer.code == 0 and f"{lying} × executor_error: violated (status_correct), " in answer.err
    assert re.search(r"violated \(status_correct\), \d+ executions, new\n", answer.err)
    assert [(result["level"], "suppressions" in result) for result in results(place)] == [("warning", False)]
    assert "1 new finding, which the baseline does not have" in (place.folder / "out.md").read_text("utf-8")


PROMISING = """
from harness.model.outcome import Returned
from harness.stream import promises

def polite(execution):
    \"\"\"The client is greeted before anything else. That costs nothing.\"\"\"
    session = execution.outcome.value if isinstance(execution.outcome, Returned) else None
    if session is None or not session.client.arrived or session.client.arrived[0].kind == "hello":
        return None
    return f"the client was not greeted; {session.summary()}"

def mute(execution):
    return None

@promises(polite, mute)
async def handler(ctx, client, execute, *, capacity):
    await client.write(Event(GREETING))
"""


def test_a_promise_of_one_s_own_is_told_like_a_property_everywhere(place: Place) -> None:
    rude, kind = (
        f"{place.module(f'from harness.stream import Event{chr(10)}GREETING = {word!r}{chr(10)}{PROMISING}')}:handler"
        for word in ("done", "hello")
    )
    module = place.folder / f"{kind.partition(':')[0]}.py"
    assert place.process("gate", "--update", "--design", kind, "--fault", "nil_event").code == 0
    module.write_text((place.folder / f"{rude.partition(':')[0]}.py").read_text("utf-8"), "utf-8")
    failed = place.process("gate", "--fault", "nil_event", *FILES)
    assert failed.code == 1
    assert f"! {kind}: polite was proved, is violated under nil_event" in failed.out
    worse = next(result for result in results(place) if result["ruleId"] == "polite")
    assert located(worse)[0][0] == module.name
    rules = json.loads((place.folder / "out.sarif").read_text("utf-8"))["runs"][0]["tool"]["driver"]["rules"]
    asks = {rule["id"]: rule["shortDescription"]["text"] for rule in rules}
    assert asks["polite"] == "The client is greeted before anything else. That costs nothing."
    root = checked((place.folder / "out.xml").read_text("utf-8"))
    assert "polite" in [case.attrib["name"] for case in root.iter("testcase") if case.find("failure") is not None]
    summary = (place.folder / "out.md").read_text("utf-8")
    assert f"**{kind}: polite** under nil_event: was proved, is violated: the client was not greeted" in summary


def test_a_promise_without_a_docstring_is_a_rule_by_its_name(place: Place) -> None:
    source = PROMISING.replace("return None\n\n@", 'return "it is silent"\n\n@')
    name = place.module(f"from harness.stream import Event\nGREETING = 'hello'\n{source}")
    assert place.harness("verify", "--design", f"{name}:handler", "--fault", "nil_event", *FILES).code == 1
    rules = json.loads((place.folder / "out.sarif").read_text("utf-8"))["runs"][0]["tool"]["driver"]["rules"]
    assert {"id": "mute", "shortDescription": {"text": "mute"}} in rules


def test_github_gets_annotations_on_stdout_and_the_summary_behind_what_is_there(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = place.folder / "summary.md"
    summary.write_text("of another step\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    lying = handler(place, False)
    answer = place.harness("verify", "--design", lying, *ERROR, "--github")
    (command,) = [line for line in answer.out.splitlines() if line.startswith("::")]
    assert command.startswith(f"::error file={lying.partition(':')[0]}.py,line=")
    assert summary.read_text("utf-8").startswith("of another step\n## ❌ 1 cell, ")


def test_a_project_that_is_not_at_the_current_folder_has_paths_from_its_root(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = place.folder / "src"
    source.mkdir()
    monkeypatch.chdir(source)
    monkeypatch.syspath_prepend(str(source))
    lying = handler(Place(source, place.capsys), False)
    answer = place.harness("verify", "--design", lying, *ERROR, "--github")
    assert f"::error file=src/{lying.partition(':')[0]}.py,line=" in answer.out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--junit", "-", "--sarif", "-"), "only one of --junit, --sarif can go to stdout"),
        (("--github", "--summary", "-"), "only one of --summary, --github can go to stdout"),
        (("--json", "-", "--github"), "only one of --json, --github can go to stdout"),
        (("--write-verdicts", "-", "--junit", "-"), "only one of --write-verdicts, --junit can go to stdout"),
        (("--junit", "nowhere/out"), "cannot write the JUnit XML to 'nowhere/out'"),
        (("--sarif", "."), "cannot write the SARIF log to '.'"),
        (("--summary", "nowhere/out"), "cannot write the summary to 'nowhere/out'"),
    ],
)
def test_an_output_that_cannot_be_is_noticed_before_the_work(
    place: Place, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], expected: str
) -> None:
    monkeypatch.setattr("harness.cli.verify.verify_matrix", None)
    assert expected in sentence(place.harness("verify", *arguments))


def test_a_summary_that_cannot_be_appended_to_is_noticed_before_the_work(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.cli.verify.verify_matrix", None)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "nowhere/summary.md")
    told = sentence(place.harness("verify", "--github"))
    assert "cannot append to 'nowhere/summary.md', which GITHUB_STEP_SUMMARY names" in told


@pytest.mark.parametrize("form", ["--junit", "--sarif", "--summary"])
def test_a_form_on_stdout_is_alone_there(place: Place, form: str) -> None:
    out = place.harness("verify", "--design", "close_channel", *ERROR, form, "-").out
    if form == "--junit":
        checked(out)
    elif form == "--sarif":
        jsonschema.validate(json.loads(out), SCHEMA)
    else:
        assert out.startswith("## ✅ 1 cell, ")
