"""Where in the user's code a goroutine is: suspended, or running."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, isasyncgen, iscoroutine
from types import FrameType
from typing import Any, TypeAlias

from harness.model.place import innermost

Place: TypeAlias = tuple[str, int]


def location(coroutine: Any) -> str:
    """`file:line` of the innermost frame of the user's code, else of a kit's."""
    return innermost(_running(coroutine) or _suspended(coroutine)) or "?"


def frames(coroutine: Any) -> Iterator[FrameType]:
    """The frames of a suspended coroutine and of all that it awaits, the innermost last."""
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "ag_frame", None)
        if frame is not None:
            yield frame
        awaited = (getattr(coroutine, name, None) for name in ("cr_await", "ag_await", "gi_yieldfrom"))
        coroutine = next(filter(None, awaited), None) or _behind(coroutine)


def _behind(awaitable: Any) -> Any:
    """The async generator that `anext` or `async for` awaits, or the coroutine of which somebody iterates `__await__`;
    Python has no names for these."""
    kind = type(awaitable).__name__
    if kind in ("async_generator_asend", "async_generator_athrow"):
        return next(filter(isasyncgen, gc.get_referents(awaitable)), None)
    return next(filter(iscoroutine, gc.get_referents(awaitable)), None) if kind == "coroutine_wrapper" else None


def _suspended(coroutine: Any) -> list[Place]:
    return [(frame.f_code.co_filename, frame.f_lineno) for frame in frames(coroutine)]


def _running(coroutine: Any) -> list[Place]:
    """Of a coroutine that is running in this thread, it is not known what it awaits: the stack tells."""
    if not getattr(coroutine, "cr_running", False):
        return []
    places: list[Place] = []
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code.co_flags & (CO_COROUTINE | CO_ASYNC_GENERATOR):  # what they call may be a library
            places.append((frame.f_code.co_filename, frame.f_lineno))
        if frame is coroutine.cr_frame:
            return places[::-1]
        frame = frame.f_back
    return []
