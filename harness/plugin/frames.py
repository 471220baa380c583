"""Where a failing test stands, as a traceback: the user's frames only, so that `--pdb` opens on the failing step.

An exception has one. What an oracle objects to has none: then the frames are those of the goroutine that is blocked for
good, or is about to make the step that completes the violation, taken from the minimal schedule, run once more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from types import FrameType, TracebackType
from typing import Any

import _pytest

from harness.detect.races import races
from harness.model.execution import Execution
from harness.model.place import OWN_FOLDER, RUNTIME, innermost
from harness.oracles import no_data_race
from harness.runtime.execute import Subject, drive, following
from harness.runtime.location import frames
from harness.runtime.teardown import bury
from harness.search.campaign import name_of

NOT_THE_USERS = (OWN_FOLDER, os.path.dirname(os.path.abspath(_pytest.__file__ or "")) + os.sep)
"""The folders of those who call the user's code; pytest also tears down its fixtures."""

Entry = tuple[FrameType, int, int]


@dataclass(slots=True)
class Standstill:
    """A goroutine at the failing step. It must be kept as long as somebody may look at its frames, then closed."""

    traceback: TracebackType | None
    coroutine: Any = None

    def close(self) -> None:
        """Nobody looks any more."""
        if self.coroutine is not None:
            bury(self.coroutine)
        self.coroutine = None


def own_frames(traceback: TracebackType | None) -> TracebackType | None:
    """A traceback without the harness's frames."""
    return _linked(list(_entries(traceback)))


def without_harness(error: BaseException) -> BaseException:
    """The exception, with the user's frames only; and those that it comes from, or consists of."""
    seen: list[BaseException] = []
    ahead: list[BaseException | None] = [error]
    while ahead:
        each = ahead.pop()
        if each is not None and not any(each is other for other in seen):
            seen.append(each)
            each.__traceback__ = own_frames(each.__traceback__)
            ahead += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]
    return error


def goroutine_at(error: BaseException) -> str:
    """The place in the user's code where a goroutine raised it; empty if none did."""
    traceback = error.__traceback__
    while traceback is not None and not traceback.tb_frame.f_code.co_filename.startswith(RUNTIME):
        traceback = traceback.tb_next
    return innermost([(frame.f_code.co_filename, line) for frame, _, line in _entries(traceback)])


def depth(traceback: TracebackType | None) -> int:
    """How many frames a traceback without the harness's has."""
    return len(list(_entries(traceback)))


def at_failing_step(subject: Subject, execution: Execution, oracle: str) -> Standstill:
    """The goroutine to look at in an execution that `oracle` objects to."""
    for steps, name in _where(execution, oracle):
        found = _standstill(subject, execution.schedule[:steps], name)
        if found.traceback is not None:
            return found
        found.close()
    return Standstill(None)


def _standstill(subject: Subject, prefix: tuple[int, ...], name: str) -> Standstill:
    with subject.begun() as scheduler:
        drive(scheduler, following(prefix), None, len(prefix), always_ask=True)
        for goroutine in scheduler.left():
            if goroutine.name == name:
                scheduler.live.remove(goroutine)  # it must outlive the execution
                return Standstill(_linked(list(_suspended(goroutine.coroutine))), goroutine.coroutine)
    return Standstill(None)


def _where(execution: Execution, oracle: str) -> Iterator[tuple[int, str]]:
    """After how many steps to look at whom, the best first: go(channel.send, 1) is nowhere in the user's code."""
    if oracle == name_of(no_data_race):
        for race in races(execution.trace, execution.waiting):
            if race.second.step < execution.steps:
                yield race.second.step, race.second.goroutine
    for waiting in execution.waiting or execution.running:
        yield execution.steps, waiting.goroutine
    located = ((a.step, p) for a in reversed(execution.trace) for p in a.participants if p.location.strip("?"))
    for step, participant in islice(located, 1):
        yield step, participant.goroutine


def _entries(traceback: TracebackType | None) -> Iterator[Entry]:
    while traceback is not None:
        hidden = traceback.tb_frame.f_locals.get("__tracebackhide__", False)
        if not hidden and not traceback.tb_frame.f_code.co_filename.startswith(NOT_THE_USERS):
            yield traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno
        traceback = traceback.tb_next


def _suspended(coroutine: Any) -> Iterator[Entry]:
    for frame in frames(coroutine):
        if not frame.f_code.co_filename.startswith(NOT_THE_USERS):
            yield frame, frame.f_lasti, frame.f_lineno


def _linked(entries: list[Entry]) -> TracebackType | None:
    traceback: TracebackType | None = None
    for frame, lasti, line in reversed(entries):
        traceback = TracebackType(traceback, frame, lasti, line)
    return traceback
