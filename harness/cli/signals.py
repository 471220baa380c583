"""An orderly end on SIGTERM: processes and folders go with the command that made them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

TERMINATED = 128 + signal.SIGTERM  # what a shell says of a command that SIGTERM has ended


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Where SIGTERM would end the process at once, it is a `SystemExit` instead."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield  # somebody else answers for signals
        return
    signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(TERMINATED)
