"""Plans and schedules under Hypothesis: its settings, database, decorators and reports mean what they always do."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, Verbosity, example, given, note, reproduce_failure, settings, target
from hypothesis.database import DirectoryBasedExampleDatabase, InMemoryExampleDatabase

import harness.generators
from harness import Falsified, check, replay, run
from harness.generators import Schedule, schedules, stream_plans
from harness.report.timeline import timeline
from harness.stream import PROPERTIES, SAFE_STREAM, StreamPlan, serve
from tests.elsewhere import ROOT, printed
from tests.scenarios.judging import DESIGNS

LATE: dict[str, Any] = {
    "max_late": 1, "disconnect": False, "oblivious": False, "client_faults": False, "endings": ("success",),
}  # fmt: skip
DONE, SUPERVISED = DESIGNS["done_channel"].handler, DESIGNS["supervised"].handler
LOST = [PROPERTIES["no_event_lost"]]
DEFAULTS = settings(settings.get_profile("default"), database=None, deadline=None, derandomize=True)
SEARCH = settings(DEFAULTS, max_examples=500, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink])


def failure(test: Callable[[], object]) -> Falsified:
    """What a property test raises."""
    with pytest.raises(Falsified) as falsified:
        test()
    return falsified.value


def loses(*decorators: Any, options: settings = SEARCH, tried: list[str] | None = None) -> Callable[[], None]:
    """The property test of the buggy handler; it writes down the plans it has tried."""

    @options
    @given(plan=stream_plans(**LATE), schedule=schedules())
    def nothing_is_lost(plan: StreamPlan, schedule: Schedule) -> None:
        if tried is not None:
            tried.append(str(plan))
        check(serve(DONE, plan), strategy=schedule, oracles=LOST)

    decorated: Any = nothing_is_lost
    for decorator in decorators:
        decorated = decorator(decorated)
    found: Callable[[], None] = decorated
    return found


# -- what is found, and how small ----------------------------------------------------------------------------------


def test_plan_and_schedule_shrink_together_to_the_smallest_that_loses_an_event() -> None:
    tried: list[str] = []
    error = failure(loses(tried=tried))
    assert tried[-1] == "events=0 capacity=1 children=1 late=1"
    assert len(set(tried)) > 20
    trace = error.counterexample.execution.trace
    sends = [step.step for step in trace if step.participants[0].goroutine == "main/run_crew#1/child#1"]
    drained = [step.step for step in trace if step.kind == "default"]
    assert len(trace) == 11 and len(sends) == len(drained) == 1 and sends > drained


def test_it_is_as_small_as_what_the_harness_shrinks_to_by_itself() -> None:
    theirs = failure(loses()).counterexample
    plan = StreamPlan.parse("events=0 capacity=1 children=1 late=1")
    ours = failure(lambda: check(serve(DONE, plan), oracles=LOST, executions=1_000)).counterexample
    assert theirs.execution.steps == ours.execution.steps
    assert theirs.message == ours.message


def test_the_report_has_the_sentence_the_interleaving_and_a_token_that_replays() -> None:
    error = failure(loses())
    found, notes = error.counterexample, "\n".join(error.__notes__)
    assert str(error).startswith("no_event_lost: child1.1:1 was accepted by the stream but not delivered")
    assert (
        "plan=StreamPlan.parse('events=0 capacity=1 children=1 late=1')," in notes
        and timeline(found.execution) in notes
    )
    token = re.search(r"schedule: \d context switches in 11 steps; as a value: Schedule.parse\('(\S+)'\)", notes)
    assert token is not None and token[1] == found.token
    plan = StreamPlan.parse("events=0 capacity=1 children=1 late=1")
    again = failure(lambda: replay(serve(DONE, plan), token=token[1], oracles=LOST)).counterexample
    assert again.schedule == found.schedule


def test_each_violated_property_is_reported_by_itself() -> None:
    @settings(SEARCH, max_examples=300)
    @given(schedule=schedules())
    def crashes(schedule: Schedule) -> None:
        plan = StreamPlan(events=0, capacity=1, children=1, late=1)
        check(serve(DESIGNS["close_channel"].handler, plan), strategy=schedule, oracles=SAFE_STREAM)

    with pytest.raises(ExceptionGroup) as group:
        crashes()
    errors = [error for error in group.value.exceptions if isinstance(error, Falsified)]
    assert {error.counterexample.oracle for error in errors} == {"no_panic", "no_data_race"}


def test_nothing_is_found_where_nothing_is_and_the_examples_differ() -> None:
    seen: set[tuple[str, tuple[int, ...]]] = set()

    @settings(DEFAULTS, max_examples=100)
    @given(plan=stream_plans(max_late=1), schedule=schedules())
    def holds(plan: StreamPlan, schedule: Schedule) -> None:
        assert check(serve(SUPERVISED, plan), strategy=schedule, oracles=SAFE_STREAM).executions == 1
        seen.add((str(plan), run(serve(SUPERVISED, plan), strategy=schedule).schedule))

    holds()
    assert len(seen) > 30


# -- Hypothesis's own options --------------------------------------------------------------------------------------


def test_with_derandomize_two_runs_try_the_same() -> None:
    first, second = list[str](), list[str]()
    failure(loses(tried=first))
    failure(loses(tried=second))
    assert first == second


def test_an_explicit_example_comes_first_and_fails_as_written() -> None:
    found = failure(loses()).counterexample
    plan = StreamPlan.parse("events=0 capacity=1 children=1 late=1")
    tried: list[str] = []
    pinned = loses(example(plan=plan, schedule=Schedule.parse(found.token)), tried=tried)
    for _ in range(2):
        assert failure(pinned).counterexample.schedule == found.schedule
    assert tried == [str(plan)] * len(tried)


def test_a_failure_is_reproduced_by_its_blob() -> None:
    notes = "\n".join(failure(loses(options=settings(SEARCH, print_blob=True))).__notes__)
    version, blob = re.findall(r"@reproduce_failure\('([\d.]+)', (b'[^']+')\)", notes)[0]
    tried: list[str] = []
    failure(loses(reproduce_failure(version, eval(blob)), tried=tried))
    assert set(tried) == {"events=0 capacity=1 children=1 late=1"}


def test_target_note_and_verbosity_work_with_a_schedule(capsys: pytest.CaptureFixture[str]) -> None:
    switches: list[int] = []

    @settings(DEFAULTS, max_examples=30, verbosity=Verbosity.verbose)
    @given(schedule=schedules())
    def switching(schedule: Schedule) -> None:
        execution = run(serve(SUPERVISED, StreamPlan(events=2, capacity=1)), strategy=schedule)
        target(float(schedule.switches), label="context switches")
        note(f"{schedule.switches} of {execution.steps}")
        switches.append(schedule.switches)

    switching()
    assert len(set(switches)) > 1
    assert f"{switches[0]} of" in capsys.readouterr().out


def test_health_checks_are_quiet_though_executions_may_be_long() -> None:
    async def long() -> None:
        for _ in range(300):
            await harness.choose(3)

    @settings(DEFAULTS, max_examples=20)
    @given(schedule=schedules())
    def many_decisions(schedule: Schedule) -> None:
        assert check(long, strategy=schedule).executions == 1

    many_decisions()


# -- the database --------------------------------------------------------------------------------------------------


def test_a_failure_is_found_in_the_database_first() -> None:
    database = InMemoryExampleDatabase()
    remembering = settings(SEARCH, derandomize=False, database=database)
    failure(loses(options=remembering))
    tried: list[str] = []
    failure(loses(options=settings(remembering, phases=[Phase.reuse]), tried=tried))
    assert tried[0] == "events=0 capacity=1 children=1 late=1" and len(tried) < 10


SCRIPT = """
import sys
from unittest import SkipTest
from hypothesis import Phase, given, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from harness import Falsified, check
from harness.generators import schedules, stream_plans
from harness.stream import PROPERTIES, serve
from scenarios.stream.done_channel import done_channel

