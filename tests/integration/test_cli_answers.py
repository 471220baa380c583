"""What each command answers, and that it can be pasted, piped and read by a program."""

import dataclasses
import importlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness import Falsified, __version__, prove
from harness.cli import designs, verify
from harness.model.token import decode
from harness.model.verdict import HOLDS, INCONCLUSIVE, VIOLATED, Cell, Claim, Matrix, Verdict
from harness.stream import PROPERTIES, StreamPlan
from harness.stream.design import Design, load_designs
from tests.integration.cli_runs import ROOT, Answer, Place, printed_command, sentence

SMALL = ("--design", "close_channel", "--fault", "executor_error", "--jobs", "1")
LATE = ("--design", "close_channel", "--fault", "late_send", "--jobs", "1")
WAIT_GROUP = "scenarios.stream.wait_group:wait_group"
CLAIM = Claim("drained", "line 7", "the buffer is always drained", "refuted", "an event is lost", "h2.AAAA")


def cell(design: str, fault: str, found: str, expected: str) -> Cell:
    verdict = Verdict(design, fault, "no_panic", found, 7, found == HOLDS, "", "", "", expected)
    return Cell(design, fault, 7, (verdict,))


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Make every cell of a verification find and expect the given verdicts."""

    def answer(found: str, expected: str) -> None:
        def verify_matrix(designs: Sequence[Any], faults: Sequence[Any], **options: Any) -> Matrix:
            cells = tuple(cell(d.name, f.name, found, expected) for d in designs for f in faults)
            for each in cells:
                options["on_cell"](each)
            return Matrix(cells)

        monkeypatch.setattr(verify, "verify_matrix", verify_matrix)

    return answer


# -- verify --------------------------------------------------------------------------------------------------------


def test_verify_shows_table_bounds_and_sum(place: Place) -> None:
    answer = place.harness("verify", *SMALL)
    assert answer.code == 0
    assert answer.err.startswith("[1/1] close_channel × executor_error: holds, ")
    lines = answer.out.splitlines()
    assert lines[0].split() == ["close_channel"]
    assert lines[1].split() == ["executor_error", "✓", "holds"]
    assert "What holds, holds within these bounds:" in lines
    assert "Every verdict is as expected." in lines[-1]


@pytest.mark.parametrize(
    ("found", "expected", "code"),
    [
        (HOLDS, HOLDS, 0),
        (VIOLATED, VIOLATED, 0),
        (INCONCLUSIVE, INCONCLUSIVE, 0),
        (VIOLATED, HOLDS, 1),
        (HOLDS, VIOLATED, 1),
        (INCONCLUSIVE, HOLDS, 3),
        (INCONCLUSIVE, VIOLATED, 3),
    ],
)
def test_the_exit_code_of_verify(
    place: Place, answering: Callable[[str, str], None], found: str, expected: str, code: int
) -> None:
    answering(found, expected)
    answer = place.harness("verify", *SMALL)
    assert answer.code == code
    assert ("not as expected" in answer.err) == (code != 0)


def test_a_real_verdict_that_differs(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def pessimistic(_module: str) -> tuple[Design, ...]:
        expecting = {"executor_error": frozenset({"no_panic"})}
        return tuple(dataclasses.replace(design, violates=expecting) for design in load_designs())

    monkeypatch.setattr(designs, "load_designs", pessimistic)
    answer = place.harness("verify", *SMALL)
    assert answer.code == 1
    assert "! close_channel: no_panic holds, expected violated, under executor_error" in answer.out


def test_the_replay_command_of_a_violated_cell_shows_the_violation(place: Place) -> None:
    shown = place.harness("verify", *LATE).out
    replay = next(line for line in shown.splitlines() if line.strip().startswith("replay  harness replay h2."))
    answer = place.harness(*replay.split()[2:])
    assert answer.code == 1
    assert "violated: no_panic: " in answer.out and "send on closed channel" in answer.out


def test_json_on_stdout_is_only_json_and_fits_its_schema(place: Place) -> None:
    answer = place.harness("verify", *LATE, "--json", "-")
    found = json.loads(answer.out)
    schema = json.loads((ROOT / "harness/report/verify.schema.json").read_text("utf-8"))
    jsonschema.validate(found, schema)
    assert (found["schema"], found["version"]) == (1, __version__)
    assert {verdict["property"]: verdict["verdict"] for verdict in found["verdicts"]}["no_panic"] == VIOLATED
    assert answer.err.startswith("[1/1] ")


def test_json_in_a_file_replaces_the_old_one_when_it_is_complete(place: Place) -> None:
    path = place.folder / "verdicts.json"
    path.write_text("old")
    answer = place.harness("verify", *SMALL, "--json", path)
    assert answer.out.startswith(" ")  # the table as well
    assert json.loads(path.read_text("utf-8"))["schema"] == 1
    assert list(place.folder.iterdir()) == [path]


def test_json_is_the_same_whatever_the_number_of_jobs(place: Place) -> None:
    one, two = place.folder / "one", place.folder / "two"
    faults = ("--fault", "executor_error", "--fault", "no_flusher", "--design", "close_channel")
    place.harness("verify", *faults, "--jobs", "1", "--json", one)
    place.harness("verify", *faults, "--jobs", "2", "--json", two)
    assert one.read_text("utf-8") == two.read_text("utf-8")


def test_an_interrupted_verification_shows_what_it_has_and_leaves_files_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_designs: object, _faults: object, **options: Any) -> Matrix:
        options["on_cell"](cell("done_channel", "cancel", VIOLATED, VIOLATED))
        raise KeyboardInterrupt

    monkeypatch.setattr(verify, "verify_matrix", interrupted)
    path = place.folder / "verdicts.json"
    path.write_text("old")
    answer = place.harness("verify", "--json", path)
    assert answer.code == 130
    rows = [line.split() for line in answer.out.splitlines()]
    assert ["cancel", "✗", "violated", "·", "·", "·", "·", "·"] in rows
    assert "interrupted after 1 of 84 cells" in answer.out
    assert path.read_text() == "old" and list(place.folder.iterdir()) == [path]
    assert place.harness("verify", "--json", "-").out == ""


def written(place: Place, path: Path) -> str:
    assert place.harness("verify", *LATE, "--write-verdicts", path).code in (0, 1)
    return path.read_text("utf-8")


def test_the_verdicts_document_is_the_same_every_time(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "claimed", lambda: (CLAIM,))
    document = written(place, place.folder / "VERDICTS.md")
    assert document == written(place, place.folder / "again.md")
    assert "| drained | the buffer is always drained | line 7 | refuted | an event is lost |" in document
    assert "## One counterexample, step by step" in document
    assert str(place.folder) not in document and str(ROOT) not in document


def test_claims_are_told_when_asked_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "claimed", lambda: (CLAIM,))
    answer = place.harness("verify", *SMALL, "--claims")
    assert "drained: refuted" in answer.out and "harness replay h2.AAAA" in answer.out


# -- list ----------------------------------------------------------------------------------------------------------


def test_list_names_everything_that_can_be_named(place: Place) -> None:
    answer = place.harness("list")
    assert (answer.code, answer.err) == (0, "")
    words = [line.split() for line in answer.out.splitlines()]
    for name in ("close_channel", "cancel_oblivious", "no_event_lost", "RandomWalk"):
        assert any(line[:1] == [name] and len(line) > 1 for line in words)
    for title in ("Designs", "Fault classes", "Properties", "Strategies"):
        assert title.split() in words


def test_list_tells_of_properties_and_strategies_in_whole_sentences(place: Place) -> None:
    properties = place.harness("list").out.partition("Properties\n")[2]
    entries = re.split(r"\n  (?=\w)|\n\n(?:Promises|Strategies)\n", properties.rstrip("\n"))
    assert len(entries) >= len(PROPERTIES) + 8
    assert [entry for entry in entries if not entry.endswith(".")] == []


# -- prove, check, replay ------------------------------------------------------------------------------------------

RACY = """
async def lost_update():
    counter = Shared(0, name="counter")
    finished = WaitGroup()

    async def increment():
        await counter.store(await counter.load() + 1)
        await finished.done()

    await finished.add(2)
    go(increment)
    go(increment)
    await finished.wait()
    return await counter.load()

