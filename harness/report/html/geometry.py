"""Where everything stands in a space-time diagram: goroutines from left to right, steps from top to bottom.

Coordinates are CSS pixels. Rows are numbered from 0; a diagram may leave rows empty, so that two can stand abreast.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.report.html.shapes import Arrow, Diagram, Fill, Head, Life, Node, Row, Slot
from harness.report.lanes.columns import label
from harness.report.lanes.fitting import named, wrapped
from harness.report.lanes.marks import DRAWN_UP_TO
from harness.report.story.held import held
from harness.report.story.titles import ELLIPSIS, middle
from harness.report.story.values import ChannelFacts, Content, Lane, Step, Story

HEAD = 34
ROW = 38
NUMBERS = 40
RADIUS = 6
CHARACTER = 7.3  # of the diagram's font, at most
BOLD = 7.9  # of the heads
SLOT = 11
BUFFER = 132
MOST_BUFFERS = 3

Rows = Sequence[Step | None]


class Geometry:
    """Lays a story out in given rows."""

    def __init__(self, story: Story, rows: Rows) -> None:
        self.story = story
        self.rows = rows
        self.place = {step.number: row for row, step in enumerate(rows) if step is not None}
        self.lane = 220 if len(story.lanes) <= 3 else 190 if len(story.lanes) <= 5 else 165
        self.buffers = [channel for channel in story.channels if channel.capacity][:MOST_BUFFERS]
        self.edge = NUMBERS + self.lane * len(story.lanes)

    def diagram(self) -> Diagram:
        """The whole picture."""
        slots, fills = self.contents()
        return Diagram(
            width=self.edge + BUFFER * len(self.buffers) + 8,
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
        """Where a goroutine's line is."""
        return NUMBERS + self.lane * [lane.name for lane in self.story.lanes].index(goroutine) + RADIUS + 4

    def y(self, row: int) -> int:
        """The middle of a row."""
        return HEAD + ROW * row + ROW // 2

    def heads(self) -> Iterator[Head]:
        """The goroutines, then the buffers."""
        fitting = int(self.lane / BOLD) - 1
        for lane in self.story.lanes:
            created = f", started at {lane.created}" if lane.created else ""
            yield Head(self.x(lane.name) - RADIUS, named(lane.title, fitting, ELLIPSIS), f"{lane.name}{created}")
        for number, channel in enumerate(self.buffers):
            title = named(channel.name, int(BUFFER / BOLD) - 1, ELLIPSIS)
            yield Head(self.edge + BUFFER * number, title, f"channel {channel.name}, capacity {channel.capacity}")

    def life(self, lane: Lane) -> Life:
        """From its start to where it ends."""
        first, last = self.place.get(lane.started or 0, 0), self.place.get(lane.last or 0, 0)
        top = HEAD if lane.started is None else self.y(first) + ROW // 2
        ends = lane.ending in ("returned", "panicked") and lane.last is not None
        bottom = self.y(last) if ends else self.y(len(self.rows)) - ROW // 2
        full = f"{lane.name}: {'blocked for ever, ' if lane.blocked else ''}{lane.ending or 'could have gone on'}"
        blocked = (top if lane.last is None else self.y(last)) if lane.blocked else None
        return Life(self.x(lane.name), top, max(top, bottom), blocked, full)

    def row(self, row: int, step: Step) -> Row:
        """A step's nodes, and what it is called."""
        fitting = int((self.lane - 3 * RADIUS) / CHARACTER)
        nodes = [
            Node(self.x(part.goroutine), self.y(row), tuple(wrapped(label(step, part.goroutine), fitting, ELLIPSIS, 2)))
            for part in step.parts
        ]
        if not nodes:
            nodes = [Node(NUMBERS + 4, self.y(row), (middle(f"the clock: {step.label}", 2 * fitting),))]
        who = " and ".join(self.story.lane(part.goroutine).title for part in step.parts) or "the clock"
        marks = f"; {', '.join(step.marks)}" if step.marks else ""
        return Row(row, self.y(row), step, tuple(nodes), f"step {step.number}, {who}: {step.text}{marks}")

    def arrows(self) -> Iterator[Arrow]:
        """What goes from one step to another."""
        for step in self.rows:
            if step is None:
                continue
            if step.kind == "rendezvous":
                yield Arrow("message", self.across(step), step.number, step.number)
            yield from self.into(step)
            for child in step.starts:
                yield from self.starting(step, child)

    def across(self, step: Step) -> str:
        """From sender to receiver in one row, above the labels."""
        source, target = (self.x(part.goroutine) for part in step.parts)
        y, ahead = self.y(self.place[step.number]), 14 if source < target else -14
        up, over = y - 13, target - 2 * ahead
        rising = f"M{source} {y - 4}C{source + ahead} {up - 4} {source + ahead} {up} {source + 2 * ahead} {up}"
        return f"{rising}H{over}C{over + ahead} {up} {target - ahead // 2} {up} {target - ahead // 3} {y - 6}"

    def into(self, step: Step) -> Iterator[Arrow]:
        """The message that is received here, and the steps of others immediately before."""
        for number in dict.fromkeys([*step.before, *([] if step.message is None else [step.message])]):
            source = self.story.steps[number] if number < len(self.story.steps) else None
            if number not in self.place or source is None or not step.parts or not source.parts:
                continue
            message = number == step.message
            if source.goroutine != step.goroutine or message:
                kind = ("closing" if step.kind == "receive_closed" else "message") if message else "before"
                yield Arrow(kind, self.curve(source, step), number, step.number)

    def curve(self, source: Step, target: Step) -> str:
        """Downwards, beside the lifelines, and round the labels, which stand to the right of the nodes."""
        x1, y1 = self.x(source.goroutine), self.y(self.place[source.number])
        x2, y2 = self.x(target.goroutine), self.y(self.place[target.number])
        if x1 == x2:
            return f"M{x1} {y1}C{x1 - 22} {y1 + 10} {x2 - 22} {y2 - 10} {x2 - 4} {y2 - 5}"
        if x1 < x2:  # arriving from the left, where the row of the target is empty
            return f"M{x1} {y1}C{x1} {y1 + 24} {x2 - 44} {y2} {x2 - RADIUS} {y2}"
        return f"M{x1 - RADIUS} {y1}C{x1 - 60} {y1} {x2 + 26} {y2 - 34} {x2 + 4} {y2 - 6}"

    def starting(self, step: Step, child: str) -> Iterator[Arrow]:
        """From the step that started a goroutine to the top of its line."""
        known = [lane for lane in self.story.lanes if lane.name == child and step.parts]
        for lane in known:
            y = self.y(self.place[step.number]) + ROW // 2
            path = f"M{self.x(step.goroutine)} {y}H{self.x(lane.name)}"
            yield Arrow("start", path, step.number, step.number)

    def contents(self) -> tuple[list[Slot], list[Fill]]:
        """What each buffer holds, row by row."""
        slots: list[Slot] = []
        fills: list[Fill] = []
        for row, now in enumerate(held(self.story, self.rows)):
            for column, channel in enumerate(self.buffers if self.rows[row] is not None else ()):
                x = self.edge + BUFFER * column
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
