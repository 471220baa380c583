"""Counterexamples of the harness are reproduced by real Go, 100 of 100; and what is not one is told apart."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.cli.replay import executed
from harness.golang.confirm import RealGo
from harness.golang.process import started
from harness.golang.session import predicted
from harness.golang.toolchain import Toolchain
from harness.golang.twin import Twin, input_of, sources, twin_of
from harness.model.errors import BadInput
from harness.model.execution import Execution, Settings
from harness.model.outcome import StepLimitReached
from harness.oracles import no_data_race
from harness.runtime.execute import Subject
from harness.stream import FAULT_CLASSES, StreamPlan, serve
from harness.stream.serve import StreamProgram
from scenarios.stream import DESIGNS, done_channel, supervised, wait_group
from scenarios.stream.examinations import closing_twice

VERDICTS = Path(__file__).resolve().parents[2] / "reports" / "VERDICTS.md"
TOKENS = re.findall(r"  - `harness replay (h2\.[\w-]+)[ `]", VERDICTS.read_text("utf-8"))
LATE = StreamPlan(events=0, capacity=1, children=1, late=1)


def session(token: str) -> tuple[StreamProgram, Execution]:
    program, execution = executed(token)
    assert isinstance(program, StreamProgram)
    return program, execution


def token_of(design: str, plan: str) -> str:
    """The first counterexample of a design under a plan."""
    return next(t for t in TOKENS if session(t)[0].reference.endswith(f":{design} {plan}"))


def test_there_are_counterexamples_of_every_design_but_supervised() -> None:
    assert {session(token)[0].handler.__name__ for token in TOKENS} == {d.name for d in DESIGNS} - {"supervised"}


@pytest.mark.parametrize("token", sorted(set(TOKENS)))
def test_real_go_reproduces_every_counterexample_100_of_100(token: str, real_go: RealGo) -> None:
    program, execution = session(token)
    found, _ = real_go.confirm(program, execution, 100)
    assert (found.reproduced, found.differs) == (100, "")


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_real_go_follows_random_schedules_under_every_plan(design: Any, real_go: RealGo) -> None:
    process, outcomes = real_go.process(twin_of(design.handler), race=True), set()
    for fault in FAULT_CLASSES:
        for plan in fault.plans:
            program, chance = serve(design.handler, plan), random.Random(f"{design.name} {plan}")
            for _ in range(2):
                execution = Subject(program, (), fault.settings).execute(
                    lambda e, chance=chance: chance.randrange(len(e))
                )
                if isinstance(execution.outcome, StepLimitReached):
                    continue
                report = process.do(job_of(program, execution))
                assert report["Differs"] == "", (plan, execution.schedule)
                outcomes.add(type(execution.outcome))
    assert outcomes


def job_of(program: StreamProgram, execution: Execution, runs: int = 1, **changed: Any) -> dict[str, Any]:
    """Force an execution. Go's detector remembers few accesses and can miss a race, but must not see what is none."""
    prediction = predicted(program, execution.settings, execution.schedule)
    job = prediction.script.job(program.handler.__name__, runs, prediction.outcome, bubble=True)
    racy = None if no_data_race(execution) is not None else False
    return {**job, "Input": input_of(program.plan), "Racy": racy, **changed}


# -- what is no reproduction ---------------------------------------------------------------------------------


def test_the_fixed_design_does_not_follow_the_schedule_that_breaks_the_buggy_one(real_go: RealGo) -> None:
    program, execution = session(token_of("close_channel", str(LATE)))
    process = real_go.process(twin_of(supervised), race=False)
    report = process.do(job_of(program, execution, 10, Program="supervised", Racy=None))
    assert report["Same"] == 0
    assert report["Differs"] == 'step 0: main/run_crew#1 is at "add on children", not at "finish on executor"'


