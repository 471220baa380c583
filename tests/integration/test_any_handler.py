"""A handler of anybody's, or a folder of them, is verified like the designs of the seed, registered nowhere."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.integration.cli_runs import Place, environment_with, sentence
from tests.integration.gate_handlers import HONEST, LYING

BRIEF = ("--fault", "no_flusher", "--fault", "executor_error", "--jobs", "1")
QUICK = ("--fault", "no_flusher", "--jobs", "1")


def module(place: Place, *sources: str, at: str = "") -> str:
    """A module with these sources, under a name of its own or at a path."""
    name = place.module("\n".join(map(dedent, sources)))
    if at:
        target = place.folder / at
        target.parent.mkdir(parents=True, exist_ok=True)
        (place.folder / f"{name}.py").rename(target)
    return name


def verdicts(place: Place, *arguments: object) -> dict[tuple[str, str, str], str]:
    answer = place.harness("verify", *arguments, "--json", "-")
    found = json.loads(answer.out)["verdicts"]
    return {(v["design"], v["fault"], v["property"]): v["verdict"] for v in found}


def violated(place: Place, *arguments: object) -> set[tuple[str, str, str]]:
    return {key for key, verdict in verdicts(place, *arguments).items() if verdict == "violated"}


# -- by name -------------------------------------------------------------------------------------------------------


def test_a_handler_that_lies_about_errors_is_caught_and_the_honest_one_passes(place: Place) -> None:
    name = module(place, LYING, HONEST)
    chosen = ("--design", f"{name}:lying", "--design", f"{name}:honest", "--fault", "executor_error", "--jobs", "1")
    assert violated(place, *chosen) == {(f"{name}:lying", "executor_error", "status_correct")}
    assert place.harness("verify", *chosen).code == 1
    assert place.harness("verify", *chosen[2:]).code == 0


def test_a_violation_is_told_as_that_of_a_known_design_and_replays(place: Place) -> None:
    name = module(place, LYING)
    answer = place.harness("verify", "--design", f"{name}:lying", "--fault", "executor_error")
    assert f"{name}:lying  Forwards until the stream is closed\n" in answer.out
    assert f"! {name}:lying: status_correct is violated, expected holds, under executor_error" in answer.out
    (command,) = re.findall(r"replay  harness (replay h2\.\S+)", answer.out)
    again = place.process(*command.split())
    assert again.code == 1 and "violated: status_correct: " in again.out


def test_known_names_and_references_mix_and_each_is_verified_once(place: Place) -> None:
    name = module(place, HONEST)
    twice = ["--design", f"{name}:honest", "--design", "close_channel"] * 2
    found = verdicts(place, *twice, *QUICK)
    assert list(dict.fromkeys(design for design, _, _ in found)) == ["close_channel", f"{name}:honest"]
    assert len(found) == 12 + 11  # one of them promises something


def test_a_design_object_brings_its_name_and_its_expectations(place: Place) -> None:
    name = module(
        place, LYING, 'lies = Design("liar", lying, "lies", violates={"executor_error": frozenset({"status_correct"})})'
    )
    answer = place.harness("verify", "--design", f"{name}:lies", "--fault", "executor_error")
    assert answer.code == 0 and "liar  lies" in answer.out and "✗ status_correct" in answer.out


CLOSURE = """
def made(flavour):
    async def inner(ctx, client, execute, *, capacity):
        await lying(ctx, client, execute, capacity=capacity)
    return inner

