"""What all units of a search have in common, and whether it can be sent to another process."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from harness.model.errors import BadInput
from harness.model.outcome import Outcome
from harness.runtime.execute import Subject
from harness.search.campaign import Oracle, name_of
from harness.search.programs import reference_of, resolve

Decisions: TypeAlias = tuple[tuple[int, int], ...]
"""What an execution is known by in another process: see `harness.search.replay`."""

ONE_AT_A_TIME = threading.Lock()
"""Held by whoever executes a program: an executor's workers may be threads, and there is one running world."""

Value: TypeAlias = Callable[[Outcome], Any]
"""An outcome as a member of a set of outcomes."""


@dataclass(frozen=True, slots=True)
class Task:
    """The program, who judges its executions, for how long it may be silent, and whether its coverage is wanted."""

    subject: Subject
    oracles: Sequence[Oracle]
    patience: float
    cover: bool = False


class Named:
    """Stands for the program with this reference, and becomes it when it arrives in another process."""

    def __init__(self, reference: str) -> None:
        self.reference = reference

    def __reduce__(self) -> tuple[Any, ...]:
        return resolve, (self.reference,)

    def __call__(self) -> Any:
        """Never here."""
        raise NotImplementedError(f"{self.reference} is executed in another process")


def sendable(task: Task, executor: Executor) -> Task:
    """The task, in a form that the workers of `executor` understand.

    Raises:
        BadInput: there is none: something is not defined at the top level of a module, for example.
    """
    for oracle in task.oracles:
        check_sendable(oracle, f"the oracle {name_of(oracle)}", executor)
    check_sendable(task.subject.arguments, "an argument of the program", executor)
    program = task.subject.program
    if isinstance(executor, ProcessPoolExecutor) and has_name(program) and pickle_error(program) is not None:
        resolve(reference_of(program))
        return replace(task, subject=replace(task.subject, program=Named(reference_of(program))))
    check_sendable(program, f"the program {reference_of(program)}", executor)
    return task


def has_name(program: Any) -> bool:
    """Does it say by itself under which name it can be found?"""
    return isinstance(getattr(program, "reference", None), str)


def check_sendable(value: Any, what: str, executor: Executor) -> None:
    """Complain about `what` if the workers of `executor` are processes and `value` cannot be sent to them."""
    error = pickle_error(value) if isinstance(executor, ProcessPoolExecutor) else None
    if error is not None:
        raise BadInput(
            f"{what} cannot be sent to other processes ({error}): define it at the top level of a module, or use jobs=1"
        )


def pickle_error(value: Any) -> str | None:
    """Why `value` cannot be pickled, if it cannot."""
    try:
        pickle.dumps(value)
    except Exception as error:
        return str(error)
    return None
