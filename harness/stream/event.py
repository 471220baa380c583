"""What travels: the events of the stream."""

from __future__ import annotations

from dataclasses import dataclass

START = "start"
MESSAGE = "message"
PING = "ping"
DONE = "done"
ERROR = "error"


@dataclass(frozen=True, slots=True)
class Event:
    """A server-sent event. `source` and `number` identify a message; `text` is for the reader."""

    kind: str
    source: str = "system"
    number: int = 0
    text: str = ""

    @property
    def is_status(self) -> bool:
        """Is it a final status?"""
        return self.kind in (DONE, ERROR)

    def __repr__(self) -> str:
        return f"{self.source}:{self.number}" if self.kind == MESSAGE else self.kind
