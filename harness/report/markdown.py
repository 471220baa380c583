"""A finding as Markdown, to be pasted where that is read: whatever the program brings in shows as it is written."""

from __future__ import annotations

from harness.model.explanation import Explanation
from harness.report.explained import PASTED_WIDTH
from harness.report.lanes import ASCII, lanes
from harness.report.story.telling import failing_story
from harness.report.text import command_of, sentence
from harness.report.verdicts_md import block, code, escaped


def markdown(explanation: Explanation) -> str:
    """Who objects, why, the lanes, and how to see it again."""
    objection = f"**{escaped(explanation.oracle)}**: {escaped(sentence(explanation.message))}"
    parts = [
        objection if explanation.oracle else "No oracle objects to this execution.",
        escaped(sentence(explanation.paragraph)),
        block(lanes(failing_story(explanation), width=PASTED_WIDTH, marks=ASCII).plain),
        code(command_of(explanation)),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"
