"""What `check` and `prove` say, in words and as JSON, when nothing was found."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness import Passed, Proof, __version__
from harness.report.answers import answer_value, green
from harness.report.text import percent
from tests.integration.cli_runs import Place, sentence

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "harness" / "report" / "answer.schema.json").read_text("utf-8"))

MODULE = """
from harness import *

async def locked():
    x, lock = Shared(0, name="x"), Mutex()
    async def worker():
        async with lock:
            await x.store(await x.load() + 1)
    go(worker)
    go(worker)

async def racy():
    x = Shared(0, name="x")
    go(x.store, 1)
    await x.store(2)

async def hidden():
    seen = []
    async def worker(number):
        seen.append(number)
    go(worker, 1)
    go(worker, 2)

async def endless():
    while True:
        await sleep(1)
"""


def value_of(place: Place, *words: str, code: int = 0) -> Any:
    """What the command writes to stdout, which is valid JSON of the schema and nothing else."""
    answer = place.harness(*words, "--json", "-")
    assert answer.code == code, answer.err
    value = json.loads(answer.out)
    jsonschema.validate(value, SCHEMA, jsonschema.Draft202012Validator)
    assert (value["schema"], value["version"]) == (1, __version__)
    return value


def test_the_schema_is_a_schema_and_refuses_what_it_does_not_know() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    value = {"schema": 1, "version": "1", "program": "m:p"} | answer_value(Passed(1, "S"))
    jsonschema.validate(value, SCHEMA, jsonschema.Draft202012Validator)
    for wrong in ({"more": 1}, {"risk": 2.0}, {"answer": "proved"}, {"warnings": [""]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(value | wrong, SCHEMA, jsonschema.Draft202012Validator)


def test_a_passed_check_as_json(place: Place) -> None:
    module = place.module(MODULE)
    value = value_of(place, "check", f"{module}:locked", "--executions", "50", "--coverage")
    assert (value["program"], value["answer"]) == (f"{module}:locked", "passed")
    assert (value["executions"], value["counted"], value["classes"], value["unseen"]) == (50, 50, 2, 0.0)
    assert value["risk"] == 1 - 0.05 ** (1 / 50)
    assert {len(pair) for pair in value["coverage"]["both"]} == {2}
    assert value["meaning"].startswith("50 executions of 2 classes of schedules; ")


def test_an_enumerating_check_has_no_chances(place: Place) -> None:
    value = value_of(place, "check", f"{place.module(MODULE)}:locked", "--strategy", "Exhaustive")
    assert (value["unseen"], value["risk"]) == (None, None)
    assert value["meaning"].endswith("they were enumerated, not drawn, so of the others nothing can be said")


def test_a_proof_as_json(place: Place) -> None:
    value = value_of(place, "prove", f"{place.module(MODULE)}:locked")
    assert (value["answer"], value["executions"], value["blocked"], value["outcomes"]) == ("proved", 2, 0, 1)
    assert value["bounds"] in value["meaning"] and "coverage" not in value


@pytest.mark.parametrize("verb", ["check", "prove"])
def test_a_violation_as_json(place: Place, verb: str) -> None:
    value = value_of(place, verb, f"{place.module(MODULE)}:racy", code=1)
    assert (value["answer"], value["oracle"], value["executions"], value["steps"]) == ("violated", "no_data_race", 1, 2)
    assert value["message"].startswith("data race on x: ")
    assert place.harness("replay", value["token"]).code == 1


def test_what_is_inconclusive_as_json(place: Place) -> None:
    value = value_of(place, "prove", f"{place.module(MODULE)}:locked", "--max-executions", "1", code=3)
    assert (value["answer"], value["reason"]) == (
        "inconclusive",
        "the limit of 1 execution was reached, and there are more",
    )


def test_json_goes_to_a_file_and_the_words_to_stdout(place: Place) -> None:
    module, path = place.module(MODULE), place.folder / "answer.json"
    answer = place.harness("prove", f"{module}:locked", "--json", str(path))
    assert answer.out.startswith("proved: 2 executions")
    assert json.loads(path.read_text("utf-8"))["executions"] == 2


def test_a_file_that_cannot_be_written_is_said_before_the_work(place: Place) -> None:
    module = place.module(MODULE)
    answer = place.harness("prove", f"{module}:endless", "--json", str(place.folder / "no" / "such.json"))
    assert "cannot write the JSON" in sentence(answer)
    assert list(place.folder.glob("*.part")) == []


def test_coverage_in_words(place: Place) -> None:
    module = place.module(MODULE)
    for verb in ("check", "prove"):
        lines = place.harness(verb, f"{module}:locked", "--coverage").out.splitlines()
        assert any(line.endswith(" 0 in one only, 0 never in one execution") for line in lines)
        assert any(" and store on x by main/worker#2 (" in line for line in lines)
    assert "interleavings" not in place.harness("prove", f"{module}:locked").out


@pytest.mark.parametrize("verb", ["check", "prove"])
def test_warnings_come_with_the_answer_and_do_not_change_the_exit_code(place: Place, verb: str) -> None:
    module = place.module(MODULE)
    answer = place.harness(verb, f"{module}:hidden")
    nothing, sharing = [line for line in answer.out.splitlines() if line.startswith("warning: ")]
    assert answer.code == 0
    assert nothing.startswith("warning: nothing was explored: of the program's 3 goroutines no two have used the same")
    assert sharing.startswith("warning: goroutines share plain Python state, which the harness cannot see: seen is ")
    assert f"written by main/worker#2 ({module}.py:" in sharing
    assert value_of(place, verb, f"{module}:hidden")["warnings"] == [
        line.removeprefix("warning: ") for line in (nothing, sharing)
    ]


def test_green_says_what_was_counted() -> None:
    passed = Passed(2_000, "S", classes=7, unseen=0.0031, risk=0.0014968, counted=900)
    assert green(passed) == (
        "2,000 executions; among the 900 looked at, 7 classes of schedules; of further executions about 0.31 % are of "
        "a class not seen (Good-Turing estimate), and at most 0.15 % violate an oracle (95 % confidence)"
    )
    assert green(Passed(3, "S")).startswith("3 executions, whose classes were not counted; they were enumerated")
    assert green(Proof(2, 0, frozenset({1}), "all")) == "explored 2 executions, 1 outcome; holds for all"


def test_a_bound_is_never_rounded_down() -> None:
    shares = [0.0, 1.0, 0.17, 0.171, 0.0029912, 0.00000123, 0.9999]
    assert [percent(share) for share in shares] == ["0 %", "100 %", "17 %", "18 %", "0.30 %", "0.00013 %", "100 %"]
