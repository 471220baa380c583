"""The lanes themselves: rows of styled cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from harness.report.lanes.below import Below
from harness.report.lanes.columns import GAP, OTHERS, Columns, blocked, columns, gauges_after, label
from harness.report.lanes.fitting import cut, named, wrapped
from harness.report.lanes.marks import UNICODE, Marks
from harness.report.lanes.spelling import spelled
from harness.report.lanes.styles import FAINT, FATAL, GAUGE, HEAD
from harness.report.repeats import LIMIT, ends
from harness.report.story.folding import told
from harness.report.story.values import Step, Story
from harness.report.text import count

CELL_LINES = 3

Cell = tuple[list[str], str]  # lines, all of them in one style


def lanes(story: Story, *, width: int = 100, marks: Marks = UNICODE, limit: int = LIMIT, brief: bool = False) -> Text:
    """Lanes and how it ended; unless `brief`, also where each step stands in the source, and who the lanes are."""
    story = spelled(story, marks)
    fit = columns(story, width, marks)
    rows, below = _Rows(story, fit, width, marks), Below(story, fit, width, marks)
    left, repeats = told(story)
    first, last = ends(left, limit)
    shown = [*first, *last]
    rest = [] if brief else [*below.sources(shown), *below.legend()]
    return Text("\n").join([*rows.steps(shown, repeats), *below.ending(), *rest])


class _Rows:
    def __init__(self, story: Story, fit: Columns, width: int, marks: Marks) -> None:
        self.story = story
        self.fit = fit
        self.width = width
        self.marks = marks

    def steps(self, shown: Sequence[Step], repeats: str) -> Iterator[Text]:
        """The heading, a row for each step, what `repeats` after them, and where everybody is at the end."""
        yield from self.heading()
        before: Step | None = None
        for step in shown:
            if before is not None and step.number > before.number + 1:
                yield self.note(f"{count(step.number - before.number - 1, 'step')} not shown")
            if step.time > (before.time if before else 0.0):
                yield self.note(f"time moves to {step.time:g} s")
            before = step
            yield from self.row(step)
        if repeats:
            yield self.note(repeats)
        if self.story.not_judged:
            later = count(self.story.not_judged, "later step")
            yield self.note(f"{self.story.over}: {later} not judged, not shown")
        yield from self.last_row()

    def heading(self) -> Iterator[Text]:
        """The lanes' titles."""
        titles = [*(lane.title for lane in self.fit.shown), *([OTHERS] if self.fit.others else [])]
        cells: list[Cell] = [
            ([named(title, width, self.marks.ellipsis)], HEAD)
            for title, width in zip(titles, self.fit.widths, strict=True)
        ]
        channels: Cell = (["channels"], HEAD) if self.fit.gauge >= len("channels") else ([], "")
        yield from self.laid_out((["step"], HEAD), cells, channels, (["source"], HEAD))

    def row(self, step: Step) -> Iterator[Text]:
        """One step."""
        style = FATAL if step.marks else ""
        if not step.parts:
            yield self.note(f"{step.number}: {step.text}")
            return
        cells = [self.idle(position, step) for position in range(len(self.fit.widths))]
        room = min(self.fit.widths[self.fit.position(part.goroutine)] for part in step.parts) - 2
        beneath = [] if self.fit.gauge else gauges_after(self.story, step, self.marks, room)
        for part in step.parts:
            position = self.fit.position(part.goroutine)
            text = label(step, part.goroutine)
            if position == len(self.fit.shown):
                text = f"{self.story.lane(part.goroutine).title}: {text}"
            sign, width = self.marks.fatal if step.marks else self.marks.step, self.fit.widths[position]
            gauge = [f"  {cut(each, room, self.marks.ellipsis)}" for each in beneath]
            cells[position] = [*self.written(sign, text, width), *gauge], style
            beneath = []
        gauges = gauges_after(self.story, step, self.marks) if self.fit.gauge else []
        yield from self.laid_out(([f"{step.number:>4}"], style or FAINT), cells, (gauges, GAUGE), self.source(step))

    def last_row(self) -> Iterator[Text]:
        """Who is blocked for ever, and at what."""
        if not any(lane.blocked for lane in self.fit.shown):
            return
        cells: list[Cell] = [([], "")] * len(self.fit.widths)
        for position, lane in enumerate(self.fit.shown):
            if lane.blocked:
                lines = self.written(self.marks.fatal, blocked(lane), self.fit.widths[position])
                cells[position] = lines, FATAL
        yield from self.laid_out((["end"], FATAL), cells, ([], ""), ([], ""))

    def written(self, sign: str, text: str, width: int) -> list[str]:
        """A sign and a few lines beside it."""
        first, *rest = wrapped(text, width - len(sign) - 1, self.marks.ellipsis, CELL_LINES)
        return [f"{sign} {first}", *(f"{'':{len(sign)}} {line}" for line in rest)]

    def idle(self, position: int, step: Step) -> Cell:
        """The cell of somebody who has no part in the step."""
        if position == len(self.fit.shown):
            return [], FAINT
        lane = self.fit.shown[position]
        begun = lane.started is None or lane.started < step.number
        over = not lane.blocked and (lane.last is None or lane.last < step.number) and lane.ending != ""
        return ([self.marks.alive] if begun and not over else []), FAINT

    def source(self, step: Step) -> Cell:
        """At the side: the place, and what stands there."""
        if not self.fit.source:
            return [], ""
        part = step.parts[0]
        room = self.fit.source
        place = named(part.place, room, self.marks.ellipsis)
        left = room - cell_len(place) - GAP
        beside = left >= min(cell_len(part.source), 24)
        text = cut(part.source, left if beside else room - GAP, self.marks.ellipsis)
        return ([f"{place}  {text}".rstrip()] if beside else [place, f"  {text}"]), FAINT

    def note(self, text: str) -> Text:
        """A line across all lanes."""
        return Text(cut(f"{'':{self.fit.number}}  -- {text} --", self.width, self.marks.ellipsis), "italic")

    def laid_out(self, number: Cell, cells: Sequence[Cell], gauge: Cell, source: Cell) -> Iterator[Text]:
        """As many lines as the highest cell has; a lifeline goes on down the row."""
        row = [(number, self.fit.number), *zip(cells, self.fit.widths, strict=True)]
        row += [(gauge, self.fit.gauge)] if self.fit.gauge else []
        row += [(source, self.fit.source)] if self.fit.source else []
        for line in range(max(len(lines) for (lines, _), _ in row)):
            text = Text()
            for (lines, style), width in row:
                goes_on = lines == [self.marks.alive]
                shown = lines[line] if line < len(lines) else self.marks.alive if goes_on else ""
                text.append(shown, style)
                text.append(" " * (width - cell_len(shown) + GAP))
            text.rstrip()
            yield text
