"""The entry point: a program and a seed in, what came of it on the running event loop out.

The seed decides selects, `choose`, partners and delays; the event loop's clock decides the rest. So without
timers equal seeds give equal runs, and with timers they need not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.model.ending import Ending, Waiting
from harness.model.errors import BadInput
from harness.model.outcome import Deadlocked, Outcome, Returned, StepLimitReached
from harness.primitives.world import running
from harness.realtime.driver import Driver
from harness.realtime.world import RealWorld


@dataclass(frozen=True, slots=True)
class RealOutcome:
    """What one run on the event loop came to.

    It has the fields of an `Execution` that need no trace, so oracles that look at no more can judge it.

    Attributes:
        outcome: how main ended; `StepLimitReached` if `timeout` cut the run off.
        waiting: the goroutines that could not move any more at the end.
        steps: how many transitions of goroutines were taken.
    """

    outcome: Outcome
    waiting: tuple[Waiting, ...]
    steps: int

    running: ClassVar[tuple[Waiting, ...]] = ()
    ending: ClassVar[Ending] = Ending()

    @property
    def returned(self) -> bool:
        """Main has returned."""
        return isinstance(self.outcome, Returned)

    @property
    def leaked(self) -> tuple[str, ...]:
        """The goroutines that are left behind for ever although main has returned."""
        if not isinstance(self.outcome, Returned):
            return ()
        return tuple(waiting.goroutine for waiting in self.waiting)


async def run_realtime(
    program: Callable[..., Any],
    *arguments: Any,
    seed: int = 0,
    time_scale: float = 0.001,
    timeout: float = 5.0,
) -> RealOutcome:
    """Run `program(*arguments)` on the running event loop until nothing can move any more.

    One second of the program takes `time_scale` real seconds. `timeout`, in real seconds, is a last resort for
    programs that never end; deadlocks and leaks are found from the state, at once.

    Raises:
        BadInput: an argument makes no sense, or this is called from within a program.
        HarnessError: the program misused the harness; for instance, it awaited something of asyncio's.
    """
    _validate(time_scale, timeout)
    driver = Driver(seed, time_scale)
    try:
        driver.begin(program, arguments)
        await asyncio.wait({driver.ended}, timeout=timeout)
        if driver.fault is not None:
            raise driver.fault
        return _result(driver.world, cut_off=not driver.ended.done())
    finally:
        await driver.close()


def _validate(time_scale: float, timeout: float) -> None:
    if not time_scale > 0:
        raise BadInput(f"time_scale is the real length of a second and must be positive; found {time_scale!r}")
    if not timeout > 0:
        raise BadInput(f"timeout is a positive number of seconds; found {timeout!r}")
    if running.world is not None:
        raise BadInput("an execution is in progress already: a program under test cannot start another one")


def _result(world: RealWorld, *, cut_off: bool) -> RealOutcome:
    outcome = StepLimitReached(world.steps) if cut_off else world.outcome()
    waiting: tuple[Waiting, ...] = ()
    if isinstance(outcome, Returned | Deadlocked):
        waiting = tuple(goroutine.waiting for goroutine in world.live)
    return RealOutcome(outcome, waiting, world.steps)
