"""Do all failing executions of a bug shrink to the same counterexample? `python -m tests.meta.canonical` prints it.

A *known bug* is a violated property of a design under a fault class, with its cause, and where the class is about pairs
of faults, the pair. Failing executions of a cell are drawn at random, over the plans of the class as well as over
schedules, until there are so many; each is shrunk on its own.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from harness.model.execution import Execution
from harness.runtime.execute import Subject
from harness.search.cause import cause_of
from harness.search.shrink import smallest
from harness.stream.design import Design
from harness.stream.faults import FaultClass
from harness.stream.plan import StreamPlan
from harness.stream.promises import judged
from harness.stream.serve import StreamProgram, serve
from tests.scenarios.judging import ASKED, DESIGNS, FAULTS

Cell = tuple[str, str, str]
CELLS: list[Cell] = [
    (design.name, fault, name) for design in DESIGNS.values() for fault in FAULTS for name in judged(design.handler)
    if design.expected(fault, name) == "violated"
]  # fmt: skip


@dataclass
class Bug:
    """What the failing executions of one bug have shrunk to, with how many did."""

    results: Counter[tuple[str, tuple[int, ...]]] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """How much of all shrank to the commonest result."""
        return max(self.results.values()) / self.results.total()


def failing(design: Design, fault: FaultClass, name: str, seed: int) -> Iterator[tuple[Subject, Execution]]:
    """Failing executions of random plans under random schedules."""
    source, oracle = random.Random(seed), ASKED[name]
    subjects = [
        Subject(replace(serve(design.handler, plan), keeps=fault.kept(plan)), (), fault.settings)
        for plan in fault.plans
    ]
    while True:
        subject = source.choice(subjects)
        execution = subject.walk(source.random)
        if oracle(execution) is not None:
            yield subject, execution


def plan_of(subject: Subject) -> StreamPlan:
    """The plan of a program of `failing`."""
    assert isinstance(subject.program, StreamProgram)
    return subject.program.plan


def shrunk(cell: Cell, count: int, seed: int = 0) -> dict[str, Bug]:
    """`count` failing executions of a cell, shrunk: for each bug the results."""
    design, fault, name = DESIGNS[cell[0]], FAULTS[cell[1]], cell[2]
    bugs: defaultdict[str, Bug] = defaultdict(Bug)
    for number, (subject, execution) in enumerate(failing(design, fault, name, seed)):
        if number == count:
            break
        found = smallest(subject, execution, ASKED[name])
        message = ASKED[name](found.execution)
        assert message is not None
        kept = ", ".join(sorted(FAULTS[cell[1]].kept(plan_of(subject)))) or "no fault"
        bug = bugs[f"{kept}; {cause_of(ASKED[name], found.execution, message)}"]
        bug.results[found.plan, found.schedule] += 1
    return bugs


def tell(line: str) -> None:
    """A line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print a line for each bug."""
    options = argparse.ArgumentParser()
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--design", choices=DESIGNS, action="append")
    given = options.parse_args()
    for cell in CELLS:
        if given.design and cell[0] not in given.design:
            continue
        for cause, bug in shrunk(cell, given.count, given.seed).items():
            tell(f"{bug.share:6.1%} of {bug.results.total():3}  {'/'.join(cell)}  [{cause}]")
            if len(bug.results) > 1:
                for (plan, schedule), times in bug.results.most_common():
                    tell(f"            {times:3}  {plan}  {schedule}")


if __name__ == "__main__":
    main()
