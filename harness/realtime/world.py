"""The state of one run on the event loop: who lives, what can happen, and how it happens. It decides nothing.

Invariants between turns (see `harness.realtime.driver`):
  * every live goroutine is pending at an operation, and is either busy (its task will make an attempt) or asleep;
  * no goroutine that is asleep could move. So when all are asleep and time cannot help, that is the end: the
    state says so, and nobody has to wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.model.errors import Fatal, ForeignAwaitable, HarnessError, Panic
from harness.model.operation import SINGLE, Kind, Operation, Transition
from harness.model.outcome import Deadlocked, Outcome, Panicked, Returned
from harness.primitives.select import rendezvous
from harness.primitives.time import Alarm
from harness.primitives.world import start_coroutine
from harness.realtime.clock import matters
from harness.realtime.goroutine import Goroutine
from harness.runtime.teardown import bury


class RealWorld:
    """What primitives see as the running world."""

    def __init__(self) -> None:
        self.live: list[Goroutine] = []
        self.spawned: list[Goroutine] = []
        self.steps = 0
        self.panic: Panicked | None = None
        self.returned: Returned | None = None
        self.goroutine: Any = None
        self.now = 0.0
        self.timers: list[Alarm] = []
        self.timed = self.due = self.functions = False
        self.serials = 1
        self.shared = 0
        self.observed: list[Any] = []
        self.armed: list[Any] = []
        self.fair_bound = 0

    # -- starting goroutines -------------------------------------------------------------------------------

    def begin(self, program: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        """Main is the first goroutine to start."""
        self.spawned.append(Goroutine(start_coroutine(program, arguments), "main"))

    def spawn(self, function: Callable[..., Any], arguments: tuple[Any, ...], launcher: Any = None) -> None:
        """`go`, or what a timer does: the new goroutine starts when the current one reaches its next operation."""
        coroutine = start_coroutine(function, arguments)
        if launcher is None:
            self.spawned.append(self.goroutine.child(function, coroutine, self.serials))
        else:
            self.spawned.append(Goroutine(coroutine, launcher.place, self.serials, launcher.starter))
        self.serials += 1

    def look_again(self, operation: Operation) -> Operation:
        """Real goroutines may poll as long as they like."""
        return operation

    def settle(self) -> list[Goroutine]:
        """Bring the goroutines that were just started to their first operations; returns them."""
        started = []
        while self.spawned:
            goroutine = self.spawned.pop(0)
            started.append(goroutine)
            self.live.append(goroutine)
            self.resume(goroutine, goroutine.coroutine.send, None)
        return started

    # -- what can happen -----------------------------------------------------------------------------------

    def ways(self, goroutine: Goroutine) -> list[Transition]:
        """How the goroutine's operation can complete now. Only parked goroutines are partners for a rendezvous."""
        parked = [other for other in self.live if other.parked is not None and other is not goroutine]
        out = own_ways(goroutine, parked)
        for sender in parked:
            out += [transition for transition in own_ways(sender, [goroutine]) if len(transition) == 4]
        return out

    def pending(self) -> list[Operation]:
        """The operations of all live goroutines."""
        return [goroutine.operation for goroutine in self.live if goroutine.operation is not None]

    def over(self) -> bool:
        """Can nothing move any more, or has a panic ended it?"""
        if self.panic is not None or not (self.live or self.functions):
            return True
        return all(goroutine.asleep for goroutine in self.live) and not matters(self.timers, self.pending())

    # -- making it happen ----------------------------------------------------------------------------------

    def take(self, transition: Transition) -> None:
        """Complete one operation, or two in a rendezvous, and run the goroutines to their next operations."""
        self.steps += 1
        if len(transition) == 2:
            self.perform(*transition)
            return
        sender, way, receiver, receiver_way = transition
        sent, received = rendezvous(sender.operation, way, receiver.operation, receiver_way)
        self.resume(sender, sender.coroutine.send, sent)
        self.resume(receiver, receiver.coroutine.send, received)

    def perform(self, goroutine: Goroutine, way: int) -> None:
        """Complete the operation of one goroutine, and resume it."""
        operation: Any = goroutine.operation
        kind: Kind = operation[0]
        try:
            value = kind.perform(operation) if kind.ways is None else kind.perform(operation, way)
        except Fatal as fatal:
            self.bury(goroutine)
            self.crash(goroutine, f"fatal error: {fatal}", fatal)
        except Exception as error:
            self.resume(goroutine, goroutine.coroutine.throw, error)
        else:
            self.resume(goroutine, goroutine.coroutine.send, value)

    def resume(self, goroutine: Goroutine, method: Callable[[Any], Any], value: Any) -> None:
        """Run a goroutine to its next operation, by its coroutine's `send` or `throw`."""
        self.goroutine = goroutine
        goroutine.rouse()
        goroutine.parked = goroutine.wake = goroutine.operation = None
        try:
            operation = method(value)
        except BaseException as error:
            self.live.remove(goroutine)
            self.end(goroutine, error)
        else:
            self.announce(goroutine, operation)

    def announce(self, goroutine: Goroutine, operation: Any) -> None:
        """The goroutine is pending at `operation`, if that is one."""
        if type(operation) is tuple and operation and type(operation[0]) is Kind:
            goroutine.operation = operation
            return
        self.bury(goroutine)
        what = "a bare yield" if operation is None else f"an object of type {type(operation).__qualname__}"
        raise ForeignAwaitable(
            f"goroutines may await the harness's own operations only, but {goroutine.name} awaited {what}; "
            f"use harness.sleep, harness.Channel and so on, on the real event loop too"
        )

    def end(self, goroutine: Goroutine, error: BaseException) -> None:
        """The goroutine has returned (StopIteration) or died of `error`."""
        if type(error) is StopIteration:
            if goroutine.name == "main":
                self.returned = Returned(error.value)
        elif isinstance(error, HarnessError | KeyboardInterrupt | MemoryError):
            raise error
        else:
            text = str(error) if type(error) is Panic else f"{type(error).__name__}: {error}"
            self.crash(goroutine, text, error)

    def crash(self, goroutine: Goroutine, message: str, error: BaseException) -> None:
        """A panic that nobody recovered: the run is over, as Go's process would be."""
        self.panic = self.panic or Panicked(goroutine.name, message, error)

    def bury(self, goroutine: Goroutine) -> None:
        """The goroutine vanishes without running its cleanup."""
        self.live.remove(goroutine)
        goroutine.operation = goroutine.parked = None
        bury(goroutine.coroutine)

    # -- ending --------------------------------------------------------------------------------------------

    def outcome(self) -> Outcome:
        """What main has come to, now that it is over."""
        return self.panic or self.returned or Deadlocked(tuple(goroutine.name for goroutine in self.live))

    def close(self) -> None:
        """The goroutines that are left vanish, as in Go."""
        for goroutine in list(self.live):
            self.bury(goroutine)
        for goroutine in self.spawned:
            goroutine.coroutine.close()


def own_ways(goroutine: Goroutine, partners: Sequence[Goroutine]) -> list[Transition]:
    """The ways that are listed under `goroutine`: a rendezvous with one of `partners` is, if it is the sender."""
    operation: Any = goroutine.operation
    kind: Kind = operation[0]
    out: list[Transition] = []
    if kind.ways is not None:
        kind.ways(goroutine, operation, partners, out)
    elif kind.ready is None or kind.ready(operation):
        out.append((goroutine, SINGLE))
    return out
