"""The page of one finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

from harness.model.explanation import Explanation
from harness.report.explained import decisive, pasted
from harness.report.html.geometry import WIDE, Geometry
from harness.report.html.rendering import embedded, rendered
from harness.report.html.shapes import Diagram
from harness.report.markdown import markdown
from harness.report.mermaid import mermaid
from harness.report.repeats import ends
from harness.report.size import size_of
from harness.report.story.folding import told
from harness.report.story.held import held
from harness.report.story.telling import failing_story, story
from harness.report.story.values import Content, Step, Story
from harness.report.text import command_of, count, printable, program_of, sentence

LIMIT = 400  # steps; a diagram of more is no picture any more
HALF = 600  # pixels for each of two pictures that stand side by side
WHOLE = 1_220  # and for each of two below each other
PAPER = 1_000  # pixels; a wider diagram is no use on paper, where the table tells the same


@dataclass(frozen=True, slots=True)
class View:
    """One execution on the page: `name` is "failing" or "passing", `rows` the steps as they stand below each other."""

    name: str
    title: str
    story: Story
    rows: tuple[Step | None, ...]
    diagram: Diagram
    omitted: int
    repeats: str

    @property
    def too_wide(self) -> bool:
        """Is it to be left out on paper?"""
        return self.diagram.width > PAPER

    @property
    def contents(self) -> Iterator[tuple[Step, str]]:
        """Each step that is shown, with what it changes in the channels, in words."""
        for step in self.rows:
            if step is not None:
                changed = [_told(self.story, content) for content in step.contents]
                yield step, "; ".join(changed)


def finding_page(
    explanation: Explanation, *, home: str = "", about: Sequence[tuple[str, str]] = (), limit: int = LIMIT
) -> str:
    """A whole HTML document; `home` is the address of the index, `about` names and texts for its head, if any."""
    views = tuple(_views(explanation, limit))
    program = program_of(explanation)
    facts = [*about, ("plan", explanation.plan), ("size", size_of(explanation))]
    return rendered(
        "finding.html",
        title=f"{printable(explanation.oracle) or 'no objection'}: {program or 'one execution'}",
        oracle=printable(explanation.oracle),
        message=sentence(explanation.message),
        paragraph=sentence(explanation.paragraph),
        program=program.removesuffix(f" {printable(explanation.plan)}"),
        about=[(printable(name), printable(text)) for name, text in facts if text],
        command=command_of(explanation),
        decisive=list(decisive(explanation)),
        views=views,
        positions=len(views[0].rows),
        broad=len(views) > 1 and max(view.diagram.width for view in views) > HALF,
        home=home,
        data=embedded({"views": [_data(view) for view in views]}),
        pasted=pasted(explanation),
        markdown=markdown(explanation),
        mermaid=mermaid(explanation),
    )


def _views(explanation: Explanation, limit: int) -> Iterator[View]:
    failing = failing_story(explanation)
    kept = _kept(failing, limit)
    if explanation.passing is None:
        yield _view("failing", "the execution", failing, kept, WIDE, limit)
        return
    passing = story(explanation.passing)
    pairs = list(_aligned(explanation, kept, _kept(passing, limit)))
    beside, below = (_both(failing, passing, pairs, room, limit) for room in (HALF, WHOLE))
    yield from beside if max(view.diagram.width for view in beside) <= HALF else below


def _both(
    failing: Story, passing: Story, pairs: Sequence[tuple[Step | None, Step | None]], room: int, limit: int
) -> tuple[View, View]:
    return (
        _view("failing", "this execution fails", failing, [pair[0] for pair in pairs], room, limit),
        _view("passing", "the nearest one that does not", passing, [pair[1] for pair in pairs], room, limit),
    )


def _aligned(
    explanation: Explanation, failing: Sequence[Step], passing: Sequence[Step]
) -> Iterator[tuple[Step | None, Step | None]]:
    """Rows of both; as the explanation aligns them, else simply one after the other."""
    if not explanation.aligned:
        yield from zip_longest(failing, passing)
        return
    here, there = ({step.number: step for step in steps} for steps in (failing, passing))
    for first, second in explanation.aligned:
        pair = (None if first is None else here.get(first), None if second is None else there.get(second))
        if pair != (None, None):
            yield pair


def _kept(story: Story, limit: int) -> tuple[Step, ...]:
    """All steps that are not only repeated, or the first third and the last two, where it is decided."""
    first, last = ends(told(story)[0], limit)
    return (*first, *last)


def _view(name: str, title: str, story: Story, rows: Sequence[Step | None], room: int, limit: int) -> View:
    steps, repeats = told(story)
    omitted = max(0, len(steps) - limit)
    return View(name, title, story, tuple(rows), Geometry(story, rows, room).diagram(), omitted, repeats)


def _told(story: Story, content: Content) -> str:
    channel = story.channel(content.channel)
    closed = "closed" if content.closed else ""
    held = f"{count(len(content.values), 'value')} of {channel.capacity}" if channel.capacity else ""
    values = f" ({', '.join(content.values)})" if content.values else ""
    return f"{channel.name}: {held}{values}{', ' if held and closed else ''}{closed}"


def _data(view: View) -> dict[str, Any]:
    """What the script needs: rows, lanes, channels, sources, and what every channel holds after each row."""
    return {
        "name": view.name,
        "rows": [None if step is None else asdict(step) for step in view.rows],
        "labels": {row.row: row.label for row in view.diagram.rows},
        "lanes": [asdict(lane) for lane in view.story.lanes],
        "channels": [asdict(channel) for channel in view.story.channels],
        "sources": {place: [asdict(line) for line in lines] for place, lines in view.story.sources.items()},
        "outcome": view.story.outcome,
        "held": [[asdict(now[each.identity]) for each in view.story.channels] for now in held(view.story, view.rows)],
    }
