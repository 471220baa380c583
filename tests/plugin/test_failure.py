"""What is told about a failure, and that it can be seen again."""

from __future__ import annotations

import html
import json
import shlex
import sys
from pathlib import Path

import jsonschema
import pytest

from harness.cli.main import main
from harness.model.answers import Recipe
from harness.model.execution import Settings
from harness.model.token import encode
from harness.plugin.files import file_name
from harness.report import counterexample_json
from tests.plugin.conftest import Project
from tests.plugin.sources import HEAD, KEEPING, LOSING, MOVING, STUCK

SCHEMA = Path(counterexample_json.__file__).with_name("counterexample.schema.json")


def command_in(found: pytest.RunResult) -> list[str]:
    """The command that the failure says to type, without its first word."""
    line = next(line for line in found.outlines if "--harness-replay=" in line and line.startswith("pytest "))
    return shlex.split(line)[1:]


def test_the_sentence_comes_first_then_the_frames_the_interleaving_and_the_command(project: Project) -> None:
    found = project(LOSING)
    found.stdout.fnmatch_lines(
        [
            "no_exception: main raised AssertionError at test_it.py:*",
            '>       assert value == 2, "an update is lost"',
            "E       AssertionError: an update is lost",
            "E       assert 1 == 2",
            "test_it.py:*: AssertionError",
            "*- the interleaving: * steps, found at execution * -*",
            "step  goroutine *where *what happens",
            "*main/worker#2*test_it.py:*load*",
            "end   main ended at test_it.py:* with AssertionError: an update is lost*",
            "*- to see it again -*",
            "pytest test_it.py::test_counter --harness-replay=h2.*",
            "FAILED test_it.py::test_counter - AssertionError: an update is lost",
        ]
    )
    found.stdout.no_fnmatch_line("*harness/*.py*")
    found.stdout.no_fnmatch_line("*how it was found*")


@pytest.mark.parametrize("source", [LOSING, STUCK])
def test_more_with_v_less_with_q_and_never_a_frame_of_the_harness(project: Project, source: str) -> None:
    loud, quiet = project(source, "-v"), project(source, "-q")
    loud.stdout.fnmatch_lines(
        ["*how it was found*", "strategy  *", "clock     idle*", "outcome   *", "pytest test_it*"]
    )
    quiet.stdout.no_fnmatch_line("*the interleaving*")
    quiet.stdout.fnmatch_lines(["no_*: *", "pytest test_it.py::test_c* --harness-replay=h2.*"])
    for style in ("short", "long", "line", "native", "no"):
        project(source, f"--tb={style}").stdout.no_fnmatch_line("*harness/*.py*")


@pytest.mark.parametrize(
    ("buggy", "fixed", "then"),
    [(LOSING, KEEPING, "*the token does not fit this program any more: *"), (STUCK, MOVING, "*1 passed*")],
)
def test_the_command_replays_the_failure_and_nothing_else(project: Project, buggy: str, fixed: str, then: str) -> None:
    found = project(buggy)
    arguments = command_in(found)
    again = project(buggy, *arguments)
    again.assert_outcomes(failed=1)
    sentence = next(line for line in found.outlines if line.startswith("no_"))
    again.stdout.fnmatch_lines([sentence.replace("[", "[[]"), "*replayed exactly*"])
    assert command_in(again) == arguments
    project(fixed, *arguments).stdout.fnmatch_lines([then])


def test_in_an_edited_test_the_command_still_shows_the_failure_and_says_how(project: Project) -> None:
    arguments = command_in(project(LOSING))
    edited = LOSING.replace("        seen = await", "        await gosched()\n        seen = await")
    again = project(edited, *arguments)
    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines(
        ["no_exception: main raised AssertionError *", "*- the interleaving: * steps, replayed guided*"]
    )
    project(edited, *command_in(again)).stdout.fnmatch_lines(["*- the interleaving: * steps, replayed exactly*"])