closure = made("sweet")
boxed = Design("boxed", made("sour"), "a closure in a box")
"""


@pytest.mark.parametrize("name", ["closure", "boxed"])
def test_a_handler_without_a_name_of_its_own_goes_by_the_one_given(place: Place, name: str) -> None:
    reference = f"{module(place, LYING, CLOSURE)}:{name}"
    answer = place.harness("verify", "--design", reference, "--fault", "executor_error")
    (token,) = re.findall(r"replay h2\.\S+", answer.out)
    assert "violated: status_correct: " in place.process(*token.split()).out


def test_the_answer_does_not_depend_on_the_number_of_jobs(place: Place) -> None:
    name = module(place, LYING, HONEST, CLOSURE)
    chosen = [word for each in ("lying", "honest", "closure") for word in ("--design", f"{name}:{each}")]
    one, two = (place.harness("verify", *chosen, *BRIEF[:4], "--jobs", jobs, "--json", "-").out for jobs in ("1", "2"))
    assert one == two and len(json.loads(one)["verdicts"]) == 66


def test_workers_that_begin_anew_find_the_module_too(place: Place) -> None:
    name = module(place, LYING, CLOSURE)
    script = f"""
        import multiprocessing, sys
        from harness.__main__ import main
        if __name__ == "__main__":
            multiprocessing.set_start_method("spawn")
            words = ["--design", "{name}:lying", "--design", "{name}:closure", "--fault", "executor_error"]
            sys.exit(main(["verify", *words, "--jobs", "2"]))
    """
    (place.folder / "spawning.py").write_text(dedent(script), "utf-8")
    run = subprocess.run(
        [sys.executable, "spawning.py"], cwd=place.folder, env=environment_with(), capture_output=True, text=True
    )
    assert run.returncode == 1, run.stderr
    assert run.stdout.count("status_correct is violated, expected holds") == 2


def test_a_budget_that_runs_out_is_inconclusive(place: Place) -> None:
    name = module(place, HONEST)
    answer = place.harness("verify", "--design", f"{name}:honest", "--fault", "delay", "--jobs", 1, "--budget", 2)
    assert answer.code == 3
    assert "the budget of 2 executions ran out" in answer.out


# -- a folder ------------------------------------------------------------------------------------------------------


def test_a_folder_of_modules_from_anywhere(place: Place) -> None:
    name = module(place, HONEST, 'DESIGNS = (Design("mine", honest, "it is mine"),)', at="stories/first.py")
    module(place, LYING, 'DESIGNS = [Design("yours", lying, "it is not")]', at="stories/inner/__init__.py")
    (place.folder / "stories" / "script.py").write_text("raise SystemExit('a script, which is not imported')")
    (place.folder / "stories" / "first.py").rename(place.folder / "stories" / f"{name}.py")
    (place.folder / "stories" / "inner").rename(place.folder / "stories" / f"inner_{name}")
    found = verdicts(place, "--scenarios", place.folder / "stories", *QUICK)
    assert {design for design, _, _ in found} == {"mine", "yours"}
    listed = place.harness("list", "--scenarios", place.folder / "stories").out
    assert "mine" in listed and "it is not" in listed and "done_channel" not in listed


def test_a_package_is_imported_under_its_full_name_and_replays_from_elsewhere(place: Place) -> None:
    name = module(place, LYING, 'DESIGNS = (Design("liar", lying, "lies"),)', at="project/outer/inner/__init__.py")
    (place.folder / "project" / "outer").rename(place.folder / "project" / f"outer_{name}")
    package = place.folder / "project" / f"outer_{name}"
    (package / "__init__.py").write_text("")
    elsewhere = place.folder / "else where"
    elsewhere.mkdir()
    answer = Place(elsewhere, place.capsys).process(
        "verify", "--scenarios", package, "--design", "liar", "--fault", "executor_error"
    )
    assert answer.code == 1, answer.err
    (hint,) = re.findall(r"replay with: harness (replay .*) TOKEN", answer.out)
    (token,) = re.findall(r"replay (h2\.\S+)", answer.out)
    again = Place(elsewhere, place.capsys).process(*shlex.split(hint), token)
    assert again.code == 1 and "violated: status_correct: " in again.out


def test_a_folder_that_is_called_like_our_own_scenarios_is_itself(place: Place) -> None:
    module(place, HONEST, 'DESIGNS = (Design("mine", honest, "it is mine"),)', at="scenarios/__init__.py")
    answer = place.process("verify", "--scenarios", "scenarios", *QUICK)
    assert answer.code == 0, answer.err
    assert answer.out.split()[0] == "mine"


# -- what is wrong with them ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def h(ctx, client, execute, *, capacity): pass", "found a function without 'async'"),
        ("h = 7", "to be an async function (ctx, client, execute, *, capacity); found 7"),
        ("async def h(ctx, client): pass", "takes (ctx, client): too many positional arguments"),
        ("async def h(ctx, client, execute): pass", "got an unexpected keyword argument 'capacity'"),
        ("async def h(ctx, client, execute, *, capacity, colour): pass", "missing a required argument: 'colour'"),
        ("async def h(*a, **k): yield", "to be an async function"),
        ("async def other(): pass", "has no 'h'; names it has: other"),
        ("import nowhere_at_all", "No module named 'nowhere_at_all'"),
        ("raise KeyError('k')", "KeyError: 'k'"),
        ("raise SystemExit(3)", "ends the process (SystemExit: 3)"),
        ("def (", "SyntaxError"),
        ("import time\nasync def h(c, w, e, *, capacity): time.sleep(1)", "under no_flusher: main called time.sleep"),
        ("import asyncio\nasync def h(c, w, e, *, capacity): await asyncio.sleep(0)", "main awaited a bare yield"),
    ],
)
def test_a_handler_that_is_none(place: Place, source: str, expected: str) -> None:
    told = sentence_after_progress(place, "verify", "--design", f"{place.module(source)}:h", *QUICK)
    assert expected in told


def sentence_after_progress(place: Place, *arguments: object) -> str:
    """The sentence, where some cells may have been finished before."""
    answer = place.harness(*arguments)
    return sentence(type(answer)(answer.code, answer.out, re.sub(r"^\[\d+/\d+\].*\n", "", answer.err)))


REMEMBERING = """
calls = 0

