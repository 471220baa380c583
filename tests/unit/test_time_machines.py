"""Timers, tickers and trees of contexts against the plainest models."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from harness.primitives import time
from harness.primitives.cancellation import CANCEL, CANCELED, DEADLINE_EXCEEDED, cancel_children
from harness.primitives.channel import RECEIVE
from harness.primitives.context import (
    CONTEXT_ERR,
    Context,
    background,
    with_cancel,
    with_deadline,
)
from harness.primitives.time import Alarm
from tests.unit.still_world import PrimitiveMachine, ready, result_of

some_seconds = st.sampled_from([0, 0.1, 0.2, 0.3, 1, 1.5, 7])


def tenths(seconds: float) -> int:
    return round(seconds * 10)


class AlarmMachine(PrimitiveMachine):
    """A timer (`period` 0) or ticker: when it fires next, and at most one time that nobody has received yet."""

    @initialize(seconds=some_seconds, period=st.sampled_from([0, 0, 0.1, 0.3]))
    def create(self, seconds: float, period: float) -> None:
        self.period = tenths(period)
        first = period or seconds
        self.alarm = Alarm(time.instant(first, "test"), period=period)
        self.next: int | None = tenths(first)
        self.value: int | None = None

    @property
    def now(self) -> int:
        return tenths(self.world.now)

    @rule(seconds=some_seconds)
    def time_passes(self, seconds: float) -> None:
        """Everything that is due fires, the equal deadlines included."""
        self.world.now = time.instant(seconds, "test", self.world.now)
        while self.alarm.active and self.alarm.deadline <= self.world.now:
            self.alarm.fire(self.alarm.deadline)
        while self.next is not None and self.next <= self.now:
            self.value = self.next if self.value is None else self.value
            self.next = self.next + self.period if self.period else None

    @rule()
    def stop(self) -> None:
        assert result_of((time.STOP, self.alarm)) is (self.next is not None or self.value is not None)
        self.next = self.value = None

    @rule(seconds=some_seconds)
    def reset(self, seconds: float) -> None:
        active = result_of((time.RESET, self.alarm, seconds))
        if self.period and not seconds:
            assert active == "panic: non-positive interval for Ticker.Reset"
            return
        assert active is (self.next is not None or self.value is not None)
        self.period = tenths(seconds) if self.period else 0
        self.next, self.value = self.now + tenths(seconds), None

    @rule()
    def receive(self) -> None:
        operation = (RECEIVE, self.alarm.channel)
        assert ready(operation) == (self.value is not None)
        if ready(operation):
            value, ok = result_of(operation)
            assert (tenths(value), ok) == (self.value, True)
            self.value = None

    @invariant()
    def agrees(self) -> None:
        assert self.alarm.channel is not None
        self.alarm.channel.check()
        assert self.alarm.active == (self.next is not None) == (self.alarm in self.world.timers)
        if self.next is not None:
            assert tenths(self.alarm.deadline) == self.next


class ContextMachine(PrimitiveMachine):
    """A context is cancelled by whatever comes first: its own cancel, its deadline, or its parent's end."""

    @initialize()
    def create(self) -> None:
        self.contexts: list[Context] = [background()]
        self.parents: list[int] = [-1]
        self.causes: list[str | None] = [None]

    def add(self, context: Context, parent: int, cause: str | None) -> None:
        self.contexts.append(context)
        self.parents.append(parent)
        self.causes.append(self.causes[parent] or cause)

    def end(self, number: int, cause: str) -> None:
        if self.causes[number] is None:
            self.causes[number] = cause
            for child, parent in enumerate(self.parents):
                if parent == number:
                    self.end(child, cause)

    @rule(data=st.data())
    def derive(self, data: Any) -> None:
        parent = data.draw(st.integers(0, len(self.contexts) - 1))
        self.add(with_cancel(self.contexts[parent])[0], parent, None)

    @rule(data=st.data(), when=st.integers(0, 5))
    def derive_with_deadline(self, data: Any, when: int) -> None:
        parent = data.draw(st.integers(0, len(self.contexts) - 1))
        self.add(
            with_deadline(self.contexts[parent], when)[0],
            parent,
            DEADLINE_EXCEEDED if when <= self.world.now else None,
        )

    @rule(data=st.data())
    def cancel(self, data: Any) -> None:
        number = data.draw(st.integers(0, len(self.contexts) - 1))
        if number:
            under_way = result_of((CANCEL, self.contexts[number], None))
            if under_way is not None:
                self.run(cancel_children(under_way))
            self.end(number, CANCELED)

    def run(self, canceller: Any) -> None:
        """Take the steps of somebody who goes through a tree; nobody else is under way."""
        for operation in canceller.__await__():
            assert operation[1].busy
            assert operation[1].error is not None
            operation[0].perform(operation, 0)

    @rule()
    def a_second_passes(self) -> None:
        self.world.now += 1
        for timer in list(self.world.timers):
            if timer.active and timer.deadline <= self.world.now:
                timer.fire(self.world.now)
                while self.world.started:
                    self.run(self.world.started.pop())
        for number, context in enumerate(self.contexts):
            if context.deadline is not None and context.deadline <= self.world.now:
                self.end(number, DEADLINE_EXCEEDED)

    @invariant()
    def agrees(self) -> None:
        for context, cause in zip(self.contexts, self.causes, strict=True):
            assert result_of((CONTEXT_ERR, context)) == cause
            assert context.done().closed == (cause is not None)

    @invariant()
    def no_child_outlives_its_parents_deadline(self) -> None:
        for context, parent in zip(self.contexts[1:], self.parents[1:], strict=True):
            limit = self.contexts[parent].deadline
            assert limit is None or (context.deadline is not None and context.deadline <= limit)

    @invariant()
    def nobody_is_busy(self) -> None:
        assert not any(context.busy for context in self.contexts)
        assert not any(child.error for context in self.contexts if not context.error for child in context.children)

    @invariant()
    def only_live_contexts_have_alarms(self) -> None:
        armed = sum(context.alarm is not None and context.alarm.active for context in self.contexts)
        assert armed == len(self.world.timers)
        assert not any(context.error and context.alarm and context.alarm.active for context in self.contexts)


TestAlarm = AlarmMachine.TestCase
TestContext = ContextMachine.TestCase
