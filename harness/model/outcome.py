"""How an execution ended, as seen by main: exactly one of five things."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Returned:
    """Main returned `value`. Other goroutines may have been left behind: see `Execution.leaked`."""

    value: Any = None


@dataclass(frozen=True, slots=True)
class Panicked:
    """A panic that nobody recovered. Go would have ended the process here."""

    goroutine: str
    message: str
    error: BaseException | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Deadlocked:
    """Main has not returned, and nothing can move any more."""

    goroutines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepLimitReached:
    """The execution was cut off after `steps` steps."""

    steps: int


@dataclass(frozen=True, slots=True)
class FairBoundReached:
    """Nothing moves but these goroutines, which poll, and what they look at no longer changes."""

    goroutines: tuple[str, ...]


Outcome: TypeAlias = Returned | Panicked | Deadlocked | StepLimitReached | FairBoundReached
CutOff: TypeAlias = StepLimitReached | FairBoundReached
"""The execution could have gone on."""


def outcome_value(outcome: Outcome) -> Any:
    """An outcome as a member of a set of outcomes: what main returned, or the outcome itself."""
    if isinstance(outcome, Returned):
        try:
            hash(outcome.value)
        except TypeError:
            return repr(outcome.value)
        return outcome.value
    return outcome
