"""Whatever is wrong with the input: one clear sentence that names the place, exit code 2, never a traceback."""

import base64
import json
import zlib
from collections.abc import Callable

import pytest

from harness.model.answers import Recipe
from harness.model.execution import Settings
from harness.model.token import encode
from tests.integration.cli_runs import Place, sentence, usage

CLOSE_CHANNEL = "scenarios.stream.close_channel:close_channel"


def token_of(reference: str, *decisions: tuple[int, int]) -> str:
    return encode(Recipe(reference, Settings(max_steps=400), decisions))


def forged(text: str) -> str:
    """A token whose checksum is right, whatever its content."""
    content = text.encode()
    packed = zlib.crc32(content).to_bytes(4, "big") + zlib.compress(content)
    return "h1." + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def test_no_command_prints_help(place: Place) -> None:
    answer = place.harness()
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("usage: harness") and "exit codes" in answer.err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["verfy"], "'verfy'"),
        (["prove"], "MODULE:PROGRAM"),
        (["replay"], "TOKEN"),
        (["verify", "--jobs", "0"], "a whole number of at least 1 is wanted; found '0'"),
        (["verify", "--jobs", "two"], "found 'two'"),
        (["check", "m:p", "--executions", "-1"], "found '-1'"),
        (["check", "m:p", "--seed", "x"], "a whole number of at least 0 is wanted; found 'x'"),
        (["check", "m:p", "--seed=-3"], "a whole number of at least 0 is wanted; found '-3'"),
        (["prove", "m:p", "--clock", "sand"], "'sand'"),
        (["prove", "m:p", "--max-steps", "1e3"], "found '1e3'"),
        (["prove", "m:p", "--patience", "0"], "found '0'"),
        (["prove", "m:p", "--patience", "nan"], "found 'nan'"),
        (["prove", "m:p", "--max-exec", "3"], "--max-exec"),
    ],
)
def test_usage(place: Place, arguments: list[str], expected: str) -> None:
    assert expected in usage(place.harness(*arguments))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["verify", "--design", "close_chanel"], "no design 'close_chanel' (did you mean close_channel?)"),
        (["verify", "--design", "zzz"], "no design 'zzz'; choose from done_channel, "),
        (["verify", "--fault", "late-sends"], "no fault class 'late-sends' (did you mean late_send?)"),
        (["check", "m:p", "--strategy", "randm_walk"], "no strategy 'randm_walk' (did you mean RandomWalk?)"),
        (["check", "m:p", "--strategy", "exhaustive", "--seed", "3"], "takes no seed"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(place: Place, arguments: list[str], expected: str) -> None:
    assert expected in sentence(place.harness(*arguments))


def test_an_unknown_oracle(place: Place) -> None:
    name = place.module("async def p(): pass")
    assert "did you mean no_panic?" in sentence(place.harness("prove", f"{name}:p", "--oracle", "no_panik"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("raise KeyError('gone')", "KeyError: 'gone'"),
        ("import nowhere_to_be_found", "No module named 'nowhere_to_be_found'"),
        ("def (", "SyntaxError"),
        ("import sys; sys.exit(0)", "ends the process (SystemExit: 0)"),
        ("go(print)", "go() was called outside a running program"),
        ("Channel(-1)", "found -1"),
        ("other = 1", "has no 'p'"),
        ("p = 3", "not an async function"),
        ("def p(): pass", "is not an async function: define it with 'async def'"),
        ("async def p(): yield", "is not an async function"),
        ("async def p(a): pass", "cannot be called with no arguments: missing a required argument: 'a'"),
        ("async def p(): pass\np.oracles = 3", "oracles is a tuple of functions; found 3"),
        (
            "def odd(execution): return 3\nasync def p(): pass\np.oracles = [odd]",
            "oracle odd answers None or a sentence",
        ),
        ("def bad(execution): return execution.no\nasync def p(): pass\np.oracles = (bad,)", "oracle bad raised Attr"),
    ],
)
@pytest.mark.parametrize("verb", ["prove", "check"])
def test_a_program_that_is_none(place: Place, verb: str, source: str, expected: str) -> None:
    assert expected in sentence(place.harness(verb, f"{place.module(source)}:p"))


@pytest.mark.parametrize("name", ["", ":", "p", "m:", ":p"])
def test_a_program_s_name_has_two_parts(place: Place, name: str) -> None:
    assert "MODULE:PROGRAM" in sentence(place.harness("prove", name))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("import time\n    time.sleep(0.01)", "main called time.sleep, at {module}.py:4"),
        ("import subprocess\n    subprocess.run(['true'])", "main called subprocess.Popen, at {module}.py:4"),
        ("import asyncio\n    await asyncio.sleep(0)", "main awaited a bare yield (asyncio.sleep(0)"),
        ("import asyncio\n    await asyncio.sleep(1)", "main awaited"),
        ("while True: pass", "main has run for more than 0.2 s without reaching an operation, at {module}.py:3"),
        ("go(3)", "go"),
    ],
)
@pytest.mark.parametrize("verb", ["prove", "check"])
def test_a_program_that_leaves_the_harness(place: Place, verb: str, body: str, expected: str) -> None:
    module = place.module(f"async def p():\n    {body}")
    told = sentence(place.harness(verb, f"{module}:p", "--patience", "0.2"))
    assert expected.format(module=module) in told


