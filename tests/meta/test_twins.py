"""Every fast way has a slow twin, and they agree: the fast loop of random walks and the loop that lists every
transition; the recorder and the plain run; sampled outcomes and exhaustive ones. On random programs over everything.
"""

import random
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from harness import Falsified, check, outcomes
from harness.errors import NondeterministicProgram
from harness.model.execution import Execution, Settings
from harness.model.operation import DEFAULT, Transition
from harness.runtime import fast
from harness.runtime.execute import Subject, drive
from harness.runtime.fast import FastWalk
from harness.runtime.goroutine import Goroutine
from harness.runtime.recorder import Recorder
from harness.search.campaign import decisions_of, executions
from harness.search.exhaustive import Exhaustive
from harness.search.replay import Replay
from harness.verify import outcome_value
from tests.meta.programs import PROGRAMS, Program
from tests.meta.random_programs import THEMES, Objects, program

SEEDS = 50
PROGRAM_SEEDS = range(12)
THEMED: list[tuple[str | None, int]] = [(theme, seed) for theme in (*THEMES, None) for seed in PROGRAM_SEEDS]
IDLE, ADVERSARIAL = Settings(), Settings("adversarial", early_firings=1)


def account_of(execution: Execution) -> tuple[Any, ...]:
    """What two runs of the same schedule must agree on."""
    return execution.outcome, execution.steps, execution.waiting, bool(execution.shared), execution.schedule


def watched(program: Program, settings: Settings = IDLE) -> tuple[Subject, Callable[[], str]]:
    """A subject, and a function that tells the final state of its latest execution."""
    probes: list[Any] = []
    return Subject(program, (probes.append,), settings), lambda: repr(probes[-1]())


@pytest.mark.parametrize(("theme", "seed"), THEMED)
def test_what_the_fast_loop_took_is_what_the_slow_loop_takes(theme: str | None, seed: int) -> None:
    subject, state = watched(program(seed, theme))
    for walk_seed in range(SEEDS):
        walked = subject.walk(random.Random(walk_seed).random)
        fast_state = state()
        script = Replay(decisions_of(walked))
        executed = subject.execute(script.choose)
        script.end()
        assert account_of(executed) == account_of(walked)
        assert state() == fast_state


@pytest.mark.parametrize("name", [name for name in PROGRAMS if "n=10" not in name and "n=8" not in name])
def test_the_two_loops_agree_on_the_programs_of_the_table(name: str) -> None:
    subject, state = watched(PROGRAMS[name])
    for walk_seed in range(5):
        walked = subject.walk(random.Random(walk_seed).random)
        fast_state = state()
        executed = subject.execute(Replay(decisions_of(walked)).choose)
        assert (account_of(executed), state()) == (account_of(walked), fast_state)


@pytest.mark.parametrize("settings", [IDLE, ADVERSARIAL], ids=lambda settings: settings.clock)
@pytest.mark.parametrize(("theme", "seed"), THEMED)
def test_the_recorder_changes_nothing(theme: str | None, seed: int, settings: Settings) -> None:
    subject, state = watched(program(seed, theme), settings)
    for walk_seed in range(5):
        walked = subject.walk(random.Random(walk_seed).random)
        plain_state = state()
        assert tuple(action.index for action in walked.trace) == walked.schedule
        assert state() == plain_state
        for readable in (False, True):
            with subject.begun() as scheduler:
                script = iter(walked.schedule)
                recorder = Recorder(scheduler, readable)
                exhausted = drive(recorder, lambda _, script=script: next(script), None, walked.steps, True)
                assert scheduler.outcome(exhausted) == walked.outcome
                assert len(recorder.trace()) == walked.steps


@pytest.mark.parametrize("settings", [IDLE, ADVERSARIAL], ids=lambda settings: settings.clock)
@pytest.mark.parametrize(("theme", "seed"), THEMED)
def test_the_invariants_hold_after_every_step(theme: str | None, seed: int, settings: Settings) -> None:
    objects: list[Objects] = []
    subject = Subject(program(seed, theme), (lambda state: None, objects.append), settings)
    for walk_seed in range(5):
        source = random.Random(walk_seed)
        with subject.begun() as scheduler:
            while enabled := scheduler.enabled():
                ranks = [rank(transition, scheduler.now) for transition in enabled]
                assert ranks == sorted(ranks)
                assert all(goroutine.operation is not None for goroutine in scheduler.live)
                scheduler.take(source.choice(enabled))
                objects[-1].check()


