"""One finished execution: its schedule, its outcome, who was left behind; and its trace, made on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from harness.model.outcome import Outcome, Returned
from harness.model.trace import Trace

IDLE = "idle"
ADVERSARIAL = "adversarial"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an execution depends on besides program and schedule.

    Attributes:
        clock: "idle" or "adversarial".
        max_steps: where an execution is cut off.
        early_firings: under the adversarial clock, how many times in an execution a deadline may come while
            goroutines could still run.
    """

    clock: str = IDLE
    max_steps: int = 10_000
    early_firings: int = 2

    @property
    def early(self) -> int | None:
        """The budget of early firings for a scheduler; None under the idle clock."""
        return self.early_firings if self.clock == ADVERSARIAL else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A goroutine that will never move again, and what it is pending at: "receive on done".

    For the race detector: the id of the `group` that it waits for and the `location`, where that may be a race.
    """

    goroutine: str
    operation: str
    group: str = field(default="", compare=False)
    location: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.goroutine} ({self.operation})"


class Execution:
    """What one run of a program came to.

    Attributes:
        outcome: how main ended.
        waiting: the goroutines that could not move any more at the end, by spawn path.
        steps: how many transitions were taken.
        shared: how many plain variables the program created, channels it closed to which others may have sent, wait
            groups for which others may have waited than those who added, and clients that several goroutines wrote
            to; without any there is no data race to look for.
        settings: clock and limits.
    """

    __slots__ = ("_retrace", "_schedule", "_skeleton", "_trace", "outcome", "settings", "shared", "steps", "waiting")

    def __init__(
        self,
        outcome: Outcome,
        waiting: tuple[Waiting, ...],
        steps: int,
        shared: int,
        settings: Settings,
        schedule: tuple[int, ...] | Callable[[], tuple[int, ...]],
        retrace: Callable[[tuple[int, ...], bool], Trace],
    ) -> None:
        self.outcome = outcome
        self.waiting = waiting
        self.steps = steps
        self.shared = shared
        self.settings = settings
        self._schedule = schedule
        self._retrace = retrace
        self._trace: Trace | None = None
        self._skeleton: Trace | None = None

    @property
    def schedule(self) -> tuple[int, ...]:
        """The index chosen among the enabled transitions, step by step."""
        if callable(self._schedule):
            self._schedule = self._schedule()
        return self._schedule

    @property
    def trace(self) -> Trace:
        """The readable record, made by running the schedule once more."""
        if self._trace is None:
            self._trace = self._retrace(self.schedule, True)
        return self._trace

    @property
    def skeleton(self) -> Trace:
        """The trace without texts and places: all that judging takes, and cheaper."""
        if self._skeleton is None:
            self._skeleton = self._trace if self._trace is not None else self._retrace(self.schedule, False)
        return self._skeleton

    @property
    def leaked(self) -> tuple[str, ...]:
        """The goroutines that are left behind for ever after main returned."""
        if not isinstance(self.outcome, Returned):
            return ()
        return tuple(waiting.goroutine for waiting in self.waiting)

    def __repr__(self) -> str:
        return f"<Execution of {self.steps} steps: {self.outcome}>"
