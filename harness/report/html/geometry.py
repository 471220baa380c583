"""Where everything stands in a space-time diagram: goroutines from left to right, steps from top to bottom.

Coordinates are CSS pixels. Rows are numbered from 0; a diagram may leave rows empty, so that two can stand abreast.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from harness.report.html.paths import GUTTER, across, down
from harness.report.html.shapes import Arrow, Diagram, Fill, Head, Life, Node, Row, Slot
from harness.report.lanes.columns import label
from harness.report.lanes.fitting import named, wrapped
from harness.report.lanes.marks import DRAWN_UP_TO
from harness.report.story.held import held
from harness.report.story.values import ChannelFacts, Content, Lane, Step, Story
from harness.report.text import ELLIPSIS

HEAD = 34
ROW = 38
NUMBERS = 40
RADIUS = 6
RIGHT = 8
START = 15  # from a row's middle down to where goroutines start
CHARACTER = 7.3  # of the diagram's font, at most
BOLD = 7.9  # of the heads
SLOT = 11
BUFFER = 132
MOST_BUFFERS = 3
LEAST = 140
"""Pixels for a goroutine; whatever the room, labels need so much."""
CLOCK = 130
WIDE = 900
"""How wide a picture may be that stands alone on a large screen, beside what is said of the step."""

Rows = Sequence[Step | None]


class Geometry:
    """Lays a story out in given rows, in `room` pixels if that is possible.

    Steps of the clock stand before the goroutines, in a column that is there if there are any.
    """

    def __init__(self, story: Story, rows: Rows, room: int = WIDE) -> None:
        self.story = story
        self.rows = rows
        self.place = {step.number: row for row, step in enumerate(rows) if step is not None}
        self.buffers = [channel for channel in story.channels if channel.capacity][:MOST_BUFFERS]
        self.first = NUMBERS + (CLOCK if any(step and not step.parts for step in rows) else 0)
        self.columns = [buffer_width(channel) for channel in self.buffers]
        count = len(story.lanes)
        most = 220 if count <= 3 else 190 if count <= 5 else 165
        self.lane = max(LEAST, min(most, (room - self.first - sum(self.columns) - RIGHT) // count))
        self.edge = self.first + self.lane * count

    def diagram(self) -> Diagram:
        """The whole picture."""
        slots, fills = self.contents()
        return Diagram(
            width=self.edge + sum(self.columns) + RIGHT,
            height=self.y(len(self.rows)) + 4,
            top=HEAD,
            step=ROW,
            heads=tuple(self.heads()),
            lives=tuple([self.life(lane) for lane in self.story.lanes]),
            rows=tuple([self.row(row, step) for row, step in enumerate(self.rows) if step is not None]),
            arrows=tuple(self.arrows()),
            slots=tuple(slots),
            fills=tuple(fills),
        )

    def x(self, goroutine: str) -> int:
        """Where a goroutine's line is; without a name, the clock's."""
        before = self.lane * [lane.name for lane in self.story.lanes].index(goroutine) if goroutine else 0
        return (self.first + before if goroutine else NUMBERS) + RADIUS + 4

    def y(self, row: int) -> int:
        """The middle of a row."""
        return HEAD + ROW * row + ROW // 2

    def heads(self) -> Iterator[Head]:
        """The goroutines, then the buffers."""
        fitting = int(self.lane / BOLD) - 1
        if self.first > NUMBERS:
            yield Head(self.x("") - RADIUS, "the clock", "steps that nobody takes: time passes")
        for lane in self.story.lanes:
            created = f", started at {lane.created}" if lane.created else ""
            yield Head(self.x(lane.name) - RADIUS, named(lane.title, fitting, ELLIPSIS), f"{lane.name}{created}")
        for number, channel in enumerate(self.buffers):
            title = named(channel.name, int(self.columns[number] / BOLD) - 1, ELLIPSIS)
            yield Head(self.buffer(number), title, f"channel {channel.name}, capacity {channel.capacity}")

    def buffer(self, number: int) -> int:
        """Where a buffer's column begins."""
        return self.edge + sum(self.columns[:number])

    def life(self, lane: Lane) -> Life:
        """From its start to where it ends."""
        first, last = self.place.get(lane.started or 0, 0), self.place.get(lane.last or 0, 0)
        top = HEAD if lane.started is None else self.y(first) + START
        ends = lane.ending in ("returned", "panicked") and lane.last is not None
        bottom = self.y(last) if ends else self.y(len(self.rows)) - ROW // 2
        full = f"{lane.name}: {'blocked for ever, ' if lane.blocked else ''}{lane.ending or 'could have gone on'}"
        blocked = (top if lane.last is None else self.y(last)) if lane.blocked else None
        return Life(self.x(lane.name), top, max(top, bottom), blocked, full)

    def row(self, row: int, step: Step) -> Row:
        """A step's nodes, and what it is called."""
        fitting = self.fitting(self.lane)
        nodes = [
            Node(self.x(part.goroutine), self.y(row), tuple(wrapped(label(step, part.goroutine), fitting, ELLIPSIS, 2)))
            for part in step.parts
        ]
        if not nodes:
            lines = tuple(wrapped(step.label, self.fitting(CLOCK), ELLIPSIS, 2))
            nodes = [Node(self.x(""), self.y(row), lines)]
        who = " and ".join(self.story.lane(part.goroutine).title for part in step.parts) or "the clock"
        marks = f"; {', '.join(step.marks)}" if step.marks else ""
        return Row(row, self.y(row), step, tuple(nodes), f"step {step.number}, {who}: {step.text}{marks}")

    def fitting(self, width: int) -> int:
        """How many characters of a label a column takes, the next column's gutter left free."""
        return int((width - 2 * RADIUS - GUTTER - 4) / CHARACTER)

    def arrows(self) -> Iterator[Arrow]:
        """What goes from one step to another."""
        for step in self.rows:
            if step is None:
                continue
            if step.kind == "rendezvous":
                source, target = (self.x(part.goroutine) for part in step.parts)
                yield Arrow(
                    "message", across(source, target, self.y(self.place[step.number])), step.number, step.number
                )
            yield from self.into(step)
            for child in step.starts:
                yield from self.starting(step, child)

    def into(self, step: Step) -> Iterator[Arrow]:
        """The message that is received here, and the steps of others immediately before."""
        for number in dict.fromkeys([*step.before, *([] if step.message is None else [step.message])]):
            source = self.story.steps[number] if number < len(self.story.steps) else None
            if number not in self.place or source is None:
                continue
            message = number == step.message
            if source.goroutine != step.goroutine or message:
                kind = ("closing" if step.kind == "receive_closed" else "message") if message else "before"
                start, end = self.node(source), self.node(step)
                yield Arrow(kind, down(*start, *end), number, step.number)

    def node(self, step: Step) -> tuple[int, int]:
        """Where whoever takes the step is drawn."""
        return self.x(step.goroutine), self.y(self.place[step.number])

    def starting(self, step: Step, child: str) -> Iterator[Arrow]:
        """From the step that started a goroutine to the top of its line."""
        known = [lane for lane in self.story.lanes if lane.name == child]
        for lane in known:
            y = self.y(self.place[step.number]) + START
            path = f"M{self.x(step.goroutine)} {y}H{self.x(lane.name)}"
            yield Arrow("start", path, step.number, step.number)

    def contents(self) -> tuple[list[Slot], list[Fill]]:
        """What each buffer holds, row by row."""
        slots: list[Slot] = []
        fills: list[Fill] = []
        for row, now in enumerate(held(self.story, self.rows)):
            for column, channel in enumerate(self.buffers if self.rows[row] is not None else ()):
                x = self.buffer(column)
                slots += self.slots(channel, now[channel.identity], x, row)
                fills.append(self.fill(channel, now[channel.identity], x, row))
        return slots, fills

    def slots(self, channel: ChannelFacts, content: Content, x: int, row: int) -> Iterator[Slot]:
        """The buffer's places, if they are few enough."""
        if channel.capacity > DRAWN_UP_TO:
            return
        for position in range(channel.capacity):
            value = content.values[position] if position < len(content.values) else ""
            full = position < len(content.values)
            yield Slot(x + position * (SLOT + 2), self.y(row) - SLOT // 2, row, full, value)

    def fill(self, channel: ChannelFacts, content: Content, x: int, row: int) -> Fill:
        """In words, behind the slots."""
        drawn = channel.capacity if channel.capacity <= DRAWN_UP_TO else 0
        text = f"{len(content.values)}/{channel.capacity}{' ×' if content.closed else ''}"
        return Fill(x + drawn * (SLOT + 2) + 4, self.y(row) + 4, row, text)


def buffer_width(channel: ChannelFacts) -> int:
    """What a buffer's column needs for its slots and its name."""
    slots = channel.capacity * (SLOT + 2) if channel.capacity <= DRAWN_UP_TO else 0
    counted = len(f"{channel.capacity}/{channel.capacity} ×")
    needed = max((len(channel.name) + 1) * BOLD, slots + 4 + counted * CHARACTER) + RIGHT
    return min(BUFFER, math.ceil(needed))
