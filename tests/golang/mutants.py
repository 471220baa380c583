"""Hand-made mutants of the kernel's semantics, each a mistake that somebody might make, with programs that tell.

A mutant is a function of a `pytest.MonkeyPatch`. What it changes is a kind or a state machine of a primitive; the
search stays as it is, and naive, because the relation of what depends on what was made for the right semantics.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from harness.detect import rules
from harness.golang.statements import Body
from harness.golang.text import Text
from harness.primitives import cancellation, channel, mutex, select, sync, time
from harness.runtime import clock

Mutate = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake, and a program whose outcomes or races it changes."""

    name: str
    mutate: Mutate
    program: Text


MUTANTS: list[Mutant] = []


def mutant(*body: Any, capacities: tuple[int, ...] = (0, 0), timed: bool = False) -> Callable[[Mutate], Mutate]:
    """Enters the function as a mutant, which a program with this body is to catch."""

    def enter(mutate: Mutate) -> Mutate:
        name = getattr(mutate, "__name__", "mutant")
        MUTANTS.append(Mutant(name, mutate, Text(name, capacities, body, timed)))
        return mutate

    return enter


def go(*body: Any) -> tuple[str, Body]:
    """The statement that starts a goroutine."""
    return "go", body


RECV, SEND = ("recv", 0), ("send", 0, 1)
CRITICAL = (("lock", 0), ("load", 0), ("unlock", 0))


@mutant(go(RECV), go(RECV), SEND)
def receivers_are_served_in_the_order_of_creation(patch: pytest.MonkeyPatch) -> None:
    pending = channel.receivers
    patch.setattr(channel, "receivers", lambda *arguments: pending(*arguments)[:1])


@mutant(SEND, ("send", 1, 2), ("select", (("recv", "c0", 0), ("recv", "c1", 0)), False), capacities=(1, 1))
def select_prefers_its_first_ready_case(patch: pytest.MonkeyPatch) -> None:
    ways = select.SELECT.ways
    assert ways is not None

    def first(goroutine: Any, operation: Any, live: Any, out: list[Any]) -> None:
        found: list[Any] = []
        ways(goroutine, operation, live, found)
        out += found[:1]

    patch.setattr(select.SELECT, "ways", first)


@mutant(go(RECV), ("close", 0), capacities=(1, 0))
def close_wakes_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(channel.RECEIVE, "ready", lambda operation: bool(operation[1].buffer))


@mutant(("send", 0, 1), ("close", 0), RECV, RECV, capacities=(1, 0))
def close_drops_what_is_buffered(patch: pytest.MonkeyPatch) -> None:
    def close(operation: Any) -> None:
        operation[1].closed = True
        operation[1].buffer = deque()

    patch.setattr(channel.CLOSE, "perform", close)


@mutant(SEND, SEND, SEND, capacities=(2, 0))
def a_channel_holds_one_more_than_its_capacity(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(channel.SEND, "ready", lambda operation: len(operation[1].buffer) <= operation[1].capacity)


@mutant(SEND, ("select", (("recv", "c0", 0),), True), capacities=(1, 0))
def default_is_taken_though_a_case_is_certainly_ready(patch: pytest.MonkeyPatch) -> None:
    ways = select.SELECT.ways
    assert ways is not None

    def eager(goroutine: Any, operation: Any, live: Any, out: list[Any]) -> None:
        ways(goroutine, operation, live, out)
        if operation[2] and (goroutine, select.DEFAULT) not in out:
            out.append((goroutine, select.DEFAULT))

    patch.setattr(select.SELECT, "ways", eager)


@mutant(("rlock", 0), go(("wlock", 0)), go(("try_wlock", 0), ("rlock", 0)))
def a_read_lock_overtakes_a_waiting_writer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mutex.READ_LOCK, "ready", lambda operation: not operation[1].writing)


@mutant(("unlock", 0))
def unlocking_what_is_not_locked_is_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mutex.UNLOCK, "perform", lambda operation: setattr(operation[1], "locked", False))


@mutant(("try_lock", 0), ("try_lock", 0))
def try_lock_never_succeeds(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mutex.TRY_LOCK, "perform", lambda operation: False)


@mutant(go(("once", 0, (RECV,))), ("once", 0, ()), SEND)
def a_second_caller_does_not_wait_for_once(patch: pytest.MonkeyPatch) -> None:
    def enter(operation: Any) -> bool:
        once = operation[1]
        first, once.running = not (once.running or once.finished), True
        return bool(first)

    patch.setattr(sync.ONCE_ENTER, "ready", lambda operation: True)
    patch.setattr(sync.ONCE_ENTER, "perform", enter)


@mutant(("wg_add", 0), ("wg_add", 0), go(("wg_done", 0)), ("wg_wait", 0))
def wait_returns_with_one_left(patch: pytest.MonkeyPatch) -> None:
    def ways(goroutine: Any, operation: Any, live: Any, out: list[Any]) -> None:
        if operation[1].counter <= 1:
            out.append((goroutine, 0))

    patch.setattr(sync.WAIT, "ways", ways)


@mutant(go(("cond_wait", 0)), go(("cond_wait", 0)), ("signal", 0))
def signal_wakes_everybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sync.SIGNAL, "perform", sync.BROADCAST.perform)


@mutant(("cancel", 0), ("err", 1))
def cancelling_does_not_reach_children(patch: pytest.MonkeyPatch) -> None:
    def cancel(operation: Any) -> None:
        operation[1].finish(cancellation.CANCELED, None)

    patch.setattr(cancellation.CANCEL, "perform", cancel)


@mutant(("timer", 0), ("err", 1), timed=True)  # the context's deadline is due with the timer
def a_timer_cannot_tie(patch: pytest.MonkeyPatch) -> None:
    listed = clock.due_and_next

    def in_order(*arguments: Any) -> tuple[list[Any], list[Any]]:
        due, upcoming = listed(*arguments)
        return due[:1], upcoming[:1]

    patch.setattr(clock, "due_and_next", in_order)


@mutant(("sleep", 2), ("stop", 1), ("timer", 1), timed=True)
def stopping_a_timer_keeps_the_value_it_delivered(patch: pytest.MonkeyPatch) -> None:
    def stop(operation: Any) -> bool:
        alarm = operation[1]
        pending = alarm.active or bool(alarm.channel.buffer)
        alarm.disarm_after_firing()
        return pending

    patch.setattr(time.STOP, "perform", stop)


@mutant(go(("store", 0, 1), ("lock", 0)), ("try_lock", 0), ("if", (), (("load", 0),)))
def a_try_lock_in_vain_synchronises(patch: pytest.MonkeyPatch) -> None:
    """So that the race with what came before the lock is missed."""
    patch.setitem(rules.RULES, "lock", rules.RULES["unlock"])
    patch.setitem(rules.RULES, "try_lock", rules.RULES["wait"])
