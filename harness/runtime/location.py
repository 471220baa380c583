"""Where in the user's code a goroutine is: suspended, or running."""

from __future__ import annotations

import inspect
import sys
from types import FrameType
from typing import Any, TypeAlias

from harness.model.place import innermost

Place: TypeAlias = tuple[str, int]


def location(coroutine: Any) -> str:
    """`file:line` of the innermost frame of the user's code, else of a kit's."""
    return innermost(_running(coroutine) or _suspended(coroutine)) or "?"


def _suspended(coroutine: Any) -> list[Place]:
    places: list[Place] = []
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None)
        if frame is not None:
            places.append((frame.f_code.co_filename, frame.f_lineno))
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return places


def _running(coroutine: Any) -> list[Place]:
    """Of a coroutine that is running in this thread, it is not known what it awaits: the stack tells."""
    if not getattr(coroutine, "cr_running", False):
        return []
    places: list[Place] = []
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code.co_flags & inspect.CO_COROUTINE:  # not what these have called: it may be the library's
            places.append((frame.f_code.co_filename, frame.f_lineno))
        if frame is coroutine.cr_frame:
            return places[::-1]
        frame = frame.f_back
    return []
