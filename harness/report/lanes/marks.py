"""The signs that lanes are drawn with, for terminals that have them and for those that do not."""

from __future__ import annotations

from dataclasses import dataclass

from harness.report.story.values import ChannelFacts, Content

DRAWN_UP_TO = 8  # slots; a larger buffer is only counted


@dataclass(frozen=True, slots=True)
class Marks:
    """`full` and `free` are slots of a buffer between `left` and `right`."""

    step: str
    fatal: str
    alive: str
    full: str
    free: str
    left: str
    right: str
    ellipsis: str

    def gauge(self, channel: ChannelFacts, content: Content | None) -> str:
        """How full a channel is: "▮▯ 1/2"; empty for an open channel without a buffer."""
        held = len(content.values) if content else 0
        closed = " closed" if content and content.closed else ""
        if not channel.capacity:
            return closed.strip()
        free = max(0, channel.capacity - held)
        drawn = channel.capacity <= DRAWN_UP_TO
        slots = f"{self.left}{self.full * held}{self.free * free}{self.right} " if drawn else ""
        return f"{slots}{held}/{channel.capacity}{closed}"


UNICODE = Marks("●", "✗", "│", "▮", "▯", "", "", "…")
ASCII = Marks("*", "!", "|", "#", "-", "[", "]", "..")
