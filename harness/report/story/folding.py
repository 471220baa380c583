"""A story without what it only repeats."""

from __future__ import annotations

from collections.abc import Sequence

from harness.report.repeats import once
from harness.report.story.values import Step, Story


def told(story: Story) -> tuple[Sequence[Step], str]:
    """Its steps; of those that one which is cut off repeats to its end one round, and what to say of the others."""
    if story.ending != "cut off":
        return story.steps, ""
    return once(story.steps, [(step.parts, step.text) for step in story.steps])