def not_one(execution):
    return "an update was lost" if execution.outcome == Returned(1) else None

async def judged():
    return await lost_update()

judged.oracles = (not_one,)
alias = judged

def make():
    async def inner():
        return await lost_update()
    return inner

made = make()
made.oracles = [not_one]

async def slow():
    await sleep(60)
    for _ in range(3):
        await choose(2)
"""


def again(place: Place, answer: Answer) -> Answer:
    """Paste the replay command of a violated answer."""
    return place.harness(*printed_command(answer))


def test_a_violation_is_told_as_sentence_timeline_and_command(place: Place) -> None:
    module = place.module(RACY)
    answer = place.harness("check", f"{module}:lost_update", "--seed", "3")
    assert (answer.code, answer.err) == (1, "")
    assert answer.out.startswith("violated: no_data_race: data race on counter")
    assert f"{module}.py:" in answer.out and "main/increment#1" in answer.out
    assert answer.out.splitlines()[-1].startswith("  harness replay h2.")


@pytest.mark.parametrize("program", ["judged", "alias", "made"])
def test_a_program_brings_its_own_oracles_and_replays_under_whatever_name(place: Place, program: str) -> None:
    answer = place.harness("prove", f"{place.module(RACY)}:{program}")
    assert answer.code == 1
    assert answer.out.startswith("violated: not_one: an update was lost\n")
    replayed = again(place, answer)
    assert replayed.code == 1
    assert "violated: not_one: an update was lost" in replayed.out


@pytest.mark.parametrize("names", [["no_panic"], ["no_panic", "no_deadlock"], ["terminates"]])
def test_oracles_can_be_chosen(place: Place, names: list[str]) -> None:
    module = place.module(RACY)
    assert place.harness("prove", f"{module}:judged", "--oracle", *names).code == 0
    assert place.harness("prove", f"{module}:lost_update", "--oracle", f"{module}:not_one").code == 1


def test_a_proof_states_bounds_and_outcomes(place: Place) -> None:
    answer = place.harness("prove", f"{place.module(RACY)}:lost_update", "--oracle", "no_panic", "--max-steps", "50")
    assert answer.out.startswith("proved: ")
    assert "every schedule of at most 50 steps" in answer.out
    assert answer.out.endswith("main has 2 outcomes:\n  returns 1\n  returns 2\n")


def test_check_says_that_it_is_no_proof_and_what_was_cut_short(place: Place) -> None:
    module = place.module(RACY)
    answer = place.harness("check", f"{module}:slow", "--executions", "5", "--seed", "9")
    said, means = answer.out.splitlines()
    assert said == "passed: 5 executions by Mixed(seed=9), no objection (evidence, not proof)"
    assert means.startswith("5 executions of 3 classes of schedules; of further executions about 40 % are ")
    assert means.endswith(" and at most 46 % violate an oracle (95 % confidence)")
    short = place.harness("check", f"{module}:slow", "--executions", "5", "--max-steps", "2").out
    assert short.splitlines()[1] == (
        "5 of them were cut off at 2 steps, or where nothing but polling went on, and judged as far as they went"
    )


@pytest.mark.parametrize("name", ["RandomWalk", "random_walk", "random-walk", "randomwalk"])
def test_a_strategy_may_be_spelled_in_several_ways(place: Place, name: str) -> None:
    assert place.harness("check", f"{place.module(RACY)}:slow", "--strategy", name, "--executions", "3").code == 0


def test_a_search_that_ends_early_says_how_far_it_came(place: Place) -> None:
    answer = place.harness("check", f"{place.module(RACY)}:slow", "--strategy", "Exhaustive")
    assert answer.out.startswith("passed: 8 executions by Exhaustive()")


def test_a_token_does_not_hold_who_objected_but_the_command_does(place: Place) -> None:
    module = place.module(RACY)
    found = place.harness("prove", f"{module}:lost_update", "--oracle", f"{module}:not_one")
    (place.folder / f"{module}.py").write_text((place.folder / f"{module}.py").read_text() + "\n# changed")
    command = printed_command(found)
    answer = place.harness(*command)
    assert answer.code == 1 and "violated: not_one: an update was lost" in answer.out
    unnamed = place.harness(*command[:2])  # SAFE objects to the race
    assert "violated: no_data_race" in unnamed.out and "not_one" not in unnamed.out


def test_time_is_shown_where_it_moves(place: Place) -> None:
    module = place.module(RACY + "\nslow.oracles = [lambda execution: 'always']")
    assert "-- time moves to 60 s --" in place.harness("prove", f"{module}:slow").out


def test_a_deadlock_of_a_stream_program_can_be_proved_from_the_command_line(place: Place) -> None:
    form = f"stream {WAIT_GROUP} events=1 capacity=0"
    answer = place.harness("prove", form)
    assert answer.code == 1
    assert again(place, answer).code == 1


IMPROVISED = """
    from harness.stream import StreamPlan, improvise
    from scenarios.stream.wait_group import wait_group

    program = improvise(wait_group, StreamPlan(events=1, capacity=0))
