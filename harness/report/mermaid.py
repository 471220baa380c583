"""A story as a Mermaid sequence diagram, which issue trackers and wikis draw from its text.

Participants are aliases (p0, p1, ...), so no name has to be a Mermaid word. Text is escaped with Mermaid's own entity
codes (`#35;`): whatever could end a line, begin a comment, or be taken for markup becomes a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.model.explanation import Explanation
from harness.report.story.folding import told
from harness.report.story.telling import failing_story
from harness.report.story.values import ChannelFacts, Step, Story
from harness.report.text import count, middle

LIMIT = 120  # steps; renderers give up on much longer texts
TEXT_LIMIT = 120
HARMLESS = re.compile(r"[^\w .,()=/'’-]", re.ASCII)
END = re.compile(r"\bend\b", re.IGNORECASE)  # the word ends a block, wherever it stands


def mermaid(explanation: Explanation, *, limit: int = LIMIT) -> str:
    """Goroutines and buffered channels as participants, one arrow or note for each step."""
    return "\n".join(
        ["sequenceDiagram", *(f"    {line}" for line in _Diagram(failing_story(explanation)).lines(limit))]
    )


def escaped(text: str) -> str:
    """Text that Mermaid shows as it is written."""
    shown = HARMLESS.sub(lambda match: f"#{ord(match.group())};", middle(text, TEXT_LIMIT))
    return END.sub(lambda match: f"{match.group()[:2]}#{ord(match.group()[2])};", shown)


class _Diagram:
    def __init__(self, story: Story) -> None:
        self.story = story
        self.buffered = [channel for channel in story.channels if channel.capacity]
        self.aliases = {lane.name: f"p{number}" for number, lane in enumerate(story.lanes)}
        self.aliases |= {channel.identity: f"c{number}" for number, channel in enumerate(self.buffered)}

    def lines(self, limit: int) -> Iterator[str]:
        """All of it; of more than `limit` steps the last ones, where it is decided."""
        for lane in self.story.lanes:
            yield f"participant {self.aliases[lane.name]} as {escaped(lane.title)}"
        for channel in self.buffered:
            slots = f"{channel.name} ({count(channel.capacity, 'slot')})"
            yield f"participant {self.aliases[channel.identity]} as {escaped(slots)}"
        first, final = self.aliases[self.story.lanes[0].name], list(self.aliases.values())[-1]
        across = first if first == final else f"{first},{final}"
        different, repeats = told(self.story)
        steps = different[-limit:]
        if len(steps) < len(different):
            yield f"Note over {across}: {count(len(different) - len(steps), 'step')} not shown"
        for step in steps:
            yield from self.step(step, across)
        if repeats:
            yield f"Note over {across}: {escaped(repeats)}"
        yield f"Note over {across}: {escaped(self.story.outcome)}"
        for lane in self.story.lanes:
            if lane.blocked:
                yield f"Note over {self.aliases[lane.name]}: blocked for ever, {escaped(lane.ending)}"

    def step(self, step: Step, across: str) -> Iterator[str]:
        """An arrow for what goes through a channel; a note for anything else."""
        text = f"{step.number}. {step.label}"
        channel = self.channel(step)
        if not step.parts:
            yield f"Note over {across}: {escaped(text)}"
            return
        me = self.aliases[step.goroutine]
        if step.kind == "rendezvous":
            yield f"{me}->>{self.aliases[step.parts[1].goroutine]}: {escaped(text)}"
        elif step.kind == "send" and channel is not None:
            yield f"{me}->>{self.aliases[channel.identity]}: {escaped(text)}"
        elif step.kind == "receive" and channel is not None:
            yield f"{self.aliases[channel.identity]}->>{me}: {escaped(text)}"
        else:
            yield f"Note over {me}: {escaped(text)}"
        if step.marks:
            yield f"Note right of {me}: {escaped(', '.join(step.marks))}"

    def channel(self, step: Step) -> ChannelFacts | None:
        """The buffered channel whose content the step changes."""
        changed = {content.channel for content in step.contents}
        return next((channel for channel in self.buffered if channel.identity in changed), None)