async def h(ctx, client, execute, *, capacity):
    global calls
    calls += 1
    results = Channel(3)
    async def worker():
        await results.send(1)
    for _ in range(1 + calls % 3):
        go(worker)
    await results.recv()
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_handler_that_remembers_is_told_with_its_name_by_any_number_of_workers(place: Place, jobs: int) -> None:
    name = place.module(REMEMBERING)
    told = sentence_after_progress(
        place, "verify", "--design", f"{name}:h", "--fault", "no_flusher", "--fault", "nil_event", "--jobs", jobs
    )
    assert told.startswith(f"{name}:h cannot be verified under ")
    assert "the program depends on something outside the harness" in told


def test_a_handler_without_a_twin_in_go_cannot_be_confirmed_and_is_told_so_before_the_work(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.cli.confirm.find_go", object)
    monkeypatch.setattr("harness.cli.verify.verify_matrix", None)
    name = module(place, HONEST)
    told = sentence(place.harness("verify", "--design", f"{name}:honest", "--confirm"))
    assert told.startswith("there is no honest in Go")


@pytest.mark.parametrize("name", [":", "m:", ":h"])
def test_a_reference_has_two_parts(place: Place, name: str) -> None:
    assert "MODULE:" in sentence(place.harness("verify", "--design", name))


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("DESIGNS = 3", "is a tuple of designs; in module 'm' it is 3"),
        ("DESIGNS = ()", "DESIGNS is empty"),
        ("DESIGNS = (honest,)", "which is no Design: write Design("),
        ("DESIGNS = (Design('a', honest, ''), Design('a', lying, ''))", "two designs are named 'a': m:honest and m:l"),
        ("DESIGNS = (Design('a', len, ''),)", "the handler of design 'a' is to be an async function"),
        ("DESIGNS = (Design('a', made(1), ''),)", "define it at the top level of a module"),
        ("DESIGNS = (Design('a', honest, '', violates={'late': {'no_panic'}}),)", "fault class 'late', which there is"),
        ("DESIGNS = (Design('a', honest, '', violates={'late_send': {'x'}}),)", "property 'x', which there is not"),
        ("import nowhere_at_all\nDESIGNS = ()", "cannot import module 'm': ModuleNotFoundError"),
        ("DESIGNS = 1 / 0", "ZeroDivisionError: division by zero, at m.py:"),
        ("DESIGNS = (", "cannot import module 'm': SyntaxError"),
        ("raise SystemExit(3)\nDESIGNS = ()", "cannot import module 'm': SystemExit: 3"),
        ("OTHER = 1", "no module in '{folder}' sets DESIGNS: list what is to be verified"),
        ("OTHER = (", "no module in '{folder}' sets DESIGNS, and 'm.py' cannot be read: SyntaxError: '(' was never"),
    ],
)
def test_a_folder_that_lists_nothing_to_verify(place: Place, listed: str, expected: str) -> None:
    name = module(place, HONEST, LYING, CLOSURE, listed, at="stories/m.py")
    folder = place.folder / "stories"
    (folder / "m.py").rename(folder / f"{name}.py")
    told = sentence(place.harness("verify", "--scenarios", folder)).replace(name, "m")
    assert expected.format(folder=folder) in told


