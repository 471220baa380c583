"""A design on real Go left to itself, with the race detector, against everything that exploring it predicts.

Under each plan every schedule is explored, which gives the exact set of outcomes; then the twin runs under Go's own
scheduler, with small random delays before its operations. An outcome outside the set, or a data race where none is
predicted, refutes the harness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.golang.confirm import RealGo
from harness.golang.script import outcome_text, panic_text
from harness.golang.session import Accepted, Watched, logs, predicted, without_the_silent
from harness.golang.twin import input_of, twin_of
from harness.model.errors import BadInput
from harness.model.execution import Execution, Settings
from harness.model.outcome import Panicked, Returned, StepLimitReached
from harness.oracles import no_data_race
from harness.search.campaign import executions
from harness.search.dpor.strategy import DPOR
from harness.stream.plan import StreamPlan
from harness.stream.serve import Handler, Session, StreamProgram, serve

PANIC = " panics: "
LONG = 3600 * 10**9  # nanoseconds of virtual time: more than a session under any plan takes


@dataclass(slots=True)
class Expected:
    """Everything that can happen under one plan."""

    outcomes: set[str] = field(default_factory=set)
    executions: int = 0
    racy: bool = False


@dataclass(frozen=True, slots=True)
class FreeRuns:
    """What real Go did under one plan.

    Attributes:
        outcomes: how often each came about.
        racy: to how many of the runs the race detector objected; those that panicked are not asked, because in Go
            others can go on after a panic.
        expected: what can happen.
    """

    plan: StreamPlan
    runs: int
    outcomes: Mapping[str, int]
    racy: int
    expected: Expected

    @property
    def outside(self) -> list[str]:
        """The outcomes that nothing predicts."""
        return sorted(set(self.outcomes) - self.expected.outcomes)

    @property
    def as_predicted(self) -> bool:
        """Is there nothing that the harness did not say?"""
        return not self.outside and (self.expected.racy or not self.racy)


def run_freely(go: RealGo, handler: Handler, plan: StreamPlan, settings: Settings, runs: int, seed: int) -> FreeRuns:
    """Explore one plan, then leave the twin to Go.

    Raises:
        BadInput: some execution does not come to an end.
    """
    twin, program = twin_of(handler), serve(handler, plan)
    expected = everything(program, settings)
    job = {
        "Program": twin.name,
        "Runs": runs,
        "Seed": seed,
        "Bubble": True,
        "Lasts": LONG,
        "Input": input_of(plan),
    }
    report = go.process(twin, race=True).do(job)
    outcomes: dict[str, int] = {}
    for outcome, times in report["Outcomes"].items():
        shown = without_the_silent(outcome)
        outcomes[shown] = outcomes.get(shown, 0) + times
    racy = sum(times for outcome, times in report["Racy"].items() if PANIC not in outcome)
    return FreeRuns(plan, runs, outcomes, racy, expected)


def everything(program: StreamProgram, settings: Settings) -> Expected:
    """Explore a program completely."""
    expected = Expected()
    for execution in executions(Watched(program).subject(settings), DPOR()):
        if isinstance(execution.outcome, StepLimitReached):
            raise BadInput(f"under {program.plan} not every execution ends within {settings.max_steps} steps")
        expected.executions += 1
        expected.outcomes.add(outcome_of(program, execution))
        expected.racy = expected.racy or no_data_race(execution) is not None
    return expected


def outcome_of(program: StreamProgram, execution: Execution) -> str:
    """What an execution of the watched `program` came to, as real Go would tell it."""
    match execution.outcome:
        case Panicked() as panic:
            return panic_text(panic)
        case Returned(Session() as session):
            assert isinstance(session.executor.accepted, Accepted)
            found = logs(session.client, session.executor.accepted)
            stuck = {waiting.goroutine: _label(waiting.operation) for waiting in execution.waiting}
            return without_the_silent(outcome_text({**dict.fromkeys(stuck, ()), **found}, stuck))
    return without_the_silent(predicted(program, execution.settings, execution.schedule).outcome)


def _label(operation: str) -> str:
    """How the gate calls it: a select is a select, whatever its cases are."""
    return "select" if operation.startswith("select {") else operation