"""


def test_the_token_of_a_program_that_improvises_names_its_plan_and_outlives_its_module(place: Place) -> None:
    module = place.module(IMPROVISED)
    answer = place.harness("prove", f"{module}:program")
    (place.folder / f"{module}.py").unlink()
    assert decode(printed_command(answer)[1]).reference == f"improvised {WAIT_GROUP} {StreamPlan(events=1, capacity=0)}"
    replayed = again(place, answer)
    assert (answer.code, replayed.code) == (1, 1)
    assert answer.out.splitlines()[0] in replayed.out


def test_hostile_names_do_not_reach_the_terminal(place: Place) -> None:
    module = place.module("async def p():\n    await Channel(name='\\x1b[2J\\nfake line').recv()")
    answer = place.harness("prove", f"{module}:p")
    assert answer.code == 1
    assert "\x1b" not in answer.out and "\nfake" not in answer.out and "\\x1b[2J\\nfake line" in answer.out


def test_no_module_named_scenarios_is_a_sentence(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(designs, "SCENARIOS", "no_such_scenarios")
    assert "no_such_scenarios" in sentence(place.harness("verify"))


NOISY = """
    print("importing")

    async def noisy():
        print("running")
        stream = Channel(1)
        go(stream.send, 1)
        await stream.recv()
