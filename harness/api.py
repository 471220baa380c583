"""Every public name of `harness`, from where it is defined. `harness` looks here when one is first asked for."""

from harness.exploration import explore
from harness.model.answers import Counterexample, Falsified, Inconclusive, Passed, Proof, ReplayDiverged
from harness.model.errors import HarnessWarning, Panic
from harness.model.execution import Execution
from harness.model.outcome import Deadlocked, FairBoundReached, Panicked, Returned, StepLimitReached
from harness.primitives.channel import NIL, Channel
from harness.primitives.choice import choose, gosched
from harness.primitives.context import (
    CANCELED,
    DEADLINE_EXCEEDED,
    Context,
    background,
    cause,
    context_after_func,
    with_cancel,
    with_cancel_cause,
    with_deadline,
    with_timeout,
    without_cancel,
)
from harness.primitives.memory import Atomic, AtomicValue, Shared
from harness.primitives.mutex import Mutex, RWMutex
from harness.primitives.select import Recv, Send, select
from harness.primitives.sync import Cond, Once, WaitGroup
from harness.primitives.time import Ticker, Timer, after, after_func, sleep
from harness.primitives.world import go, now
from harness.verify import check, outcomes, prove, replay, run

__all__ = [
    "CANCELED",
    "DEADLINE_EXCEEDED",
    "NIL",
    "Atomic",
    "AtomicValue",
    "Channel",
    "Cond",
    "Context",
    "Counterexample",
    "Deadlocked",
    "Execution",
    "FairBoundReached",
    "Falsified",
    "HarnessWarning",
    "Inconclusive",
    "Mutex",
    "Once",
    "Panic",
    "Panicked",
    "Passed",
    "Proof",
    "RWMutex",
    "Recv",
    "ReplayDiverged",
    "Returned",
    "Send",
    "Shared",
    "StepLimitReached",
    "Ticker",
    "Timer",
    "WaitGroup",
    "after",
    "after_func",
    "background",
    "cause",
    "check",
    "choose",
    "context_after_func",
    "explore",
    "go",
    "gosched",
    "now",
    "outcomes",
    "prove",
    "replay",
    "run",
    "select",
    "sleep",
    "with_cancel",
    "with_cancel_cause",
    "with_deadline",
    "with_timeout",
    "without_cancel",
]
