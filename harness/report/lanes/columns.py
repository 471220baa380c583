"""Which columns there are, who stands in them, and how wide they are.

What does not fit gives way in this order: the source lines move below, the gauges move under the operations, and in the
end the goroutines that matter least share one column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.report.lanes.fitting import named, shared_out
from harness.report.lanes.marks import Marks
from harness.report.story.values import Lane, Step, Story
from harness.report.text import width_of

GAP = 2
LEAST = 15
MOST = 36
SIDE_SOURCE = 44
OTHERS = "others"
GAUGE_NAME = 12


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in terminal cells; 0 for a column that is not there.

    Attributes:
        shown: the lanes with a column of their own.
        others: those that share the last one.
        widths: of the lanes, the shared one included.
    """

    number: int
    shown: tuple[Lane, ...]
    others: tuple[Lane, ...]
    widths: tuple[int, ...]
    gauge: int
    source: int

    def position(self, goroutine: str) -> int:
        """In which column it stands."""
        names = [lane.name for lane in self.shown]
        return names.index(goroutine) if goroutine in names else len(names)


def columns(story: Story, width: int, marks: Marks) -> Columns:
    """As `width` allows."""
    number = max(len("step"), len(str(len(story.steps))))
    gauge = width_of(gauges(story, marks))
    everybody = story.lanes
    for beside, below in ((gauge, SIDE_SOURCE if story.steps else 0), (gauge, 0), (0, 0)):
        room = width - number - GAP - (beside and beside + GAP) - (below and below + GAP)
        widths = _widths(story, everybody, (), room)
        if widths is not None:
            used = number + sum(widths) + GAP * len(widths) + (beside and beside + GAP)
            return Columns(number, everybody, (), widths, beside, width - used - GAP if below else 0)
    room = width - number - GAP
    for count in range(len(everybody) - 1, 0, -1):
        shown = most_important(story, count)
        others = tuple([lane for lane in everybody if lane not in shown])
        widths = _widths(story, shown, others, room)
        if widths is not None:
            return Columns(number, shown, others, widths, 0, 0)
    return Columns(number, (), everybody, (max(LEAST, room),), 0, 0)


def _widths(story: Story, shown: Sequence[Lane], others: Sequence[Lane], room: int) -> tuple[int, ...] | None:
    wanted = [_wanted([*texts(story, lane), lane.title]) for lane in shown]
    if others:
        wanted.append(_wanted([f"{lane.title}: {text}" for lane in others for text in texts(story, lane)] + [OTHERS]))
    found = shared_out(wanted, room - GAP * (len(wanted) - 1), LEAST)
    return tuple(found) if found is not None else None


def _wanted(lines: list[str]) -> int:
    return min(MOST, max(LEAST, 2 + width_of(lines)))


def texts(story: Story, lane: Lane) -> list[str]:
    """What is written in a lane."""
    steps = [label(step, lane.name) for step in story.steps if any(part.goroutine == lane.name for part in step.parts)]
    return [*steps, *([blocked(lane)] if lane.blocked else [])]


def blocked(lane: Lane) -> str:
    """What is written at the end of the lane of somebody who is blocked for ever."""
    return f"blocked: {lane.ending}"


def label(step: Step, goroutine: str) -> str:
    """A step in few words, as one of its goroutines sees it."""
    received = step.kind == "rendezvous" and goroutine != step.goroutine
    return f"receive {step.value} from {step.object}" if received else step.label


def gauges(story: Story, marks: Marks) -> list[str]:
    """Everything that is ever written in the column of gauges, and what it has to be wide enough for."""
    return [text for step in story.steps for text in gauges_after(story, step, marks)]


def gauges_after(story: Story, step: Step, marks: Marks, room: int = 1_000) -> list[str]:
    """The channels whose content a step changes, each as a gauge; a name gives way before the gauge does."""
    found: list[str] = []
    for content in step.contents:
        channel = story.channel(content.channel)
        gauge = marks.gauge(channel, content)
        name = named(channel.name, max(1, min(GAUGE_NAME, room - len(gauge) - 1)), marks.ellipsis)
        found.append(f"{name} {gauge}".rstrip())
    return found


def most_important(story: Story, count: int) -> tuple[Lane, ...]:
    """The `count` lanes that matter most: fatal steps, then who is blocked, then main, then who does most."""
    fatal = {part.goroutine for step in story.steps if step.marks for part in step.parts}

    def rank(lane: Lane) -> tuple[bool, bool, bool, int]:
        return lane.name not in fatal, not lane.blocked, lane.started is not None, -len(texts(story, lane))

    best = sorted(story.lanes, key=rank)[:count]
    return tuple([lane for lane in story.lanes if lane in best])
