"""What an execution says about a goroutine that died or awaited what is not ours."""

from __future__ import annotations

from harness.model.errors import ForeignAwaitable, Panic
from harness.runtime.goroutine import Goroutine
from harness.runtime.location import location


def text_of(error: BaseException) -> str:
    """What a panic says: Go's text, or the type and text of a Python exception, whatever its `__str__` does."""
    try:
        text = str(error)
    except Exception as broken:
        text = f"<its text raises {type(broken).__name__}>"
    return text if type(error) is Panic else f"{type(error).__name__}: {text}"


def foreign(goroutine: Goroutine, what: str) -> ForeignAwaitable:
    """The complaint about a goroutine that awaited something else than an operation."""
    return ForeignAwaitable(
        f"goroutines may await the harness's own operations only, but {goroutine.name} awaited {what}, "
        f"at {location(goroutine.coroutine)}; "
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
    module = str(trace.tb_frame.f_globals.get("__name__")) if trace is not None else ""
    return isinstance(error, AttributeError | RuntimeError) and module.startswith("asyncio.")