phases = [Phase[name] for name in sys.argv[2].split(",")]
tried = []

@settings(database=DirectoryBasedExampleDatabase(sys.argv[1]), deadline=None, max_examples=1_000, phases=phases)
@given(plan=stream_plans(max_late=1, disconnect=False, client_faults=False), schedule=schedules())
def nothing_is_lost(plan, schedule):
    tried.append(str(plan))
    check(serve(done_channel, plan), strategy=schedule, oracles=[PROPERTIES["no_event_lost"]])

try:
    nothing_is_lost()
except Falsified as error:
    print(len(tried), tried[0], error.counterexample.token, sep="\\n")
except SkipTest:  # there was nothing to reuse
    assert not tried
"""


def search(folder: Path, phases: str) -> list[str]:
    """What a process of its own prints: how many it tried, the first plan, and the token."""
    return printed("-c", SCRIPT, str(folder), phases, hash_seed="random").splitlines()


def test_a_second_process_finds_the_failure_in_a_shared_folder_and_ignores_what_is_damaged(tmp_path: Path) -> None:
    _, _, token = search(tmp_path, "generate,shrink")
    tried, plan, again = search(tmp_path, "reuse")
    assert again == token and int(tried) < 10
    assert StreamPlan.parse(plan).late == 1
    for entry in [path for path in tmp_path.rglob("*") if path.is_file()]:
        entry.write_bytes(b"\xff\x00 no choices at all")
    assert search(tmp_path, "reuse") == []


class Foreign(InMemoryExampleDatabase):
    """Whatever test asks is given the entries of another one."""

    def __init__(self, entries: Iterable[bytes]) -> None:
        super().__init__()
        self.entries = list(entries)
        self.asked = 0

    def fetch(self, key: bytes) -> Iterable[bytes]:
        self.asked += 1
        return iter(self.entries)


def test_an_entry_of_another_test_is_no_failure_of_this_one(tmp_path: Path) -> None:
    failure(loses(options=settings(SEARCH, derandomize=False, database=DirectoryBasedExampleDatabase(tmp_path))))
    entries = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    foreign, tried = Foreign([*entries, b"", b"\x00" * 40]), 0

    @settings(SEARCH, derandomize=False, max_examples=20, database=foreign)
    @given(schedule=schedules())
    def holds(schedule: Schedule) -> None:
        nonlocal tried
        tried += 1
        check(serve(SUPERVISED, StreamPlan(events=1)), strategy=schedule, oracles=SAFE_STREAM)

    holds()
    assert foreign.asked and entries and tried >= 20


# -- without Hypothesis --------------------------------------------------------------------------------------------


def test_without_hypothesis_one_sentence_says_what_is_missing() -> None:
    script = "import sys; sys.modules['hypothesis'] = None\nimport harness.stream\nimport harness.generators"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: harness.generators makes strategies for Hypothesis, which is not installed: "
        "pip install 'hypothesis>=6.130'"
    )
