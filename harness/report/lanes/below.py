"""Below the lanes: how it ended, what stands at each place in the source, and who the lanes are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from harness.report.lanes.columns import GAP, Columns
from harness.report.lanes.fitting import cut, named
from harness.report.lanes.marks import Marks
from harness.report.lanes.styles import FAINT, FATAL, HEAD
from harness.report.story.values import Lane, Step, Story
from harness.report.text import paragraph

LISTED = 6  # steps at one place


class Below:
    """What is told below the lanes that `fit` lays out."""

    def __init__(self, story: Story, fit: Columns, width: int, marks: Marks) -> None:
        self.story = story
        self.fit = fit
        self.width = width
        self.marks = marks

    def ending(self) -> Iterator[Text]:
        """How it ended, what was never received, and who is blocked."""
        yield Text()
        style = "" if self.story.ending == "returned" else FATAL
        yield from self.told_as("end", self.story.outcome, style)
        for left in self.story.unreceived:
            sentence = f"in {left.channel}: {left.value}, sent in step {left.step}, never received"
            yield from self.told_as("left", sentence, FATAL if self.story.steps[left.step].marks else "")
        for lane in self.story.lanes:
            if lane.blocked:
                where = lane.whereabouts
                yield from self.told_as("stuck", f"{lane.title} is blocked for ever: {lane.ending}{where}", FATAL)

    def told_as(self, title: str, text: str, style: str) -> Iterator[Text]:
        """A paragraph behind a word."""
        indent = self.fit.number + GAP
        first, *rest = paragraph(text, self.width, indent)
        yield Text.assemble((f"{title:<{indent}}", HEAD), (first[indent:], style))
        yield from (Text(line, style) for line in rest)

    def sources(self, shown: Sequence[Step]) -> Iterator[Text]:
        """Below: per place the steps, or who is blocked there, and what stands there. No steps if that is at the side
        already."""
        found: dict[tuple[str, str, str], list[int]] = {}
        for step in () if self.fit.source else shown:
            for part in step.parts:
                if part.place:
                    found.setdefault((part.place, part.source, part.via), []).append(step.number)
        blocked = self.blocked()
        told = {where: _numbered(numbers) for where, numbers in found.items()}
        for where, names in blocked.items():
            who = names[0] if len(names) == 1 else str(len(names))
            told[where] = "; ".join(filter(None, [told.get(where, ""), f"{who} blocked"]))
        if not told:
            return
        yield from (Text(), Text("source", HEAD))
        indent = self.fit.number + GAP
        for (place, source, via), what in told.items():
            room = self.width - cell_len(place) - 2 * GAP
            yield Text.assemble(f"  {place}", (f"  {cut(what, room, self.marks.ellipsis)}", FAINT))
            if source:
                yield Text(" " * indent + cut(source, self.width - indent, self.marks.ellipsis), "italic")
            if via:
                yield Text(f"{'':{indent}}in a goroutine started at {via}", FAINT)

    def blocked(self) -> dict[tuple[str, str, str], list[str]]:
        """Per place, who is blocked there for ever."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for lane in self.story.lanes:
            if lane.blocked and lane.place:
                here = [line.text.strip() for line in self.story.sources.get(lane.place, ()) if line.here]
                found.setdefault((lane.place, "".join(here), ""), []).append(lane.title)
        return found

    def legend(self) -> Iterator[Text]:
        """Who the lanes are, where the title alone does not say it."""
        unclear = [lane for lane in self.story.lanes if lane.title != lane.name or not self.whole(lane)]
        if not unclear:
            return
        yield from (Text(), Text("goroutines", HEAD))
        width = min(30, max(cell_len(lane.title) for lane in unclear))
        for lane in unclear:
            created = f", started at {lane.created}" if lane.created else ""
            title = named(lane.title, width, self.marks.ellipsis)
            first, *rest = paragraph(f"{lane.name}{created}", self.width, width + 4)
            yield Text(f"  {title}{'':{width - cell_len(title)}}  {first[width + 4 :]}")
            yield from map(Text, rest)

    def whole(self, lane: Lane) -> bool:
        """Does the heading show the title in full?"""
        position = self.fit.position(lane.name)
        return lane in self.fit.shown and cell_len(lane.title) <= self.fit.widths[position]


def _numbered(numbers: Sequence[int]) -> str:
    steps = ", ".join(map(str, numbers[:LISTED])) + (", ..." if len(numbers) > LISTED else "")
    return f"step{'s' * (len(numbers) > 1)} {steps}"
