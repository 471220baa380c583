"""The verdict matrix: every design under every fault class, judged by every property.

A cell explores all schedules of all plans of its fault class, once, and asks the oracles of all properties about each
execution. Of a property that is violated, the smallest failing execution of the first such plan is kept, made smaller
still, plan and schedule, and becomes the verdict's counterexample. It still shows what the fault class is about: the
faults that all plans of the class have in common stay, and no others come in. Of later plans, it is noted whether they
violate the property as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field, replace

from harness.model.errors import BadInput, HarnessError
from harness.model.execution import Execution
from harness.model.outcome import CutOff
from harness.model.verdict import HOLDS, INCONCLUSIVE, VIOLATED, Cell, Matrix, Verdict
from harness.runtime.execute import Subject
from harness.runtime.watchdog import PATIENCE, guarded
from harness.search.campaign import Oracle, executions, said
from harness.search.dpor.strategy import DPOR
from harness.search.parallel.pool import workers
from harness.search.shrink import smallest
from harness.stream.design import Design
from harness.stream.faults import FaultClass
from harness.stream.promises import judged
from harness.stream.serve import serve

BUDGET = 100_000


@dataclass(slots=True)
class _Found:
    """The smallest execution so far that a property objects to, and the plans under which there are any."""

    subject: Subject
    execution: Execution
    plans: list[str]


@dataclass(slots=True)
class _Exploration:
    """One cell in the making: what has been found."""

    budget: int
    found: dict[str, _Found] = field(default_factory=dict)
    executions: int = 0
    cut_off: bool = False
    complete: bool = True

    def explore(self, subject: Subject, plan: str, properties: Mapping[str, Oracle]) -> None:
        """All schedules of one plan, one of each class."""
        before, strategy = self.executions, DPOR()
        for execution in executions(subject, strategy):
            if self.executions == self.budget:
                self.complete = False
                return
            self.executions = before + strategy.executions
            self.cut_off |= isinstance(execution.outcome, CutOff)
            for name, oracle in properties.items():
                if self.wants(name, plan, execution) and said(oracle, execution) is not None:
                    self.note(name, subject, plan, execution)

    def wants(self, name: str, plan: str, execution: Execution) -> bool:
        """Would it be news if this execution violated this property?"""
        found = self.found.get(name)
        if found is None or plan not in found.plans:
            return True
        return plan == found.plans[0] and execution.steps < found.execution.steps

    def note(self, name: str, subject: Subject, plan: str, execution: Execution) -> None:
        """It does."""
        found = self.found.get(name)
        if found is None:
            self.found[name] = _Found(subject, execution, [plan])
        elif plan == found.plans[0]:
            found.execution = execution
        else:
            found.plans.append(plan)


def verify_cell(
    design: Design,
    fault: FaultClass,
    properties: Mapping[str, Oracle] | None = None,
    budget: int = BUDGET,
    patience: float = PATIENCE,
) -> Cell:
    """Explore one design under one fault class; at most `budget` executions.

    Its verdicts are about the `properties`; by default about all that the handler is judged by, its promises included.
    """
    asked = judged(design.handler) if properties is None else properties
    exploration = _Exploration(budget)
    with guarded(patience):
        for plan in fault.plans:
            program = replace(serve(design.handler, plan), keeps=fault.kept(plan))
            exploration.explore(Subject(program, (), fault.settings), str(plan), asked)
        verdicts = tuple(_verdict(design, fault, name, asked[name], exploration) for name in asked)
    return Cell(design.name, fault.name, exploration.executions, verdicts)


def _verdict(design: Design, fault: FaultClass, name: str, oracle: Oracle, exploration: _Exploration) -> Verdict:
    expected = design.expected(fault.name, name)
    explored, complete = exploration.executions, exploration.complete
    found = exploration.found.get(name)
    if found is not None:
        example = smallest(found.subject, found.execution, oracle)
        return Verdict(
            design=design.name,
            fault=fault.name,
            property=name,
            verdict=VIOLATED,
            executions=explored,
            exhaustive=complete,
            plan=example.plan,
            token=example.token,
            message=example.message,
            expected=expected,
            violated_under=tuple(found.plans),
            minimal=example.minimal,
            oracle="" if first_of(judged(design.handler), example.execution) == name else name,
        )
    verdict, message = HOLDS, ""
    if not complete:
        verdict, message = INCONCLUSIVE, f"the budget of {exploration.budget} executions ran out"
    elif exploration.cut_off:
        verdict, message = (
            INCONCLUSIVE,
            f"executions were cut off (limit: {fault.settings.max_steps} steps)",
        )
    return Verdict(design.name, fault.name, name, verdict, explored, complete, "", "", message, expected)


def first_of(asked: Mapping[str, Oracle], execution: Execution) -> str:
    """The property that `harness replay` says first is violated; empty if none is."""
    return next((name for name, oracle in asked.items() if said(oracle, execution) is not None), "")


def verify_matrix(
    designs: Sequence[Design],
    faults: Sequence[FaultClass],
    *,
    jobs: int = 1,
    budget: int = BUDGET,
    on_cell: Callable[[Cell], None] = lambda cell: None,
) -> Matrix:
    """Explore every design under every fault class, `jobs` cells at a time, each with at most `budget` executions.

    `on_cell` hears of each cell as it is finished, in any order; the result is in the order of the arguments,
    whatever `jobs` is.

    Raises:
        BadInput: a design leaves the harness (it blocks, say, or depends on a clock), with where that was noticed.
    """
    pairs = [(design, fault) for design in designs for fault in faults]
    if jobs == 1 or len(pairs) <= 1:
        cells = [_told(_cell(design, fault, budget), on_cell) for design, fault in pairs]
    else:
        cells = _in_parallel(pairs, min(jobs, len(pairs)), budget, on_cell)
    return Matrix(
        tuple(cells),
        {
            "all": "every schedule of every plan listed; of each class of equivalent ones one is executed",
            **{fault.name: fault.bounds for fault in faults},
        },
        {design.name: design.story for design in designs},
        {fault.name: fault.scope for fault in faults},
    )


def _told(cell: Cell, on_cell: Callable[[Cell], None]) -> Cell:
    on_cell(cell)
    return cell


def _cell(design: Design, fault: FaultClass, budget: int) -> Cell:
    """As `verify_cell`; what goes wrong is told with the design's name."""
    try:
        return verify_cell(design, fault, budget=budget)
    except HarnessError as error:
        raise BadInput(f"{design.name} cannot be verified under {fault.name}: {error}") from error


def _in_parallel(
    pairs: Sequence[tuple[Design, FaultClass]], jobs: int, budget: int, on_cell: Callable[[Cell], None]
) -> list[Cell]:
    """One process per job; each takes the next cell when it is free."""
    with workers(jobs) as pool:
        futures = [pool.submit(_cell, design, fault, budget) for design, fault in pairs]
        for future in as_completed(futures):
            on_cell(future.result())
        return [future.result() for future in futures]


def default_jobs() -> int:
    """As many as this process may use processors."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
