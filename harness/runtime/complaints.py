"""What an execution says about a goroutine that died or awaited what is not ours."""

from __future__ import annotations

from types import CodeType, TracebackType

from harness.model.errors import ForeignAwaitable, Panic
from harness.model.place import RUNTIME, innermost
from harness.runtime.goroutine import Goroutine
from harness.runtime.location import location

CATCHERS = ("resume", "throw", "run")
"""What the functions of the runtime are called that resume a coroutine."""


def text_of(error: BaseException) -> str:
    """What a panic says: Go's text, or the type and text of a Python exception, whatever its `__str__` does."""
    try:
        text = str(error)
    except Exception as broken:
        text = f"<its text raises {type(broken).__name__}>"
    return text if type(error) is Panic else f"{type(error).__name__}: {text}"


def foreign(goroutine: Goroutine, what: str, place: str = "") -> ForeignAwaitable:
    """The complaint about a goroutine that awaited something else than an operation; if it has ended, at that place."""
    return ForeignAwaitable(
        f"goroutines may await the harness's own operations only, but {goroutine.name} awaited {what}, "
        f"at {place or location(goroutine.coroutine)}; "
        f"use harness.sleep, harness.Channel and so on instead of another library's awaitables"
    )


def described(found: object) -> str:
    """What a goroutine awaited instead of an operation."""
    if found is None:
        return "a bare yield (asyncio.sleep(0), for instance)"
    return f"an object of type {type(found).__module__}.{type(found).__qualname__}"


def raised_by_asyncio(error: BaseException) -> bool:
    """Is this asyncio's own code, missing its event loop?"""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return isinstance(error, AttributeError | RuntimeError) and trace is not None and _is_asyncios(trace)


def of_asyncio(goroutine: Goroutine, error: BaseException) -> ForeignAwaitable:
    """The complaint about a goroutine that asyncio's own code has ended, with the line that called it."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        if not _is_asyncios(trace):
            places.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    return foreign(goroutine, f"something of asyncio's, which failed ({text_of(error)})", innermost(places))


def _is_asyncios(trace: TracebackType) -> bool:
    return str(trace.tb_frame.f_globals.get("__name__")).startswith("asyncio.")


def of_this_time(error: BaseException) -> BaseException:
    """The exception with the frames of this time only: a program may raise one object in every execution.

    Each time it is raised, Python puts the frames that it goes through before those that it has. The first of them is
    where the runtime catches it.
    """
    entry = error.__traceback__
    while entry is not None:
        if entry.tb_next is not None and _catches(entry.tb_next.tb_frame.f_code):
            entry.tb_next = None
        entry = entry.tb_next
    return error


def _catches(code: CodeType) -> bool:
    return code.co_name in CATCHERS and code.co_filename.startswith(RUNTIME)
