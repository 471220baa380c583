"""Making the program of a counterexample smaller, where it offers smaller versions of itself.

A program may have a method `smaller`, which gives programs that are smaller than it in one respect, the boldest first:
of one that serves a plan, those with one event fewer, one fault fewer, and so on. The first in which the same violation
is found, by DPOR, takes its place, and all starts again. In the end no version that it offers shows it: the program is
1-minimal. Every version is explored in full, unless that takes more than so many steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

from harness.model.errors import HarnessError
from harness.model.execution import Execution
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.dpor.strategy import DPOR
from harness.search.programs import reference_of

STEPS_EACH = 20_000
STEPS = 100_000
"""How many steps may be taken to look into one smaller version, and into all of them together."""
VERSIONS = 10_000
"""Among how many versions one is looked for by its name."""


@runtime_checkable
class Shrinkable(Protocol):
    """A program that can be made smaller. Whatever a version is called with, the smaller ones are called with, too."""

    def smaller(self) -> Iterable[Callable[..., Any]]:
        """The programs that are smaller in one respect, the boldest first; going on and on comes to an end."""


def plan_of(program: Any) -> str:
    """What tells a version of a program from others, in words; empty if it does not offer smaller ones."""
    return str(getattr(program, "plan", "")) if isinstance(program, Shrinkable) else ""


def version_of(program: Any, reference: str) -> Any:
    """The program with this name among `program` and all its smaller versions; None if there is none.

    A program that has many offers `version(reference)`, so that they need not all be looked through.
    """
    if reference_of(program) == reference:
        return program
    if (version := getattr(program, "version", None)) is not None:
        return version(reference)
    seen: set[str] = set()
    todo = [program]
    while todo and len(seen) < VERSIONS:
        found = todo.pop()
        name = reference_of(found)
        if name == reference:
            return found
        if name not in seen:
            seen.add(name)
            todo += found.smaller() if isinstance(found, Shrinkable) else ()
    return None


def smaller_program(
    subject: Subject, execution: Execution, fails: Callable[[Execution], bool]
) -> tuple[Subject, Execution, bool]:
    """The smallest failing version found, with a failing execution; and whether all smaller ones were looked into."""
    search = _Search(fails)
    while True:
        search.complete = True
        found = search.first(_versions(subject))
        if found is None:
            return subject, execution, search.complete
        subject, execution = found


def _versions(subject: Subject) -> Iterator[Subject]:
    program: Any = subject.program
    if isinstance(program, Shrinkable):
        for smaller in program.smaller():
            yield replace(subject, program=smaller)


class _Search:
    """Looks into one program after the other. `complete`: none of them was left before its last execution."""

    def __init__(self, fails: Callable[[Execution], bool]) -> None:
        self.fails = fails
        self.steps = STEPS
        self.complete = True

    def first(self, subjects: Iterable[Subject]) -> tuple[Subject, Execution] | None:
        """The first of these programs that fails, with the execution in which it does."""
        for subject in subjects:
            execution = self.failing(subject)
            if execution is not None:
                return subject, execution
        return None

    def failing(self, subject: Subject) -> Execution | None:
        """The first failing execution; None if there is none, if there are too many to know, or if none can be had."""
        before, strategy = self.steps, DPOR()
        try:
            for execution in executions(subject, strategy) if self.steps > 0 else ():
                self.steps -= execution.steps
                if self.fails(execution):
                    return execution
                if self.steps <= 0 or before - self.steps >= STEPS_EACH:
                    break
            else:
                self.complete &= self.steps > 0
                return None
        except HarnessError:  # what is wrong with another program must not hide what was found in this one
            pass
        self.complete = False
        return None
