"""Where in the user's code a goroutine is suspended."""

from __future__ import annotations

from typing import Any

from harness.model.place import innermost


def location(coroutine: Any) -> str:
    """`file:line` of the innermost frame of the user's code, else of a kit's."""
    places: list[tuple[str, int]] = []
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None)
        if frame is not None:
            places.append((frame.f_code.co_filename, frame.f_lineno))
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return innermost(places) or "?"
