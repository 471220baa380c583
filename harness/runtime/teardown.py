"""Getting rid of a goroutine that will never run again, without running any of its code.

Closing a suspended coroutine throws GeneratorExit into it and so runs its `finally` blocks, which Go would
not. Where no handler of the user's is active at the point of suspension, closing is invisible and that is
what is done. Elsewhere the coroutine is kept for the rest of the process, because garbage collection
would close it; so memory grows with the number of goroutines leaked inside `try` or `with`.
"""

from __future__ import annotations

import atexit
import dis
import gc
from functools import cache
from types import CodeType
from typing import Any

USER_HANDLER = "PUSH_EXC_INFO"
RERAISING = frozenset({"CLEANUP_THROW", "END_ASYNC_FOR", "RERAISE"})

_graveyard: list[Any] = []


def bury(coroutine: Any) -> None:
    """Dispose of a suspended coroutine."""
    if _any_handler_active(coroutine):
        if not _graveyard:
            _keep_the_graveyard_closed()
        _graveyard.append(coroutine)
    else:
        coroutine.close()


def _keep_the_graveyard_closed() -> None:
    """At interpreter shutdown too: a list in a frozen cycle with itself is never collected."""
    _graveyard.append(_graveyard)
    atexit.register(gc.freeze)


def _any_handler_active(coroutine: Any) -> bool:
    """Is a handler of user code active anywhere in the chain of suspended awaits? When in doubt, yes."""
    while coroutine is not None:
        if hasattr(coroutine, "cr_frame"):
            frame, inner = coroutine.cr_frame, coroutine.cr_await
        elif hasattr(coroutine, "gi_frame"):
            frame, inner = coroutine.gi_frame, coroutine.gi_yieldfrom
        else:
            return True
        if frame is not None and handler_active(frame.f_code, frame.f_lasti):
            return True
        coroutine = inner
    return False


@cache
def handler_active(code: CodeType, position: int) -> bool:
    """Would an exception raised at `position` reach an `except`, `finally` or `with` written in `code`?

    Handlers that the compiler adds to every await and coroutine only raise again; those are followed.
    """
    instructions = list(dis.get_instructions(code))
    names = {instruction.offset: instruction.opname for instruction in instructions}
    entries = dis.Bytecode(code).exception_entries  # type: ignore[attr-defined]
    seen: set[int] = set()
    while position not in seen:
        seen.add(position)
        target = next((e.target for e in entries if e.start <= position < e.end), None)
        if target is None:
            return False
        if names.get(target) == USER_HANDLER:
            return True
        again = (i.offset for i in instructions if i.offset >= target and i.opname in RERAISING)
        position = next(again, position)
    return False
