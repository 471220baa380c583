"""From a schedule of ours to what the gate is to do: which goroutine goes on, at which operation, when.

One step of a schedule completes one operation, or two that meet; the Go program stands at a gate before each of them.
An operation that parks before it completes (`Cond.Wait`, the `Lock` of an RWMutex with readers inside) is begun by
one step and completed by a later one. Where Go does in one call what takes us several steps, the later ones open no
gate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.golang.timing import Timing, due_at, reset_by
from harness.model.errors import NondeterministicProgram
from harness.model.operation import DEFAULT, Operation, Transition
from harness.model.outcome import Panicked
from harness.primitives.choice import CHOOSE
from harness.primitives.mutex import ANNOUNCE, WRITE_LOCK
from harness.primitives.naming import describe
from harness.primitives.select import SELECT
from harness.primitives.sync import AGAIN, COND_ENQUEUE, COND_WAKE, REUSED, WAIT
from harness.runtime.execute import Subject

ANY = -2
"""No case is left out: see `gate.Any`."""

WITHIN_ONE_CALL = ("cancel_child", "remove_child")
"""Kinds of steps that Go takes in the call that an earlier step has made: a cancel function goes through its tree."""


@dataclass(slots=True)
class Script:
    """A schedule as the gate follows it.

    Attributes:
        steps: see `gate.Step`.
        stuck: the goroutines that are blocked at the end, and at what.
        panic: who panics and how, if that ends it.
        beyond: why no gate can bring it about, if that is so.
        shifts: by how many nanoseconds each timer fires later than it is set, so that ties come in the right order.
    """

    steps: list[dict[str, Any]] = field(default_factory=list)
    stuck: dict[str, str] = field(default_factory=dict)
    panic: str = ""
    beyond: str = ""
    shifts: dict[str, int] = field(default_factory=dict)

    def outcome(self, logs: Mapping[str, Sequence[str]]) -> str:
        """What it comes to, if every goroutine (all are in `logs`) has written down what it did."""
        return self.panic or outcome_text(logs, self.stuck)

    def job(self, program: str, runs: int, wanted: str, *, bubble: bool) -> dict[str, Any]:
        """The job that forces it on a program, so many times."""
        return {
            "Program": program,
            "Runs": runs,
            "Forced": True,
            "Bubble": bubble,
            "Steps": self.steps,
            "Stuck": list(self.stuck),
            "Wanted": wanted,
            "Shifts": self.shifts,
        }


def outcome_text(logs: Mapping[str, Sequence[str]], stuck: Mapping[str, str]) -> str:
    """See `World.outcome` in `gate/world.go`."""
    ended = {name: f"@{operation}" for name, operation in stuck.items()}
    return " ".join(sorted(f"{name}[{'; '.join(log)}]{ended.get(name, '')}" for name, log in logs.items()))


def script_of(subject: Subject, schedule: Sequence[int]) -> Script:
    """What the gate is to do for the execution of `subject` with this schedule; ends with the first panic.

    Raises:
        NondeterministicProgram: the program does not offer what was taken before.
    """
    script, timing = Script(), Timing()
    opened: list[list[dict[str, Any]] | None] = []
    with subject.begun() as scheduler:
        timing.note(scheduler, None)
        for index in schedule:
            enabled = scheduler.enabled()
            if index >= len(enabled):
                raise NondeterministicProgram("on running the same choices again, there are fewer")
            script.beyond = script.beyond or _beyond(scheduler.live, enabled[index])
            grants, due, again = _grants(enabled[index]), due_at(enabled[index]), reset_by(enabled[index])
            scheduler.take(enabled[index])
            timing.note(scheduler, due, again)
            opened.append(grants)
            if scheduler.panic is not None:
                script.panic = panic_text(scheduler.panic)
                break
        if not script.panic:
            script.stuck = {goroutine.name: label(goroutine.operation) for goroutine in scheduler.left()}
    shifts = timing.shifts()
    script.shifts = shifts or {}
    if shifts is None:
        script.beyond = script.beyond or "timers tie more than once, in contrary orders; each can be shifted in one way"
    times = list(timing.times(script.shifts))[1:]
    steps = zip(times, opened, strict=True)
    script.steps = [{"At": at, "Grants": grants} for at, grants in steps if grants is not None]
    return script


def _beyond(live: Sequence[Any], transition: Transition) -> str:
    """Why no gate can bring a step about, if that is so."""
    first = transition[0]
    inside = [goroutine for goroutine in live if goroutine.operation[0].name in WITHIN_ONE_CALL]
    if inside and first not in inside:
        return "a cancel function goes through its tree in one call; no gate can stop it between two contexts"
    if len(transition) == 2 and first.operation[0] is WAIT and transition[1] == REUSED:
        return "a waiter that was woken goes on at once; no gate can hold it until somebody has added again"
    return ""


def panic_text(panic: Panicked) -> str:
    """How the gate tells of a panic; of a fatal error Go only says what it was."""
    return panic.message if panic.message.startswith("fatal error: ") else f"{panic.goroutine} panics: {panic.message}"


def _grants(transition: Transition) -> list[dict[str, Any]] | None:
    """The gates that a step opens; None if it is no step in Go."""
    first = transition[0]
    if len(transition) == 1:
        return []
    if len(transition) == 4:
        pair = [_grant(first, transition[1]), _grant(transition[2], transition[3])]
        if _has_default(first.operation):
            pair.reverse()
        pair[0]["Parks"] = any(_has_default(side.operation) for side in (first, transition[2]))
        return pair
    operation, way = first.operation, transition[1]
    if operation[0] is COND_WAKE or operation[0].name in WITHIN_ONE_CALL or (operation[0] is WAIT and way == AGAIN):
        return None
    return [_grant(first, way)]


def _grant(goroutine: Any, way: int) -> dict[str, Any]:
    operation = goroutine.operation
    kind = operation[0]
    parks = kind is COND_ENQUEUE or (kind is ANNOUNCE and _waits_for_readers(operation[1]))
    chooses = kind is SELECT or kind is CHOOSE
    return {
        "Goroutine": goroutine.name,
        "Operation": label(operation),
        "Way": (ANY if way == DEFAULT else way) if chooses else ANY,
        "Parks": parks,
    }


def _waits_for_readers(lock: Any) -> bool:
    return bool(lock.readers and lock.readers + lock.departing)


def _has_default(operation: Operation) -> bool:
    return operation[0] is SELECT and bool(operation[2])


def label(operation: Operation | None) -> str:
    """How the Go program announces this operation. What parks is announced once, before it begins."""
    assert operation is not None
    kind = operation[0]
    if kind is SELECT:
        return "select"
    if kind is COND_WAKE:
        return describe((COND_ENQUEUE, *operation[1:]))
    if kind is WRITE_LOCK and not WRITE_LOCK.ready(operation):
        return describe((ANNOUNCE, *operation[1:]))
    return describe(operation)
