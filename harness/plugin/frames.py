"""Where a failing test stands, as a traceback: the user's frames only, so that `--pdb` opens on the failing step.

An exception has one. What an oracle objects to has none: then the frames are those of the goroutine that is blocked for
good, or is about to make the step that completes the violation, taken from the minimal schedule, run once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any

from harness.detect.races import races
from harness.model.execution import Execution
from harness.model.outcome import CutOff
from harness.model.place import OWN_FOLDER
from harness.oracles import no_data_race
from harness.runtime.execute import Subject, drive, following
from harness.runtime.teardown import bury
from harness.search.campaign import name_of

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


def at_failing_step(subject: Subject, execution: Execution, oracle: str) -> Standstill:
    """The goroutine to look at in an execution that `oracle` objects to."""
    steps, name = _where(execution, oracle)
    prefix = execution.schedule[:steps]
    with subject.begun() as scheduler:
        drive(scheduler, following(prefix), None, len(prefix), always_ask=True)
        for goroutine in scheduler.left():
            if goroutine.name == name:
                scheduler.live.remove(goroutine)  # it must outlive the execution
                return Standstill(_linked(list(_suspended(goroutine.coroutine))), goroutine.coroutine)
    return Standstill(None)


def _where(execution: Execution, oracle: str) -> tuple[int, str]:
    """After how many steps to look at whom."""
    left = [each.goroutine for each in execution.waiting or execution.running]
    if oracle == name_of(no_data_race):
        found = races(execution.trace, execution.waiting)
        if found and found[0].second.step < execution.steps:
            return found[0].second.step, found[0].second.goroutine
    if left and (execution.waiting or isinstance(execution.outcome, CutOff)):
        return execution.steps, left[0]
    last = next((action for action in reversed(execution.trace) if action.participants), None)
    return (last.step, last.participants[0].goroutine) if last is not None else (0, "")


def _entries(traceback: TracebackType | None) -> Iterator[Entry]:
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith(OWN_FOLDER):
            yield traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno
        traceback = traceback.tb_next


def _suspended(coroutine: Any) -> Iterator[Entry]:
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None)
        if frame is not None and not frame.f_code.co_filename.startswith(OWN_FOLDER):
            yield frame, frame.f_lasti, frame.f_lineno
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)


def _linked(entries: list[Entry]) -> TracebackType | None:
    traceback: TracebackType | None = None
    for frame, lasti, line in reversed(entries):
        traceback = TracebackType(traceback, frame, lasti, line)
    return traceback
