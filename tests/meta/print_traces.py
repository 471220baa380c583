"""Prints what must not depend on the process: run as `python -m tests.meta.print_traces WHAT`.

`traces`: schedules, outcomes and traces of many executions. `tokens`: one counterexample's token per line, with the
program's number. `replays`: reads such lines and prints the executions that they stand for. `explorations`: what DPOR
explores of many programs, in its order.
"""

import random
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

from harness import Falsified, check, outcomes, prove, replay
from harness.model.execution import Execution, Settings
from harness.runtime.execute import Subject
from harness.search.dpor.strategy import DPOR
from harness.verify import outcome_value
from tests.meta.fuzz_classes import Case
from tests.meta.programs import PROGRAMS, Program
from tests.meta.random_programs import THEMES, program

SMALL = [name for name in PROGRAMS if "n=10" not in name and "n=8" not in name and "stages=2" not in name]
MOST = 40


def programs() -> list[Program]:
    """The table's programs, then random ones over every theme."""
    return [PROGRAMS[name] for name in SMALL] + [program(seed, theme) for theme in (*THEMES, None) for seed in range(6)]


def account_of(execution: Execution) -> str:
    """Everything that a user can see of an execution."""
    actions = [repr(action) for action in execution.trace]
    return "\n".join([repr(execution), repr(execution.schedule), repr(execution.waiting), *actions])


def traces() -> Iterator[str]:
    """Two walks per program and clock, and the exact outcomes of a few."""
    for subject_program in programs():
        for clock in ("idle", "adversarial"):
            source = random.Random(1)
            subject = Subject(subject_program, (), Settings(clock))
            for _ in range(2):
                yield account_of(subject.walk(source.random))
    for name in SMALL[:10]:
        yield repr(sorted(map(repr, outcomes(PROGRAMS[name]))))


def tokens() -> Iterator[str]:
    """The shrunk counterexamples of a check and of a proof."""
    for number, subject_program in enumerate(programs()):
        try:
            check(subject_program, executions=50)
        except Falsified as falsified:
            yield f"{number} {falsified.counterexample.token}"
        try:
            prove(subject_program, max_executions=200)
        except Falsified as falsified:
            yield f"{number} {falsified.counterexample.token}"
        except Exception as inconclusive:
            yield f"{number} {inconclusive}"


def replays(lines: list[str]) -> Iterator[str]:
    """The executions, as the oracles that object to them see them."""
    listed: list[Any] = programs()
    for line in lines:
        number, token = line.split(" ", 1)
        if token.startswith("h2."):
            execution = replay(listed[int(number)], token=token, oracles=())
            yield f"{token} {execution.replayed}\n{account_of(execution)}\n{outcome_value(execution.outcome)!r}"


def explorations() -> Iterator[str]:
    """Every execution that DPOR hands out, up to a bound for each program."""
    for number, subject in enumerate(subjects()):
        for execution in islice(executions_of(subject), MOST):
            yield f"{number} {account_of(execution)}"


def subjects() -> list[Subject]:
    """The table's programs, and random ones under every clock."""
    listed = [Subject(PROGRAMS[name]) for name in SMALL[::3]]
    return listed + [Subject(program(case.index, case.theme), (), case.settings) for case in map(Case, range(64))]


def executions_of(subject: Subject) -> Iterator[Execution]:
    """What DPOR explores, also before it starts over."""
    engine = DPOR()
    while engine.begin():
        yield engine.execute(subject)
        engine.end()


if __name__ == "__main__":
    lines = {
        "traces": traces,
        "tokens": tokens,
        "replays": lambda: replays(sys.stdin.read().splitlines()),
        "explorations": explorations,
    }
    sys.stdout.write("\n".join(lines[sys.argv[1]]()) + "\n")