REMEMBERING = """
calls = 0

async def p():
    global calls
    calls += 1
    results = Channel({capacity})

    async def worker():
        await results.send(1)

    for _ in range(1 + calls % 3):
        go(worker)
    await results.recv()
"""


@pytest.mark.parametrize(("verb", "capacity"), [("prove", 3), ("check", 0)])
def test_a_program_that_remembers_earlier_executions(place: Place, verb: str, capacity: int) -> None:
    told = sentence(place.harness(verb, f"{place.module(REMEMBERING.format(capacity=capacity))}:p"))
    assert "the program depends on something outside the harness" in told


def test_a_damaged_token(place: Place) -> None:
    token = token_of(f"{place.module('async def p(): pass')}:p")
    assert place.harness("replay", token).code == 0
    middle = len(token) // 2
    other = "A" if token[middle] != "A" else "B"
    for damaged in (token[:-12], token[:middle], token[:middle] + other + token[middle + 1 :], "h1.", "h2.", "h2.AA"):
        assert "damaged" in sentence(place.harness("replay", damaged))


@pytest.mark.parametrize("token", ["x", "h.AAAA", "H1.abc", "--", ""])
def test_something_that_is_no_token(place: Place, token: str) -> None:
    assert "a token starts with 'h2.'" in sentence(place.harness("replay", "--", token))


@pytest.mark.parametrize("damage", [lambda token: token + "AAAA", lambda token: token[:-4]])
def test_a_token_with_something_behind_it_or_missing_at_its_end(place: Place, damage: Callable[[str], str]) -> None:
    token = token_of(f"{place.module('async def p(): pass')}:p")
    assert "damaged" in sentence(place.harness("replay", damage(token)))


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, "9" * 5000])
def test_a_forged_token_that_is_not_json(place: Place, content: str) -> None:
    assert "token" in sentence(place.harness("replay", forged(content)))


@pytest.mark.parametrize("content", ["{}", "[1, 2]", '["m:p", "sand", 9, 9, []]', '["m:p", "idle", 0, 0, []]'])
def test_a_forged_token(place: Place, content: str) -> None:
    assert "token" in sentence(place.harness("replay", forged(content)))


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("nowhere:p", "No module named 'nowhere'"),
        ("os:system", "not an async function"),
        ("a form of another kit", "MODULE:PROGRAM"),
        (f"stream {CLOSE_CHANNEL} events=1 capacity=-1", "capacity is a whole number, 0 or more; found -1"),
        (f"stream {CLOSE_CHANNEL} events=1 children=1 late=5", "late=5"),
        (f"stream {CLOSE_CHANNEL} event=1", "'event=1'"),
        ("stream nowhere:handler events=1", "No module named 'nowhere'"),
    ],
)
def test_a_token_of_a_program_that_is_not_here(place: Place, reference: str, expected: str) -> None:
    told = sentence(place.harness("replay", token_of(reference)))
    assert repr(reference) in told and expected in told


@pytest.mark.parametrize("decisions", [[], [(1, 2)], [(0, 3)] * 2, [(0, 3)] * 4, [(3, 3)] * 3, [(0, 10**30)]])
def test_a_token_of_another_version_of_the_program(place: Place, decisions: list[tuple[int, int]]) -> None:
    module = place.module("async def p():\n    for _ in range(3):\n        await choose(3)")
    assert "does not fit this program" in sentence(place.harness("replay", token_of(f"{module}:p", *decisions)))


def test_a_token_of_a_program_that_does_not_come_back(place: Place) -> None:
    module = place.module("async def p():\n    while True: pass")
    told = sentence(place.harness("replay", token_of(f"{module}:p"), "--patience", "0.2"))
    assert f"{module}.py:3" in told


@pytest.mark.parametrize("option", ["--json", "--write-verdicts"])
@pytest.mark.parametrize("path", ["nowhere/out", ".", "file/out", ""])
def test_a_path_that_cannot_be_written_is_noticed_before_the_work(
    place: Place, monkeypatch: pytest.MonkeyPatch, option: str, path: str
) -> None:
    (place.folder / "file").touch()
    monkeypatch.setattr("harness.cli.verify.verify_matrix", None)
    told = sentence(place.harness("verify", option, path))
    assert "cannot write the" in told and repr(path) in told


def test_hostile_text_in_an_error_stays_one_line(place: Place) -> None:
    told = sentence(place.harness("prove", "evil\n\x1b[2J:p"))
    assert "\x1b" not in told


def test_json_numbers_stay_json() -> None:
    assert json.loads(json.dumps(token_of("m:p"))).startswith("h1.")