def test_a_module_that_cannot_be_parsed_is_told_with_its_line_and_nothing_of_how_python_imports(place: Place) -> None:
    name = module(place, HONEST, "DESIGNS = (", at="stories/m.py")
    (place.folder / "stories" / "m.py").rename(place.folder / "stories" / f"{name}.py")
    told = sentence(place.harness("verify", "--scenarios", "stories"))
    assert told.endswith(")") and f"{name}.py, line " in told and "frozen" not in told


def test_a_folder_s_modules_import_those_of_the_current_folder(place: Place) -> None:
    name = module(place, HONEST)
    listing = f"from {name} import honest\nfrom harness.stream import Design\nDESIGNS = (Design('mine', honest, ''),)\n"
    (place.folder / "stories").mkdir()
    (place.folder / "stories" / f"of_{name}.py").write_text(listing, "utf-8")
    script = "import sys; sys.path.remove(''); from harness.__main__ import main; sys.exit(main(sys.argv[1:]))"
    run = subprocess.run(
        [sys.executable, "-c", script, "verify", "--scenarios", "stories", *QUICK[:2], "--fault", "nil_event"],
        cwd=place.folder,
        env=environment_with(),
        capture_output=True,
        text=True,
    )
    assert run.stdout.split()[0] == "mine", run.stderr


def test_a_name_without_a_colon_is_answered_with_the_form_of_one_s_own(place: Place) -> None:
    told = sentence(place.harness("verify", "--design", module(place, HONEST)))
    assert told.endswith("or write MODULE:HANDLER for any handler of yours")


@pytest.mark.parametrize("made", ["partial(honest)", "partial(partial(honest))"])
def test_a_handler_without_a_name_of_its_own_keeps_its_promises(place: Place, made: str) -> None:
    name = module(
        place,
        HONEST,
        "from functools import partial",
        "from harness.stream import promises, no_work_after_return",
        f"honest = promises(no_work_after_return)(honest)\nother = {made}",
    )
    found = verdicts(place, "--design", f"{name}:other", *QUICK)
    assert (f"{name}:other", "no_flusher", "no_work_after_return") in found


def test_a_folder_that_is_not_there(place: Place) -> None:
    (place.folder / "file").touch()
    assert "'nowhere' does not exist" in sentence(place.harness("verify", "--scenarios", "nowhere"))
    assert "'file' is not a folder" in sentence(place.harness("list", "--scenarios", "file"))
    assert "'' does not exist" in sentence(place.harness("replay", "h1.x", "--scenarios", ""))


def test_an_empty_folder(place: Place) -> None:
    assert "no module in '.' sets DESIGNS" in sentence(place.harness("verify", "--scenarios", "."))


def test_a_name_that_is_taken(place: Place) -> None:
    module(place, HONEST, "DESIGNS = (Design('a', honest, ''),)", at="stories/json.py")
    told = sentence(place.harness("verify", "--scenarios", place.folder / "stories"))
    assert "that name is taken by" in told and told.endswith("rename the file")


def test_a_name_that_the_folder_does_not_have(place: Place) -> None:
    name = module(place, HONEST, 'DESIGNS = (Design("mine", honest, "it is mine"),)', at="stories/m.py")
    (place.folder / "stories" / "m.py").rename(place.folder / "stories" / f"{name}.py")
    told = sentence(place.harness("verify", "--scenarios", Path("stories"), "--design", "close_channel"))
    assert "there is no design 'close_channel'; choose from mine" in told
