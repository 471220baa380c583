"""A way out of user code that catches everything, and goes on: an exception where no handler stands around.

Whatever is raised in a loop like `while True: try: ... except BaseException: pass` may be caught, again and again. But
not between two rounds. Which instructions lie within a `try` (or `with`) is in the exception table of the code object:
https://github.com/python/cpython/blob/3.13/InternalDocs/exception_handling.md
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable
from functools import cache
from types import CodeType, FrameType
from typing import Any

HANDLER = dis.opmap["PUSH_EXC_INFO"]
"""What a handler of the source's begins with; those that the compiler adds to raise again begin otherwise."""


def raise_outside(make: Callable[[], BaseException], innermost: FrameType, outermost: FrameType) -> None:
    """Have this raised in one of the frames between these two, as soon as one is where nothing would catch it.

    It may be raised several times: where the one frame has no handler, its caller may have one, and go on. It takes the
    trace function and the profile function; whoever calls this gives them back.
    """

    def look_on(_frame: FrameType, _event: str, _argument: Any) -> None:
        """At every call and return: a trace function that has raised is not in force any more."""
        sys.settrace(ignore)

    def ignore(_frame: FrameType, _event: str, _argument: Any) -> None:
        """What is called from now on is not looked at."""

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line" and not caught(frame.f_code, frame.f_lasti):
            raise make()
        return trace

    frame: FrameType | None = innermost
    while frame is not None:
        frame.f_trace = trace
        frame = None if frame is outermost else frame.f_back
    sys.settrace(ignore)
    sys.setprofile(look_on)


def caught(code: CodeType, offset: int) -> bool:
    """Does the instruction at this offset stand within a `try` or `with`?"""
    return any(start <= offset < end for start, end in guarded(code))


@cache
def guarded(code: CodeType) -> tuple[tuple[int, int], ...]:
    """The offsets, from and up to, that have a handler in the source."""
    entries = dis.Bytecode(code).exception_entries  # type: ignore[attr-defined]
    return tuple((entry.start, entry.end) for entry in entries if code.co_code[entry.target] == HANDLER)
