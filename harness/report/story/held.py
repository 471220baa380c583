"""What every channel holds after each of some steps of a story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.report.story.values import Content, Step, Story


def held(story: Story, rows: Sequence[Step | None]) -> Iterator[dict[str, Content]]:
    """Per row, by identity, the content of each channel; a row without a step leaves everything as it is.

    Steps of the story that stand in no row count all the same.
    """
    now = {channel.identity: Content(channel.identity, (), False) for channel in story.channels}
    steps = iter(story.steps)
    for row in rows:
        for step in steps if row is not None else ():
            now = {**now, **{content.channel: content for content in step.contents}}
            if row is not None and step.number == row.number:
                break
        yield now
