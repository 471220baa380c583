"""`harness confirm` and `harness verify --confirm` on the command line, with Go and without."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from harness.__main__ import main
from harness.golang import confirm
from harness.golang.toolchain import Toolchain
from harness.model.verdict import Cell, Confirmation, Matrix, Verdict
from harness.report.confirmed import confirmation, summary
from tests.golang.test_confirm import LATE, token_of

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "harness" / "report" / "verify.schema.json").read_text("utf-8"))
COUNTER = "import harness\nasync def counter():\n    await harness.Mutex().unlock()\n"

Harness = Callable[..., tuple[int, str, str]]


@pytest.fixture
def harness(capsys: pytest.CaptureFixture[str]) -> Harness:
    """Exit code, stdout and stderr of a command."""

    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return run


def test_a_token_is_reproduced_and_what_came_about_is_told(harness: Harness, go: Toolchain) -> None:
    code, out, _ = harness("confirm", token_of("done_channel", str(LATE)), "--runs", 7)
    assert code == 0
    assert out.startswith(f"reproduced 7 of 7 on {go.version}\n")
    assert "violated: no_event_lost: child1.1:1 was accepted by the stream but not delivered" in out
    assert "\n  main/run_crew#1/child#1: accepted child1.1:1\n" in out


def test_a_data_race_is_the_detectors_finding(harness: Harness, go: Toolchain) -> None:
    code, out, _ = harness("confirm", token_of("close_channel", str(LATE)), "--runs", 7)
    assert code == 0
    assert out.startswith(f"reproduced 7 of 7 on {go.version}, its race detector objecting each time\n")
    assert out.endswith("\n  main/run_crew#1/child#1 panics: send on closed channel\n")


def test_a_design_left_to_itself_does_what_is_predicted(harness: Harness, go: Toolchain) -> None:
    code, out, _ = harness("confirm", "--design", "supervised", "--fault", "executor_panic", "--runs", 20)
    assert (code, out.splitlines()) == (
        0,
        [
            "[1/1] supervised × executor_panic: 60 runs under 3 plans, 3 outcomes, 3 predicted, 0 others, "
            "0 runs with a data race",
            f"{go.version} with its race detector: 1 cell, all as predicted",
        ],
    )


def test_verify_confirms_each_counterexample_and_says_so_in_json(
    harness: Harness, go: Toolchain, tmp_path: Path
) -> None:
    path = tmp_path / "verdicts.json"
    code, out, err = harness("verify", "--design", "wait_group", "--fault", "late_send", "--confirm", "--json", path)
    assert code == 0
    assert f"{go.version}: 2 of 2 violated verdicts reproduced, 100 of 100 times each" in out
    assert "[1/1] wait_group (events=0 capacity=1 children=1 late=1): reproduced 100 of 100" in err
    value = json.loads(path.read_text("utf-8"))
    jsonschema.validate(value, SCHEMA)
    told = {v["property"]: v["confirmed"] for v in value["verdicts"] if "confirmed" in v}
    assert (
        set(told)
        == {"no_panic", "no_data_race"}
        == {v["property"] for v in value["verdicts"] if v["verdict"] == "violated"}
    )
    assert told["no_panic"] == {"go": go.version, "runs": 100, "reproduced": 100, "racy": True, "differs": ""}


def test_what_real_go_does_otherwise_is_exit_code_1(
    harness: Harness, go: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirm, "sources", wrong_sources(confirm.sources))
    code, out, _ = harness("confirm", token_of("done_channel", str(LATE)), "--runs", 3)
    assert code == 1
    assert out.startswith(f"reproduced 0 of 3 on {go.version}\n")
    assert "The first other run: step " in out and 'is at "shut done", not at "close on done"' in out


def test_go_that_does_not_compile_is_one_sentence(
    harness: Harness, go: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirm, "sources", lambda package: {"broken.go": "package stream\n\nvar x int = true\n"})
    code, out, err = harness("confirm", token_of("done_channel", str(LATE)))
    assert (code, out) == (2, "")
    assert err.startswith(f"harness: {go.version} cannot build the program: ./broken.go:3:") and err.count("\n") == 1


def wrong_sources(real: Callable[[str], dict[str, str]]) -> Callable[[str], dict[str, str]]:
    def changed(package: str) -> dict[str, str]:
        files = real(package)
        return {**files, "done_channel.go": files["done_channel.go"].replace("close on done", "shut done")}

    return changed


# -- without Go ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [("confirm", token_of("done_channel", str(LATE))), ("verify", "--confirm"), ("confirm", "--design", "combined")],
)
def test_without_go_it_says_what_to_install(
    words: tuple[str, ...], harness: Harness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    code, out, err = harness(*words)
    assert (code, out) == (2, "")
    assert err.startswith("harness: this needs a Go toolchain") and err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "confirm takes either a token from a report or --design NAME"),
        (("h1.x", "--design", "combined"), "confirm takes either a token from a report or --design NAME"),
        (("h1.x", "--fault", "none"), "a token stands for one plan: leave out --fault"),
        (("h1.x",), "the token is damaged"),
        (("--design", "combine"), "there is no design 'combine' (did you mean combined?)"),
    ],
)
def test_bad_input_is_one_sentence(words: tuple[str, ...], sentence: str, harness: Harness) -> None:
    code, out, err = harness("confirm", *words)
    assert (code, out) == (2, "")
    assert err.startswith(f"harness: {sentence}") and err.count("\n") == 1


def test_a_token_of_another_program_is_refused(
    harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "unlocking.py").write_text(COUNTER, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    _, out, _ = harness("prove", "unlocking:counter")
    code, out, err = harness("confirm", out.split()[-1])
    assert (code, out) == (2, "")
    assert err.startswith("harness: confirm runs streaming designs, which have twins in Go")


MISSED = Confirmation("go1.27.3", 100, 99, False, "step 2: main is not at a gate")


def test_a_verdict_that_go_did_not_reproduce_is_named() -> None:
    verdict = Verdict("d", "f", "no_panic", "violated", 1, True, "events=1", "h1.x", "it panicked", "violated", MISSED)
    matrix = Matrix((Cell("d", "f", 1, (verdict,)),))
    assert summary(matrix).splitlines() == [
        "go1.27.3: 0 of 1 violated verdict reproduced, 100 of 100 times each",
        "  not no_panic of d under f: reproduced 99 of 100 on go1.27.3; step 2: main is not at a gate",
    ]
    assert summary(Matrix(())) == ""


def test_a_run_that_differs_is_told_beside_what_should_have_come_about() -> None:
    text = confirmation(MISSED, "program", [("no_panic", "it panicked")], ["main panics: x"])
    assert text.splitlines() == [
        "reproduced 99 of 100 on go1.27.3",
        "  program",
        "  violated: no_panic: it panicked",
        "",
        "The first other run: step 2: main is not at a gate",
        "",
        "It should have come to",
        "  main panics: x",
    ]