def test_a_token_replays_from_any_folder_and_selects_its_test(project: Project, pytester: pytest.Pytester) -> None:
    source = (
        HEAD
        + """
@pytest.mark.parametrize("text", ["a b", "it's"])
@harness.explore
async def test_text(text):
    assert not text
@harness.explore
async def test_other():
    pass
"""
    )
    below = pytester.mkdir("below")
    pytester.path.joinpath("test_it.py").write_text(source, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(below)
        found = project(source, "..", "-k", "s]")
        arguments = command_in(found)
        assert arguments[0] == "../test_it.py::test_text[it's]"
        project(source, *arguments).assert_outcomes(failed=1)
    project(source, arguments[1]).assert_outcomes(failed=1, deselected=2)
    project(source, arguments[1], "-n", "2").assert_outcomes(failed=1, deselected=2)


def test_the_token_of_a_bug_that_is_gone_passes(project: Project) -> None:
    source = (
        HEAD
        + """
@harness.explore
async def test_value():
    value = await choose(3)
    assert value < 2
"""
    )
    arguments = command_in(project(source))
    project(source.replace("< 2", "< 3"), *arguments, "-v").stdout.fnmatch_lines(
        ["*PASSED (replayed guided, fixed: 1 execution)*"]
    )
    edited = source.replace("< 2", "< 3").replace("    value =", "    await gosched()\n    value =")
    project(edited, *arguments, "-v").stdout.fnmatch_lines(["*PASSED (replayed guided, no conclusion: 1 execution)*"])


def test_the_debugger_opens_on_the_users_frame_at_the_failing_step(project: Project, pytester: pytest.Pytester) -> None:
    for source, asked, answer in ((STUCK, "marker", "the frame that*"), (LOSING, "value", "1")):
        project(source, "--collect-only")
        child = pytester.run(sys.executable, "-m", "pytest", "--pdb", stdin=f"p {asked}\nq\n".encode())
        child.stdout.fnmatch_lines(["*entering PDB*", "> *test_it.py(*)test_c*()", f"(Pdb) *{answer}*"])


def test_a_finding_is_written_as_text_json_and_a_page_with_an_index(
    project: Project, pytester: pytest.Pytester
) -> None:
    found = project(LOSING + STUCK.replace(HEAD, ""), "--harness-report=out/deep")
    found.assert_outcomes(failed=2)
    folder = pytester.path / "out" / "deep"
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(
        ["index.html"]
        + [
            file_name(f"test_it.py::{test}") + end
            for test in ("test_counter", "test_channel")
            for end in (".txt", ".json", ".html")
        ]
    )
    told = json.loads((folder / f"{file_name('test_it.py::test_channel')}.json").read_text("utf-8"))
    jsonschema.validate(told, json.loads(SCHEMA.read_text("utf-8")))
    assert told["program"] == "pytest test_it.py::test_channel" and told["oracle"] == "no_deadlock"
    assert told["replay"].startswith("pytest test_it.py::test_channel --harness-replay=")
    page = (folder / f"{file_name('test_it.py::test_channel')}.html").read_text("utf-8")
    assert told["replay"] in page and told["message"] in html.unescape(page)
    found.stdout.fnmatch_lines(["all findings: out/deep/index.html"])
    text = (folder / f"{file_name('test_it.py::test_counter')}.txt").read_text("utf-8")
    assert "no_exception: main raised" in text and "--harness-replay=" in text and "how it was found" in text
    assert text.split("\n\n")[1].startswith("`no_exception` is violated: ") and "point of no return" in text


def test_workers_and_later_runs_share_a_folder_and_one_index(project: Project, pytester: pytest.Pytester) -> None:
    source = (
        HEAD
        + """
@pytest.mark.parametrize("number", range(6))
@harness.explore(executions=3)
async def test_it(number):
    assert number < 2
"""
    )
    folder = pytester.path / "out"
    project(source, "--harness-report=out", "-n", "2", "-k", "not 5").assert_outcomes(passed=2, failed=3)
    found = project(source, "--harness-report=out", "-k", "5")
    found.assert_outcomes(failed=1, deselected=5)
    pages = [f"{file_name(f'test_it.py::test_it[{number}]')}.html" for number in range(2, 6)]
    assert sorted(path.name for path in folder.glob("*.html")) == sorted(["index.html", *pages])
    index = (folder / "index.html").read_text("utf-8")
    found.stdout.fnmatch_lines(["all findings: out/index.html (3 of them of earlier runs)"])
    assert "4 findings." in index and all(
        f'href="{page}"' in index and f"[{n}]" in index for n, page in enumerate(pages, 2)
    )


def test_an_index_of_somebody_elses_is_kept(project: Project, pytester: pytest.Pytester) -> None:
    pytester.mkdir("out").joinpath("index.html").write_text("mine", "utf-8")
    found = project(LOSING, "--harness-report=out")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["ERROR: --harness-report is a folder *its index.html is not one that the harness*"])
    assert (pytester.path / "out" / "index.html").read_text("utf-8") == "mine"


