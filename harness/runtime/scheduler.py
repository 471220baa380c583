"""One execution in progress: it lists the enabled transitions and performs the one it is told to. It decides nothing.

`enabled` is in canonical order: goroutines by creation, each one's alternatives by number, then timers. An index
into it is a choice, and the list of all choices is the schedule. This is the definition of the model of
execution; `harness.runtime.fast` is a faster loop over the same state, and a test proves that they agree.

Invariant: between two steps every live goroutine is suspended at an operation that has not happened yet.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CoroutineType
from typing import Any

from harness.model.errors import BadInput, BlockingCall, Fatal, HarnessError, StuckProgram
from harness.model.operation import SINGLE, Kind, Operation, Transition
from harness.model.outcome import Deadlocked, FairBoundReached, Outcome, Panicked, Returned, StepLimitReached
from harness.primitives.panics import PANIC, PANICS
from harness.primitives.polling import look_of
from harness.primitives.select import rendezvous
from harness.primitives.time import SLEEP, Alarm
from harness.primitives.world import coroutine_from, running, start_coroutine
from harness.runtime import clock, polling
from harness.runtime.complaints import described, foreign, of_asyncio, of_this_time, raised_by_asyncio, text_of
from harness.runtime.goroutine import Goroutine
from harness.runtime.location import location
from harness.runtime.teardown import bury

Choose = Callable[[list[Transition]], int]


class Scheduler:
    """The state of one execution. `early` bounds early timer firings; None is the idle clock.

    `fair_bound` (0: none): see `harness.runtime.polling`. `functions`: timers or contexts may start functions.
    """

    __slots__ = (
        "armed", "crashes", "due", "early", "fair_bound", "fault", "finished", "functions", "goroutine",
        "idle", "live", "now", "observed", "panic", "raised", "result", "serials", "shared", "spawned", "stepped",
        "timed", "timers",
    )  # fmt: skip

    def __init__(self, early: int | None = None, fair_bound: int = 0) -> None:
        self.early = early
        self.fair_bound = fair_bound
        self.due = False
        self.live: list[Goroutine] = []
        self.spawned: list[Goroutine] = []
        self.timers: list[Alarm] = []
        self.now: float = 0.0
        self.goroutine: Any = None
        self.serials = 0
        self.shared = 0
        self.stepped = 0
        self.timed = self.functions = False
        self.idle = True
        self.finished = False
        self.result: Any = None
        self.panic: Panicked | None = None
        self.crashes = 0
        self.observed: list[tuple[Any, int]] = []
        self.armed: list[Any] = []
        self.raised: Exception | None = None
        self.fault: HarnessError | None = None

    # -- starting goroutines -------------------------------------------------------------------------------

    def begin(self, program: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        """Start main and bring every goroutine to its first operation.

        Raises:
            BadInput: another execution is in progress, or `program` is not an async function.
        """
        if running.world is not None:
            raise BadInput("an execution is in progress already: a program under test cannot start another one")
        running.world = self
        self.spawn(program, arguments)
        self.settle()
        if self.fault is not None:
            raise self.fault

    def spawn(self, function: Callable[..., Any], arguments: tuple[Any, ...], launcher: Any = None) -> None:
        """`go`, or what a timer does: the new goroutine starts when the current one reaches its next operation."""
        coroutine = function(*arguments) if callable(function) else start_coroutine(function, arguments)
        if type(coroutine) is not CoroutineType:
            coroutine = coroutine_from(coroutine, function)
        parent = self.goroutine if launcher is None else launcher.starter
        self.spawned.append(Goroutine(self.serials, coroutine, function, parent, launcher))
        self.serials += 1
        if running.note is not None:
            running.note(self.spawned[-1])

    def look_again(self, operation: Operation) -> Operation:
        """See `harness.runtime.polling`."""
        return polling.look_again(self, operation)

    def settle(self) -> None:
        """Run the goroutines that were just started to their first operation."""
        for goroutine in self.spawned:
            self.live.append(goroutine)
            self.resume(goroutine, None)
        self.spawned.clear()

    # -- what can happen -----------------------------------------------------------------------------------

    def enabled(self) -> list[Transition]:
        """Every transition that is possible now, in canonical order."""
        out: list[Transition] = []
        live = self.live
        for goroutine in live:
            operation: Any = goroutine.operation
            kind = operation[0]
            ready = kind.ready  # what a slot holds is called faster from a local variable
            if ready is not None:
                if ready(operation):
                    out.append((goroutine, SINGLE))
            elif kind.ways is None:
                out.append((goroutine, SINGLE))
            else:
                kind.ways(goroutine, operation, live, out)
        if self.timed and (live or self.due or self.functions):
            self.add_timers(out)
        return out

    def add_timers(self, out: list[Transition]) -> None:
        """Append what the clock may do now; remember whether the goroutines were idle.

        After a panic, and when all goroutines have ended and no timer is to start a function, time stands still: what
        is due happens, and nothing more becomes due.
        """
        self.idle = not out
        may_move = (self.idle or bool(self.early)) and self.panic is None and (bool(self.live) or self.functions)
        if not may_move and not self.due:
            return
        due, upcoming = clock.due_and_next(self.timers, self.live, self.now, may_move, self.early is not None)
        self.due = any(timer.deadline <= self.now for timer in self.timers)
        out += due
        if self.idle and due:
            self.idle = False
        if may_move and (self.idle or self.early):
            out += upcoming

    # -- making it happen ----------------------------------------------------------------------------------

    def take(self, transition: Transition) -> None:
        """Perform one enabled transition and run the goroutines concerned to their next operations."""
        self.stepped += 1
        if len(transition) == 2:
            goroutine, way = transition
            operation = goroutine.operation
            kind = operation[0]
            if kind is SLEEP and operation[2] > self.now:
                self.move_time(operation[2])
            try:
                perform = kind.perform
                value = perform(operation) if kind.ways is None else perform(operation, way)
            except Exception as error:
                self.fail(goroutine, error)
            else:
                self.resume(goroutine, value)
        elif len(transition) == 4:
            sender, way, receiver, receiver_way = transition
            sent, received = rendezvous(sender.operation, way, receiver.operation, receiver_way)
            self.resume(sender, sent)
            self.resume(receiver, received)
        else:
            timer = transition[0]
            if timer.deadline > self.now:
                self.move_time(timer.deadline)
            timer.fire(self.now)
        if self.spawned:
            self.settle()
        if self.fault is not None:
            raise self.fault

    def fail(self, goroutine: Goroutine, error: Exception) -> None:
        """The goroutine's operation did not complete: it panicked, or failed in Python."""
        if not isinstance(error, Fatal):
            return self.throw(goroutine, error)
        error.place = location(goroutine.coroutine)
        self.crash(goroutine, f"fatal error: {error}", error)
        bury(goroutine.coroutine)

    def move_time(self, deadline: float) -> None:
        """Let time pass until `deadline`."""
        if self.early:  # goroutines may be slower than the clock: nobody is known to have parked
            self.early -= not self.idle
        elif self.idle:
            for goroutine in self.live:
                if look_of(goroutine.operation) is None:
                    goroutine.parked = goroutine.operation
        self.now = deadline
        self.due = bool(self.timers)
        clock.pass_silently(self.timers, deadline)

    def resume(self, goroutine: Goroutine, value: Any) -> None:
        """Run a goroutine, which has just been given `value`, to its next operation."""
        self.goroutine = goroutine
        try:
            goroutine.operation = operation = goroutine.coroutine.send(value)
        except BaseException as error:
            self.end(goroutine, error)
        else:
            if type(operation) is not tuple or not operation or type(operation[0]) is not Kind:
                self.reject(goroutine, operation)

    def throw(self, goroutine: Goroutine, cause: Exception) -> None:
        """Run a goroutine whose operation panicked, or failed in Python, to its next operation."""
        self.goroutine = goroutine
        self.raised = cause
        try:
            operation = goroutine.coroutine.throw(cause)
        except BaseException as error:
            self.end(goroutine, error)
        else:
            self.suspend(goroutine, operation)

    def suspend(self, goroutine: Goroutine, operation: Any) -> None:
        """The goroutine has announced `operation`."""
        goroutine.operation = operation
        if type(operation) is not tuple or not operation or type(operation[0]) is not Kind:
            self.reject(goroutine, operation)

    def reject(self, goroutine: Goroutine, found: Any) -> None:
        """The goroutine awaited something that is not ours."""
        self.live.remove(goroutine)
        self.fault = foreign(goroutine, described(found))
        bury(goroutine.coroutine)

    def reject_foreign(self) -> None:
        """Complain about the goroutine that awaited a tuple which is no operation, if there is one."""
        for goroutine in list(self.live):
            self.suspend(goroutine, goroutine.operation)
        if self.fault is not None:
            raise self.fault

    def end(self, goroutine: Goroutine, error: BaseException) -> None:
        """The goroutine has returned (StopIteration), or `error` has unwound it: see `harness.primitives.panics`."""
        goroutine.blocked = False  # the fast loop may have put it aside: nobody is to recall it
        if type(error) is StopIteration:
            self.live.remove(goroutine)
            goroutine.operation = None
            if not goroutine.serial:
                self.finished = True
                self.result = error.value
        elif isinstance(error, KeyboardInterrupt | BlockingCall | StuckProgram | MemoryError):
            raise error
        elif isinstance(error, HarnessError):
            self.live.remove(goroutine)
            self.fault = self.fault or error
        elif raised_by_asyncio(error):
            self.live.remove(goroutine)
            self.fault = of_asyncio(goroutine, error)
        elif goroutine.operation is not None and goroutine.operation[0] is PANIC:
            self.crash(goroutine, text_of(goroutine.operation[2]), goroutine.operation[2])
        else:
            goroutine.operation = PANIC, PANICS, of_this_time(error)

    def crash(self, goroutine: Goroutine, message: str, error: BaseException) -> None:
        """A panic that nobody recovered; Go would end the process now. The first one is the outcome."""
        self.live.remove(goroutine)
        goroutine.operation = None
        goroutine.blocked = False
        self.crashes += 1
        if self.panic is None:
            self.panic = Panicked(goroutine.name, message, error)

    # -- ending --------------------------------------------------------------------------------------------

    def outcome(self, exhausted: bool) -> Outcome:
        """What main came to; `exhausted` says that the execution was cut off by the step limit."""
        if self.panic is not None:
            return self.panic
        if exhausted:
            return StepLimitReached(self.stepped)
        if self.live:
            pollers = [goroutine.name for goroutine in self.left() if look_of(goroutine.operation) is not None]
            if pollers:
                return FairBoundReached(tuple(pollers))
        if self.finished:
            return Returned(self.result)
        return Deadlocked(tuple(goroutine.name for goroutine in self.left()))

    def left(self) -> list[Goroutine]:
        """The goroutines that are still there, in an order that the schedule has no part in."""
        return sorted(self.live, key=lambda goroutine: goroutine.path)

    def close(self) -> None:
        """End the execution: leaked goroutines vanish without running their cleanup, as in Go."""
        if self.live or self.spawned:
            for goroutine in (*self.live, *self.spawned):
                bury(goroutine.coroutine)
                goroutine.operation = None
            self.live.clear()
        self.timers.clear()
        self.goroutine = None
        if running.world is self:
            running.world = None
