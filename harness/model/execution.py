"""One finished execution: its schedule, its outcome, who was left behind; and its trace, made on request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.model.ending import Ending, Waiting
from harness.model.order import UNKNOWN, Missed
from harness.model.outcome import Outcome, Returned
from harness.model.trace import Trace

IDLE = "idle"
ADVERSARIAL = "adversarial"
FAIR_BOUND = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """What an execution depends on besides program and schedule.

    Attributes:
        clock: "idle" or "adversarial".
        max_steps: where an execution is cut off.
        early_firings: under the adversarial clock, how many times in an execution a deadline may come while
            goroutines could still run.
        fair_bound: after how many polls in a row in vain a goroutine waits for a change; 0 is never. See
            `harness.runtime.polling`.
    """

    clock: str = IDLE
    max_steps: int = 10_000
    early_firings: int = 2
    fair_bound: int = FAIR_BOUND

    @property
    def early(self) -> int | None:
        """The budget of early firings for a scheduler; None under the idle clock."""
        return self.early_firings if self.clock == ADVERSARIAL else None


class Execution:
    """What one run of a program came to.

    Attributes:
        outcome: how main ended.
        waiting: the goroutines that are blocked for good at the end, by spawn path. Where an execution was cut off,
            these are the ones that nobody who can still move could wake: see `harness.runtime.reachability`.
        running: where an execution was cut off, the goroutines that may still move.
        returned: main has returned, whatever became of the others.
        steps: how many transitions were taken.
        shared: how many plain variables the program created, channels it closed to which others may have sent, wait
            groups for which others may have waited than those who added, and clients that several goroutines wrote
            to; without any there is no data race to look for.
        settings: clock and limits.
        decisions: where a faster loop chose, what it noted instead of indices (see `harness.runtime.fast`); else None.
        replayed: of a token's execution, how it was had again: "exactly", or "guided": the program has been edited
            since, and its order was followed wherever it still applies.
        missed: where it did not.
        kept: what is known to be as it was when the token was made; see `harness.model.order`.
    """

    __slots__ = (
        "_ending",
        "_explain",
        "_retrace",
        "_schedule",
        "_skeleton",
        "_trace",
        "decisions",
        "kept",
        "missed",
        "outcome",
        "replayed",
        "returned",
        "running",
        "settings",
        "shared",
        "steps",
        "waiting",
    )

    def __init__(
        self,
        outcome: Outcome,
        waiting: tuple[Waiting, ...],
        steps: int,
        shared: int,
        settings: Settings,
        schedule: tuple[int, ...] | Callable[[], tuple[int, ...]],
        retrace: Callable[[tuple[int, ...], bool], Trace],
        *,
        running: tuple[Waiting, ...] = (),
        returned: bool | None = None,
        explain: Callable[[tuple[int, ...]], Ending] = lambda schedule: Ending(),
        decisions: Sequence[Any] | None = None,
    ) -> None:
        self.outcome = outcome
        self.waiting = waiting
        self.running = running
        self.returned = isinstance(outcome, Returned) if returned is None else returned
        self.steps = steps
        self.shared = shared
        self.settings = settings
        self.decisions = decisions
        self.replayed = ""
        self.missed: tuple[Missed, ...] = ()
        self.kept = UNKNOWN
        self._schedule = schedule
        self._retrace = retrace
        self._explain = explain
        self._ending: Ending | None = None
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
    def ending(self) -> Ending:
        """Who is left and why, with places, found out by running the schedule once more."""
        if self._ending is None:
            self._ending = self._explain(self.schedule)
        return self._ending

    @property
    def leaked(self) -> tuple[str, ...]:
        """The goroutines that are left behind for ever after main returned."""
        if not self.returned:
            return ()
        return tuple(waiting.goroutine for waiting in self.waiting)

    def __repr__(self) -> str:
        return f"<Execution of {self.steps} steps: {self.outcome}>"