def test_of_two_assertions_the_one_that_failed_first_is_made_smaller_and_not_the_other(project: Project) -> None:
    source = (
        HEAD
        + """
@harness.explore(prove=True)
async def test_two():
    if await choose(2) == 1:
        assert not "the short way"
    for _ in range(5):
        await choose(2)
    assert not "the long way"
"""
    )
    found = project(source)
    found.stdout.fnmatch_lines(
        ["no_exception: main raised AssertionError at test_it.py:*", "*the interleaving: 7 steps*"]
    )
    found.stdout.fnmatch_lines(["E*AssertionError: assert not 'the long way'"])
    found.stdout.no_fnmatch_line("E*the short way*")


def test_file_names_are_safe_and_differ_where_tests_do() -> None:
    hostile = [file_name(f"a/b.py::test[{text}]") for text in ("../..", "a b", "a/b", "\N{BELL}\udc80", "x" * 500)]
    assert len(set(hostile)) == len(hostile)
    assert all(name.isascii() and "/" not in name and len(name) < 100 and not name.startswith(".") for name in hostile)


def test_a_report_that_cannot_be_written_takes_nothing_away(project: Project, pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("file").write_text("", "utf-8")
    found = project(LOSING, "--harness-report=file/below")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["ERROR: --harness-report is a folder that can be written; found 'file/below': *"])
    blocked = "import harness.plugin.files as files\nfiles.file_name = lambda nodeid: 'no/such/folder'"
    told = project(LOSING, "--harness-report=out", conftest=blocked, apart=True)
    told.assert_outcomes(failed=1)
    told.stdout.fnmatch_lines(["*- could not be written -*", "cannot write the report to *", "*--harness-replay=h2.*"])
    told.stdout.no_fnmatch_line("*also written*")


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("h1.damaged", "*the token is damaged*"),
        ("nonsense", "*a token starts with 'h2.'*"),
        (encode(Recipe("my_package:main", Settings())), "*the token is of 'my_package:main', not of a pytest test*"),
        (
            encode(Recipe("pytest test_it.py::test_gone", Settings())),
            "*the token is of test_it.py::test_gone, which is not among the tests collected: run pytest test_it.py::*",
        ),
    ],
)
def test_a_token_that_does_not_fit_is_a_usage_error(project: Project, token: str, sentence: str) -> None:
    found = project(LOSING, f"--harness-replay={token}")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines([f"ERROR: --harness-replay: {sentence}"])


def test_what_the_test_says_of_a_failure_is_kept(project: Project) -> None:
    source = (
        HEAD
        + """
def helper():
    __tracebackhide__ = True
    pytest.fail("told so")
@harness.explore
async def test_fail():
    helper()
@harness.explore
async def test_short():
    pytest.fail("told without a traceback", pytrace=False)
@harness.explore
async def test_cause():
    try:
        await (await closed()).send(1)
    except Panic as error:
        raise ValueError("wrapped") from error
@harness.explore
async def test_context():
    try:
        await (await closed()).send(1)
    except Panic as error:
        assert not "in the handler"
async def closed():
    channel = Channel(1)
    await channel.close()
    return channel
"""
    )
    found = project(source, "--junitxml=junit.xml")
    found.assert_outcomes(failed=4)
    found.stdout.fnmatch_lines(
        [
            "no_exception: main raised Failed at test_it.py:11",
            ">       helper()",
            "E       Failed: told so",
            "no_exception: main raised Failed at test_it.py:14",
            "told without a traceback",
            "*Panic: send on closed channel",
            "The above exception was the direct cause of the following exception:",
            "*ValueError: wrapped",
            "*Panic: send on closed channel",
            "During handling of the above exception, another exception occurred:",
            '*assert not "in the handler"*',
        ]
    )
    found.stdout.no_fnmatch_line("*harness/*.py*")


def test_a_failure_nowhere_in_the_users_code_has_its_sentence(project: Project) -> None:
    found = project(HEAD + "@harness.explore\nasync def test_it():\n    go(Channel(name='letters').recv)\n")
    found.stdout.fnmatch_lines(
        ["no_goroutine_leak: *", "FAILED test_it.py::test_it - harness.Falsified: no_goroutine*"]
    )
    found.stdout.no_fnmatch_line("*harness/*.py*")


def test_harness_replay_names_the_command_for_a_tests_token(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    token = command_in(project(LOSING))[1].partition("=")[2]
    capsys.readouterr()
    assert main(["replay", token]) == 2
    told = capsys.readouterr().err
    assert "it is a test, and only pytest can set it up: run pytest test_it.py::test_counter --harness-replay=" in told
