"""What a transition that is about to be taken does: as labels for the race detector, and in words for people."""

from __future__ import annotations

from typing import Any

from harness.model.dependence import CLOSE
from harness.model.operation import DEFAULT, Operation, Transition
from harness.model.trace import shorten
from harness.primitives.cancellation import CANCEL, CANCEL_CHILD
from harness.primitives.select import SELECT
from harness.primitives.sync import AGAIN
from harness.primitives.world import NOTHING, Nothing
from harness.runtime.clock import Tick

Labels = tuple[str, tuple[str, ...], str]

STEPS = {
    "announce": "ask for {} to write",
    "write_lock": "lock {} for writing",
    "write_unlock": "unlock {} for writing",
    "read_lock": "lock {} for reading",
    "read_unlock": "unlock {} for reading",
    "try_lock": "try to lock {}",
    "try_read_lock": "try to lock {} for reading",
    "try_write_lock": "try to lock {} for writing",
    "compare_and_swap": "compare-and-swap {}",
    "cond_enqueue": "begin to wait on {}",
    "cond_wake": "wake from waiting on {}",
    "once_enter": "come to {}",
    "once_leave": "end the function of {}",
    "context_err": "ask {} for its error",
    "context_cause": "ask {} for its cause",
    "length": "ask {} for its length",
    "stop_function": "stop {}",
    "remove_child": "leave {}",
}
"""What the steps of Go's functions do, for people; the others are called by their kind."""


def committed(transition: Transition) -> Operation:
    """The operation that the transition completes; of a select, the chosen case (or the select, by default)."""
    operation: Operation = transition[0].operation
    if operation[0] is SELECT and transition[1] != DEFAULT:
        case: Operation = operation[1][transition[1]]
        return case
    if operation[0] is CANCEL_CHILD:
        return CANCEL, operation[3][transition[1]], None
    return operation


# -- for the race detector -----------------------------------------------------------------------------------


def labels(transition: Transition) -> Labels:
    """Kind, ids of the objects touched, and detail: see `harness.model.trace.Action`."""
    if len(transition) == 1:
        return _timer_labels(transition[0])
    operation = committed(transition)
    if operation[0] is SELECT:
        return "default", tuple(case[1].identity for case in operation[1]), " ".join(c[0].name for c in operation[1])
    if len(transition) == 4:
        return "rendezvous", (operation[1].identity,), "0"
    kind = _kind(operation, transition[1])
    subject = operation[1]
    if isinstance(subject, Nothing):
        return kind, (), ""
    return kind, (subject.identity, *_also_touched(kind, subject)), _detail(kind, operation)


def _timer_labels(timer: Any) -> Labels:
    if isinstance(timer, Tick):
        return "tick", (), ""
    closed = [touched.identity for touched, label in timer.footprint if label == CLOSE]
    return "timer", ((timer.channel or timer).identity, *closed), ""


def _kind(operation: Operation, way: int) -> str:
    """The kind's name, made more precise by what the operation finds."""
    kind: str = operation[0].name
    subject = operation[1]
    match kind:
        case "send" if subject.closed:
            return "send_on_closed"
        case "receive" if not subject.buffer:
            return "receive_closed"
        case "close" if subject.closed:
            return "close_of_closed"
        case "wait" if way == AGAIN:
            return "wait_again"
    return kind


def _also_touched(kind: str, subject: Any) -> list[str]:
    if kind in ("cancel", "stop_function"):
        return [subject.channel.identity] if subject.error is None else []
    if kind in ("context_err", "context_cause", "stop", "reset") and subject.channel is not None:
        return [subject.channel.identity]
    return []


def _detail(kind: str, operation: Operation) -> str:
    """What the detector needs to know besides kind and objects."""
    subject = operation[1]
    match kind:
        case "send" | "send_on_closed" | "receive":
            return str(subject.capacity)
        case "add":
            return str(operation[2])
        case "compare_and_swap":
            return "failed" if subject.value != operation[2] else "swapped"
        case "try_lock":
            return "failed" if subject.locked else "locked"
        case "try_write_lock":
            return "failed" if subject.announced or subject.readers else "locked"
        case "try_read_lock":
            return "failed" if subject.announced else "locked"
        case "once_enter":
            return "later" if subject.finished else "first"
        case "cond_enqueue":
            return str(subject.mutex.identity)
    return ""


# -- for people ----------------------------------------------------------------------------------------------


def told(transition: Transition) -> tuple[str, str, str]:
    """What happens in a few words, the object's name, and the value that goes through a channel."""
    return words(transition), subject_of(transition), value_of(transition)


def value_of(transition: Transition) -> str:
    """What a channel operation sends or receives, as text; empty for any other."""
    if len(transition) == 1:
        return ""
    operation = committed(transition)
    match operation[0].name:
        case "send":
            return shorten(operation[2])
        case "receive" if operation[1].buffer:
            return shorten(operation[1].buffer[0])
    return ""


def subject_of(transition: Transition) -> str:
    """The name of the object that the operation, or the chosen case of a select, concerns; empty if there is none."""
    if len(transition) == 1:
        return ""
    operation = committed(transition)
    return "" if operation[0] is SELECT or isinstance(operation[1], Nothing) else str(operation[1].name)


def words(transition: Transition) -> str:
    """What happens, in a few words."""
    if len(transition) == 1:
        return _timer_words(transition[0])
    operation = committed(transition)
    if operation[0] is SELECT:
        return "select takes its default"
    if len(transition) == 4:
        return f"send {shorten(operation[2])} on {operation[1].name} to {transition[2].name}"
    return _operation_words(operation, transition[1])


def _timer_words(timer: Any) -> str:
    if isinstance(timer, Tick):
        return f"time comes to {timer.deadline:g} s"
    if timer.channel is None and timer.function is None:
        return f"the deadline of {timer.name} comes"
    return f"{(timer.channel or timer).name} fires"


def _operation_words(operation: Operation, way: int) -> str:
    subject = operation[1]
    if subject is NOTHING:
        return (
            f"choose {way} out of 0 to {operation[2] - 1}" if operation[0].name == "choose" else str(operation[0].name)
        )
    if operation[0].words is not None:
        told: str = operation[0].words(operation)
        return told
    name = subject.name
    kind = _kind(operation, way)
    match kind:
        case "send_on_closed":
            return f"send {shorten(operation[2])} on closed {name}"
        case "send":
            fill = f"{len(subject.buffer) + 1} of {subject.capacity} buffered"
            return f"send {shorten(operation[2])} on {name} ({fill})"
        case "receive":
            return f"receive {shorten(subject.buffer[0])} from {name}"
        case "receive_closed":
            return f"receive from {name}, closed and empty"
        case "load" | "atomic_load":
            return f"load {name}, which is {shorten(subject.value)}"
        case "store" | "atomic_store":
            return f"store {shorten(operation[2])} in {name}"
        case "swap":
            return f"swap {shorten(operation[2])} in {name}"
        case "add":
            deed = f"add {operation[2]} to" if operation[2] != -1 else "call done on"
            return f"{deed} {name}, making {subject.counter + operation[2]}"
        case "atomic_add":
            return f"add {operation[2]} to {name}, making {shorten(subject.value + operation[2])}"
        case "wait_again":
            return f"wait {name}, which is in use again"
    return STEPS.get(kind, f"{kind} {{}}").replace("{}", name)