"""


@pytest.mark.parametrize("way", ["harness", "process"])
@pytest.mark.parametrize("verb", [("prove",), ("check", "--executions", "3")], ids=["prove", "check"])
def test_what_a_program_prints_is_not_in_the_json(place: Place, verb: tuple[str, ...], way: str) -> None:
    answer = getattr(place, way)(verb[0], f"{place.module(NOISY)}:noisy", *verb[1:], "--json", "-")
    assert json.loads(answer.out)["answer"] == {"prove": "proved", "check": "passed"}[verb[0]]
    assert (answer.code, answer.err.count("importing")) == (0, 1)
    assert answer.err.count("running") > 2
    assert "running" in getattr(place, way)(verb[0], f"{place.module(NOISY)}:noisy", *verb[1:]).out


NOISY_HANDLER = """
    from harness.stream import Event

    async def noisy(ctx, client, execute, *, capacity):
        print("running")
        events = Channel(capacity)
        async def crew():
            await execute(ctx, events)
            await events.close()
        go(crew)
        async for event in events:
            await client.write(event)
        await client.write(Event("done"))
"""


def test_what_workers_print_is_not_in_the_json_either(place: Place) -> None:
    design = f"{place.module(NOISY_HANDLER)}:noisy"
    answer = place.process("verify", "--design", design, "--fault", "write_failure", "--jobs", "2", "--json", "-")
    assert {verdict["design"] for verdict in json.loads(answer.out)["verdicts"]} == {design}
    assert answer.err.count("running") > 10


def test_what_a_program_prints_is_not_in_a_diagram(place: Place) -> None:
    module = place.module(NOISY + '        raise Panic("over")\n')
    token = json.loads(place.harness("prove", f"{module}:noisy", "--json", "-").out)["token"]
    assert place.process("explain", token, "--mermaid").out.startswith("sequenceDiagram\n")
    assert "running" not in place.harness("explain", token, "--text").out


def test_the_command_line_finds_the_same_smallest_execution_as_the_verb(place: Place) -> None:
    """Of three goroutines that leak at two lines: the cause, not only the oracle, is that of the first found."""
    name = place.module(LEAKS)
    with pytest.raises(Falsified) as falsified:
        prove(importlib.import_module(name).leaks)
    assert falsified.value.counterexample.token in place.harness("prove", f"{name}:leaks").out


def test_an_oracle_that_ends_the_process_is_named(place: Place) -> None:
    name = place.module(LEAKS)
    told = place.harness("prove", f"{name}:leaks", "--oracle", f"{name}:leaves")
    assert (told.code, told.out) == (2, "") and "oracle leaves raised SystemExit" in told.err


LEAKS = """
    import sys

    async def leaks():
        one, other = Mutex(name="one"), Mutex(name="other")

        async def forwards():
            await one.lock()
            await other.lock()
            await other.unlock()
            await one.unlock()

        async def backwards():
            await other.lock()
            await one.lock()
            await one.unlock()
            await other.unlock()

        go(forwards)
        go(backwards)
        go(forwards)

    def leaves(execution):
        sys.exit()
"""
