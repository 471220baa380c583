"""Executes a program under a trace function, and notes what its code does to plain Python state.

The answer is the skeleton of the execution, in which every such access is an action of its own, of kind `PLAIN_READ` or
`PLAIN_WRITE`, in the place where it happened; so whoever knows which actions happen before which can judge it.

Only the program's own code is looked at: not the harness, nor the standard library, nor installed packages. What is not
noted: what C code does, what functions do to objects that they reach through expressions with calls in them, items of
lists against the list as a whole, variables of generators that are still suspended at the end, and what comes late in a
step, or in an execution, of very many instructions: to look at one takes a hundred times as long as to execute it.

A debugger needs the trace function for itself; then nothing is noted. Coverage gets it back in the same state; the
lines executed here are executed without a witness, too.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import CodeType, FrameType
from typing import Any

from harness.model.operation import Transition
from harness.model.place import OWN_FOLDER, short_path
from harness.model.trace import PLAIN_READ, PLAIN_WRITE, Action, Participant, Trace
from harness.primitives.world import running
from harness.runtime.execute import Subject, drive
from harness.runtime.goroutine import Goroutine
from harness.runtime.plain_names import Key, Untold, cells, key_of
from harness.runtime.plain_state import CLOSURE, Touch, touches
from harness.runtime.recorder import Recorder
from harness.runtime.scheduler import Choose, Scheduler

PER_STEP, IN_ALL = 20_000, 400_000
"""How many instructions are looked at between two operations, and in an execution: half a second."""


@dataclass(slots=True)
class Seen:
    """An access, after so many steps; `keeper` is the object that it is in, or the frame that has the variable."""

    steps: int
    goroutine: str
    touch: Touch
    place: str
    key: Key | None
    keeper: Any
    after_panic: bool


@dataclass(slots=True)
class Started:
    """A goroutine was started, after so many steps."""

    steps: int
    goroutine: str


class Witness:
    """Notes what happens; to be the trace function, and to be told of what comes into being.

    `lately` are the accesses since the last step, or the last start of a goroutine: a loop repeats them in vain.
    """

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.recorder: Recorder | None = None
        self.seen: list[Seen | Started] = []
        self.lately: set[Any] = set()
        self.since = 0
        self.tables: dict[int, tuple[CodeType, Mapping[int, Touch]]] = {}
        self.step = -1
        self.granted = self.left = 0
        self.in_all = IN_ALL

    def made(self, what: Any) -> None:
        """Something has come into being."""
        if isinstance(what, Goroutine) and what.launcher is None and what.parent is not None:
            self.lately.clear()
            self.seen.append(Started(self.steps(), what.name))

    def steps(self) -> int:
        """How many steps are over when the current one is; those who are running have begun in it."""
        return 0 if self.recorder is None else len(self.recorder.actions) + 1

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> Any:
        """A function is called, or goes on."""
        code = frame.f_code
        if not _is_users(code.co_filename):
            return None
        if id(code) not in self.tables:
            self.tables[id(code)] = code, touches(code)
        if not self.tables[id(code)][1] or not self.looks():
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self.instruction

    def instruction(self, frame: FrameType, event: str, _argument: Any) -> Any:
        """An instruction is about to be executed."""
        self.left -= 1
        if self.left < 0:
            frame.f_trace_opcodes = False
            sys.settrace(None)  # until the next step; else every instruction would still cost something
        elif event == "opcode":
            touch = self.tables[id(frame.f_code)][1].get(frame.f_lasti)
            if touch is not None and self.scheduler.goroutine is not None:
                self.note(touch, frame)
        return self.instruction

    def looks(self) -> bool:
        """Is there anything left of what may be looked at? Whoever goes on after an operation has to ask."""
        if self.step != (step := self.steps()):
            self.step = step
            self.in_all -= self.granted - max(self.left, 0)
            self.granted = self.left = min(PER_STEP, self.in_all)
        return self.left > 0

    def note(self, touch: Touch, frame: FrameType) -> None:
        """Remember an access, if it can be told to what."""
        key, keeper = None, frame
        goroutine, steps = self.scheduler.goroutine, self.steps()
        if touch.kind != CLOSURE:
            try:
                key, keeper = key_of(touch, frame)
            except Untold:
                return
        if steps != self.since:
            self.since = steps
            self.lately.clear()
        again = id(goroutine), id(touch), key or id(frame)
        if again not in self.lately:
            self.lately.add(again)
            place = f"{short_path(frame.f_code.co_filename)}:{touch.line}"
            panicked = self.scheduler.panic is not None
            self.seen.append(Seen(steps, goroutine.name, touch, place, key, keeper, panicked))

    def find_variables(self) -> None:
        """Tell the closure variables that are written apart, while those who have them are still there."""
        suspended = {id(frame): each for frame, each in self.suspended()}
        closures = [seen for seen in self.seen if isinstance(seen, Seen) and seen.key is None]
        written = {seen.touch.name for seen in closures if seen.touch.write}
        known: dict[int, dict[str, Any]] = {}
        for seen in closures:
            if seen.touch.name in written:
                frame = seen.keeper
                if id(frame) not in known:
                    known[id(frame)] = cells(suspended.get(id(frame), frame), frame.f_code)
                cell = known[id(frame)].get(seen.touch.name)
                if cell is not None:
                    seen.key = CLOSURE, id(cell), None

    def suspended(self) -> Iterator[tuple[Any, Any]]:
        """The frames of the goroutines that are left, and the coroutines that these belong to."""
        for goroutine in self.scheduler.live:
            coroutine = goroutine.coroutine
            while coroutine is not None:
                frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
                yield frame, coroutine
                coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)


def witnessed(subject: Subject, choose: Choose, most: int, at_end: Callable[[Scheduler], None] | None = None) -> Trace:
    """The skeleton of an execution of at most so many steps, with what was done to plain state where it can be told.

    `at_end` looks at what there is when it is over.
    """
    scheduler = Scheduler(subject.settings.early, subject.settings.fair_bound)
    witness, before = Witness(scheduler), sys.gettrace()
    watching = _gives_way(before)
    _foreign()  # the trace function must not be the first to ask
    try:
        if watching:
            running.note = witness.made
            sys._getframe().f_trace_opcodes = True  # Python 3.12 has to know beforehand that somebody will want them
            sys.settrace(witness)
        try:
            scheduler.begin(subject.program, subject.arguments)
            witness.recorder = recorder = Recorder(scheduler, readable=False)
            drive(recorder, looking(choose, witness) if watching else choose, None, most, always_ask=True)
        finally:
            if watching:
                sys.settrace(before)
                running.note = None
                _settle()
        witness.find_variables()
        if at_end is not None:
            at_end(scheduler)
        return with_accesses(recorder.trace(), witness.seen)
    finally:
        scheduler.close()


def looking(choose: Choose, witness: Witness) -> Choose:
    """A chooser that before every step sees to it that the witness looks."""

    def asked(enabled: list[Transition]) -> int:
        sys.settrace(witness)
        return choose(enabled)

    return asked


def with_accesses(trace: Trace, seen: list[Seen | Started]) -> Trace:
    """The trace, with the accesses as actions of their own; who was started after one, in the middle of a step, is
    started by it."""
    numbers = shared_keys(seen)
    waiting = iter([*seen, None])
    event = next(waiting)
    out: list[Action] = []
    for steps in range(len(trace) + 1):
        if steps:
            out.append(replace(trace[steps - 1], step=len(out)))
        first = len(out)
        while event is not None and event.steps <= steps:
            if isinstance(event, Started):
                _start(out, first - 1, event.goroutine)
            elif event.key in numbers:
                out.append(_action(len(out), numbers[event.key], event))
            event = next(waiting)
    return tuple(out)


def shared_keys(seen: list[Seen | Started]) -> dict[Key | None, str]:
    """What one goroutine writes and another one reads or writes, with a name for each."""
    users: defaultdict[Key, set[str]] = defaultdict(set)
    written = set()
    for each in seen:
        if isinstance(each, Seen) and each.key is not None:
            users[each.key].add(each.goroutine)
            if each.touch.write:
                written.add(each.key)
    return {key: f"plain {number}" for number, key in enumerate(users) if key in written and len(users[key]) > 1}


def _start(out: list[Action], step: int, goroutine: str) -> None:
    """Let the last action start the goroutine, and not the step in which that was."""
    armed: tuple[tuple[str, str], ...] = ()
    if not out:
        return
    if step >= 0:
        action = out[step]
        armed = tuple(each for each in action.armed if each[0] == goroutine)
        others = tuple(each for each in action.armed if each[0] != goroutine)
        out[step] = replace(action, spawned=tuple(n for n in action.spawned if n != goroutine), armed=others)
    last = out[-1]
    out[-1] = replace(last, spawned=(*last.spawned, goroutine), armed=last.armed + armed)


def _action(step: int, variable: str, seen: Seen) -> Action:
    kind, word = (PLAIN_WRITE, "write of") if seen.touch.write else (PLAIN_READ, "read of")
    who = Participant(seen.goroutine, f"{word} {seen.touch.text}", seen.place)
    return Action(step, 0.0, 0, 1, kind, (variable,), "", (who,), "", after_panic=seen.after_panic)


@cache
def _is_users(path: str) -> bool:
    """Is that a file of the program?"""
    return not path.startswith((OWN_FOLDER, "<frozen", *_foreign()))


@cache
def _foreign() -> tuple[str, ...]:
    """The folders of the standard library and of installed packages."""
    return tuple(sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib"))


def _gives_way(tracer: Any) -> bool:
    """Can the trace function be replaced for a while: is there none, or does it belong to coverage?"""
    owner = getattr(tracer, "__self__", tracer)
    return tracer is None or type(owner).__module__.partition(".")[0] == "coverage"


def _settle() -> None:
    """Coverage takes up its work again when a function is called, and must do so before this one is left."""