def rank(transition: Transition, now: float) -> tuple[bool, int, int, int]:
    """The canonical order: goroutines by creation, each one's ways by number (default last), then the clock."""
    first, *rest = transition
    if not isinstance(first, Goroutine):
        return True, 0, 0, 0
    assert first.operation is not None
    if first.operation[0].name == "sleep" and first.operation[2] > now:
        return True, 0, 0, 0  # its deadline comes by the clock
    way = 10**6 if rest[0] == DEFAULT else rest[0]
    return False, first.serial, way, rest[1].serial if len(rest) == 3 else 0


def outcomes_of(program: Program, most: int, settings: Settings = IDLE) -> set[Any] | None:
    """What main can come to, by naive search, if no more than `most` executions are needed for it."""
    subject = Subject(program, (), settings)
    found = [outcome_value(execution.outcome) for execution in islice(executions(subject, Exhaustive()), most + 1)]
    return set(found) if len(found) <= most else None


def small(theme: str | None, most: int) -> list[tuple[Program, set[Any]]]:
    """Programs with few enough executions, and their outcomes."""
    candidates = [program(seed, theme, statements=2) for seed in range(120)]
    listed = [(candidate, outcomes_of(candidate, most)) for candidate in candidates]
    return [(candidate, expected) for candidate, expected in listed if expected is not None]


@pytest.mark.parametrize("theme", [*THEMES, None])
def test_many_walks_see_exactly_the_outcomes_that_there_are(theme: str | None) -> None:
    programs = small(theme, most=200)
    assert len(programs) >= 20
    assert sum(len(expected) > 1 for _, expected in programs) >= 10
    for candidate, expected in programs:
        source = random.Random(0)
        subject = Subject(candidate)
        seen: set[Any] = set()
        for _ in range(4_000):
            seen.add(outcome_value(subject.walk(source.random).outcome))
            if len(seen) == len(expected):
                break
        seen |= {outcome_value(subject.walk(source.random).outcome) for _ in range(50)}
        assert seen == expected == outcomes(candidate)


@pytest.mark.parametrize("theme", [*THEMES, None])
def test_the_adversarial_clock_shows_all_that_the_idle_one_does(theme: str | None) -> None:
    """With no early firings the clocks are one; with some there is more to see, never less."""
    compared = 0
    for candidate, idle in small(theme, most=200):
        assert outcomes(candidate, clock="adversarial", early_firings=0) == idle
        adversarial = outcomes_of(candidate, 1_000, ADVERSARIAL)
        if adversarial is not None:
            compared += 1
            assert adversarial >= idle
    assert compared >= 20


def test_the_random_programs_are_not_all_alike() -> None:
    """The twins would agree on programs that do nothing."""
    ends, kinds = set(), set()
    for theme, seed in THEMED:
        execution = Subject(program(seed, theme)).walk(random.Random(1).random)
        ends.add(type(execution.outcome).__name__ + (" with leak" if execution.leaked else ""))
        kinds |= {action.kind for action in execution.trace}
    assert ends == {"Returned", "Returned with leak", "Panicked", "Deadlocked"}
    assert len(kinds) >= 38


@pytest.mark.parametrize(("theme", "seed"), [*THEMED, ("channels", 37), ("channels", 73), ("context", 38)])
def test_no_goroutine_that_can_move_is_left_out_of_the_draw(theme: str | None, seed: int) -> None:
    """Whom the fast loop has put aside cannot move: otherwise its draw would not be uniform."""
    for walk_seed in range(5):
        source = random.Random(walk_seed)
        with Subject(program(seed, theme)).begun() as scheduler:
            walk = FastWalk(scheduler, source.random)

            def draw(walk: FastWalk = walk, source: random.Random = source) -> float:
                enabled = walk.scheduler.enabled()
                listed = [transition for transition in enabled if not rank(transition, walk.scheduler.now)[0]]
                assert {transition[0] for transition in listed} <= set(walk.ready)
                return source.random()

            walk.random = draw
            walk.run(IDLE.max_steps)


def test_a_fast_loop_that_forgot_which_case_it_took_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "decision", lambda transition: transition[0].serial)
    subject = Subject(PROGRAMS["both_select (2 selects + third party, cap 0)"])
    with pytest.raises(NondeterministicProgram):
        _ = [subject.walk(random.Random(seed).random).schedule for seed in range(SEEDS)]


@pytest.mark.parametrize(("theme", "seed"), THEMED)
def test_a_counterexample_is_an_execution_of_the_program(theme: str | None, seed: int) -> None:
    """Whatever a check objects to can be executed again from its decisions."""
    candidate = program(seed, theme)
    try:
        check(candidate, executions=20)
    except Falsified as falsified:
        execution = falsified.counterexample.execution
        again = Subject(candidate).execute(Replay(decisions_of(execution)).choose)
        assert account_of(again) == account_of(execution)