def test_a_wrong_prediction_is_refuted(real_go: RealGo) -> None:
    program, execution = session(token_of("done_channel", str(LATE)))
    job = job_of(program, execution, 10)
    wrong = job["Wanted"].replace("arrived done", "arrived child1.1:1; arrived done")
    assert wrong != job["Wanted"]
    process = real_go.process(twin_of(done_channel), race=False)
    assert process.do(job)["Same"] == 10
    report = process.do({**job, "Wanted": wrong})
    assert report["Same"] == 0 and report["Differs"].startswith("the outcome is ")


def test_a_data_race_that_does_not_happen_is_missed(real_go: RealGo) -> None:
    program, execution = session(token_of("done_channel", str(LATE)))
    report = real_go.process(twin_of(done_channel), race=True).do(job_of(program, execution, 10, Racy=True))
    assert (report["Same"], report["Differs"]) == (0, "that the race detector objects is false, not true")


def test_a_data_race_that_happens_is_seen_in_every_forced_run(real_go: RealGo) -> None:
    program, execution = session(token_of("wait_group", str(LATE)))
    process = real_go.process(twin_of(wait_group), race=True)
    assert process.do(job_of(program, execution, 100, Racy=True))["Same"] == 100
    assert process.do(job_of(program, execution, 10, Racy=False))["Same"] == 0
    assert {"runtime.closechan()", "runtime.chansend()"} <= set(
        re.findall(r"^  (runtime\.\S+)$", process.races(), re.M)
    )


@pytest.mark.parametrize(
    ("design", "plan", "old", "new", "differs"),
    [
        ("close_channel", LATE, "			close(streamChan)\n", "", 'is not at a gate; it should be at "panic"'),
        ("done_channel", LATE, "execErr = err", 'execErr = fmt.Errorf("wrong: %v", err)', "Execution error: wrong"),
        ("done_channel", LATE, 'g.At("close on done")', 'g.At("close")', 'is at "close", not at "close on done"'),
        ("wait_group", StreamPlan(events=1, capacity=0), "capacity)", "capacity+1)", "gets past the operation"),
    ],
)
def test_a_changed_line_in_go_is_noticed(
    design: str, plan: StreamPlan, old: str, new: str, differs: str, go: Toolchain
) -> None:
    program, execution = session(token_of(design, str(plan)))
    files = sources("scenarios.stream")
    assert old in files[f"{design}.go"]
    files[f"{design}.go"] = files[f"{design}.go"].replace(old, new)
    with go.built(files) as binary, started(binary) as process:
        report = process.do(job_of(program, execution, 10, Racy=None))
    assert report["Same"] == 0
    assert re.search(differs, report["Differs"]), report["Differs"]


def test_an_execution_that_was_cut_off_has_no_end_to_compare(real_go: RealGo) -> None:
    program = serve(done_channel, StreamPlan(ending="stall"))
    execution = Subject(program, (), Settings(max_steps=50)).execute(lambda enabled: 0)
    with pytest.raises(BadInput, match="cut off after 50 steps"):
        real_go.confirm(program, execution)


# -- twins ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_every_design_has_a_twin(design: Any) -> None:
    assert twin_of(design.handler) == Twin("scenarios.stream", design.name)
    assert f'serving("{design.name}"' in sources("scenarios.stream")["serve.go"]


async def homeless(ctx: Any, client: Any, execute: Any, *, capacity: int) -> None:
    """No design at all."""


@pytest.mark.parametrize("handler", [closing_twice, homeless])
def test_a_design_without_a_twin_is_said_to_have_none(handler: Callable[..., Any]) -> None:
    with pytest.raises(BadInput, match=f"there is no {handler.__name__} in Go"):
        twin_of(handler)


def test_the_twins_know_every_field_of_a_plan() -> None:
    known = {name.lower() for name in re.findall(r"^\t(\w+) +\w+", sources("scenarios.stream")["plan.go"], re.M)}
    assert {name.replace("_", "") for name in input_of(StreamPlan())} <= known
