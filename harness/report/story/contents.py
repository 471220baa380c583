"""What every channel holds after every step: a fold over a trace.

The trace says which value is sent or received, and how many values each channel that the step touches holds afterwards.
A send puts a value behind, a receive takes the first. Whatever else changes the number was the clock: a timer delivers
the time, also silently, while nobody waits for it; stopping or resetting a timer takes it back.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from harness.model.trace import Action

TIME = "the time"  # which one, nobody knows before it is received: it may have been delivered earlier
FINDING_CLOSED = ("receive_closed", "send_on_closed", "close_of_closed", "default", "length")


@dataclass(slots=True)
class Held:
    """What one channel holds: values, each with the step that sent it, if one did; and which step has closed it.

    `closer` is None for a channel that was closed when it was made.
    """

    items: list[tuple[str, int | None]] = field(default_factory=list)
    closed: bool = False
    closer: int | None = None


class Contents:
    """The channels of a trace, after some of its actions."""

    def __init__(self) -> None:
        self.held: defaultdict[str, Held] = defaultdict(Held)

    def advance(self, action: Action) -> tuple[tuple[str, ...], int | None]:
        """Take one action: the channels that it changes, and the step that it receives from, or that closed for it."""
        message = None
        changed: list[str] = []
        for channel, length, closed in action.fills:
            held = self.held[channel]
            before = list(held.items)
            if channel not in action.objects:
                pass
            elif action.kind == "send":
                held.items.append((action.value, action.step))
            elif action.kind == "receive" and held.items:
                message = held.items.pop(0)[1]
            elif action.kind == "receive_closed":
                message = held.closer
            self.correct(held, length, action)
            if closed and not held.closed:
                born_so = channel not in action.objects or action.kind in FINDING_CLOSED
                held.closer = None if born_so else action.step
            if held.items != before or closed != held.closed:
                changed.append(channel)
            held.closed = closed
        return tuple(changed), message

    def correct(self, held: Held, length: int, action: Action) -> None:
        """What the clock has put there or taken away."""
        del held.items[length:]
        while len(held.items) < length:
            held.items.append((TIME, action.step if action.kind == "timer" else None))
