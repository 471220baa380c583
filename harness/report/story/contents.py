"""What every channel holds after every step: a fold over a trace.

The trace says what was sent and received, not what lies in between. `Contents` keeps the account as the channels do:
a send puts a value behind, a receive takes the first, closing leaves what is there, a clock's channel has one slot, and
stopping or resetting a timer empties it.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.trace import Action, Trace

CLOSING = ("cancel", "stop_function")  # objects[1:] are the done channels that are closed
EMPTYING = ("stop", "reset")  # objects[1:] are the timer's channel, which loses what was not yet received


@dataclass(slots=True)
class Held:
    """What one channel holds: values, each with the step that sent it; and the step that closed it."""

    items: list[tuple[str, int]]
    closed: int | None = None


class Contents:
    """The channels of a trace, after some of its actions."""

    def __init__(self, trace: Trace) -> None:
        made = (made for action in trace for made in action.made)
        self.held = {each.identity: Held([]) for each in made if each.capacity is not None}

    def advance(self, action: Action) -> tuple[tuple[str, ...], int | None]:
        """Take one action: the channels that it changes, and the step that it receives from."""
        if not action.objects:
            return (), None
        here, *others = action.objects
        match action.kind:
            case "send":
                self.held[here].items.append((action.value, action.step))
            case "receive":
                return (here,), self.held[here].items.pop(0)[1]
            case "receive_closed":
                return (), self.held[here].closed
            case "close":
                return self.close([here], action.step), None
            case "timer":
                return self.ring(here, action) + self.close(others, action.step), None
            case kind if kind in CLOSING:
                return self.close(others, action.step), None
            case kind if kind in EMPTYING and action.detail != "refused":
                return self.empty(others), None
            case _:
                return (), None
        return (here,), None

    def ring(self, channel: str, action: Action) -> tuple[str, ...]:
        """The clock puts the time into a timer's channel, unless an earlier one is still there."""
        held = self.held.get(channel)
        if held is None or held.items:
            return ()
        held.items.append((f"{action.time:g} s", action.step))
        return (channel,)

    def close(self, channels: list[str], step: int) -> tuple[str, ...]:
        """These channels are closed."""
        changed = tuple([channel for channel in channels if self.held[channel].closed is None])
        for channel in changed:
            self.held[channel].closed = step
        return changed

    def empty(self, channels: list[str]) -> tuple[str, ...]:
        """What is in these channels is gone."""
        changed = tuple([channel for channel in channels if self.held[channel].items])
        for channel in changed:
            self.held[channel].items.clear()
        return changed
