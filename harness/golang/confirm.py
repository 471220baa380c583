"""Counterexamples on real Go: the same design, under the same plan, in the order of the same schedule.

A forced run is a reproduction if every goroutine stood at the operation that the schedule says whenever its turn came,
and if the run came to the predicted outcome. Where two accesses race, Go's race detector, which does not see the gates,
must object to the run as well.
"""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType

from harness.golang.process import GoProcess, started
from harness.golang.session import Prediction, predicted
from harness.golang.toolchain import Toolchain
from harness.golang.twin import Twin, input_of, sources, twin_of
from harness.model.errors import BadInput
from harness.model.execution import Execution
from harness.model.outcome import StepLimitReached
from harness.model.verdict import Confirmation
from harness.oracles import no_data_race
from harness.stream.serve import StreamProgram

RUNS = 100


class RealGo:
    """Twins that are built when they are first needed, and their processes; all ended at the end."""

    def __init__(self, toolchain: Toolchain) -> None:
        self.toolchain = toolchain
        self.stack = ExitStack()
        self.processes: dict[tuple[str, bool], GoProcess] = {}

    def __enter__(self) -> RealGo:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stack.close()

    def process(self, twin: Twin, *, race: bool) -> GoProcess:
        """The process for the twin's package, with or without the race detector."""
        key = twin.package, race
        if key not in self.processes:
            binary = self.stack.enter_context(self.toolchain.built(sources(twin.package), race=race))
            self.processes[key] = self.stack.enter_context(started(binary))
        return self.processes[key]

    def confirm(
        self, program: StreamProgram, execution: Execution, runs: int = RUNS
    ) -> tuple[Confirmation, Prediction]:
        """Force the execution of `program` on its twin, `runs` times; what came of it, and what should have.

        Raises:
            BadInput: the design has no twin, or the execution no end.
            GoBuildFailed: the twin does not compile.
        """
        twin = twin_of(program.handler)
        if isinstance(execution.outcome, StepLimitReached):
            raise BadInput(
                f"this execution was cut off after {execution.steps} steps, so there is no end at which real Go could "
                f"be compared with it: harness replay shows how far it went"
            )
        prediction = predicted(program, execution.settings, execution.schedule)
        racy = no_data_race(execution) is not None
        job = {
            **prediction.script.job(twin.name, runs, prediction.outcome, bubble=True),
            "Input": input_of(program.plan),
            "Racy": racy or None,
        }
        report = self.process(twin, race=racy).do(job)
        return Confirmation(self.toolchain.version, runs, report["Same"], racy, report["Differs"]), prediction
