"""An explanation in the terminal, and as plain text to paste into an issue."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from harness.model.explanation import Explanation
from harness.report.lanes import ASCII, UNICODE, Marks, lanes
from harness.report.lanes.spelling import spelled
from harness.report.lanes.styles import FATAL, HEAD
from harness.report.replayed import how_replayed, nobody_objects
from harness.report.size import size_of
from harness.report.story.telling import failing_story, story
from harness.report.text import command_of, paragraph, printable, program_of, sentence

PASTED_WIDTH = 100


def explained(explanation: Explanation, *, width: int = 100, marks: Marks = UNICODE) -> Text:
    """The sentence first, then why, the lanes, and how to see it again."""
    sections = [
        _opening(explanation, width, marks),
        _prose(spelled(sentence(explanation.paragraph), marks), width),
        lanes(failing_story(explanation), width=width, marks=marks),
        _decided(explanation, width, marks),
        _passing(explanation, width, marks),
        Text.assemble(("replay  ", HEAD), (command_of(explanation), "cyan")),
    ]
    return Text("\n\n").join(section for section in sections if section)


def pasted(explanation: Explanation) -> str:
    """Plain text of at most 100 columns, in ASCII as far as the program's own texts are."""
    return explained(explanation, width=PASTED_WIDTH, marks=ASCII).plain


def _opening(explanation: Explanation, width: int, marks: Marks) -> Text:
    lines: list[Text] = []
    if explanation.oracle:
        told = spelled(sentence(f"violated: {explanation.oracle}: {explanation.message}"), marks)
        lines += [Text(line, FATAL) for line in paragraph(told, width, 0, hang=2)]
    else:
        lines += [Text(line, "green") for line in paragraph(nobody_objects(explanation.asked), width, 0, hang=2)]
    execution = explanation.failing.execution
    if execution.replayed:
        how = how_replayed(explanation.program, execution, bool(explanation.oracle))
        lines += [Text(line) for part in how.splitlines() for line in _part(part, width)]
    for title, text in (
        ("program", program_of(explanation).removesuffix(f" {printable(explanation.plan)}")),
        ("plan", explanation.plan),
        ("size", size_of(explanation) if explanation.minimal else ""),
    ):
        if text:
            first, *rest = paragraph(spelled(text, marks), width, 9)
            lines += [Text.assemble((f"{title:<9}", HEAD), first[9:]), *map(Text, rest)]
    return Text("\n").join(lines)


def _part(text: str, width: int) -> list[str]:
    """A line of it: commands, which are indented and start with a program, are not broken."""
    indent = len(text) - len(text.lstrip())
    if indent and not text.lstrip().startswith("step "):
        return [text]
    return paragraph(text.lstrip(), width, indent, hang=2)


def _prose(text: str, width: int) -> Text:
    return Text("\n").join(map(Text, paragraph(text, width, 0))) if text else Text()


def _passing(explanation: Explanation, width: int, marks: Marks) -> Text:
    if explanation.passing is None:
        return Text()
    heading = Text("the nearest execution that passes", HEAD)
    return Text("\n").join([heading, lanes(story(explanation.passing), width=width, marks=marks, brief=True)])


def _decided(explanation: Explanation, width: int, marks: Marks) -> Text:
    told = [spelled(each, marks) for each in decisive(explanation)]
    return Text("\n").join(line for each in told for line in map(Text, paragraph(each, width, 0)))


def decisive(explanation: Explanation) -> Iterator[str]:
    """Where it was decided, a sentence each; nothing if nobody has looked for that."""
    no_return = explanation.point_of_no_return
    if no_return is not None:
        saved = printable(no_return.alternative)
        first = ", coming first" if no_return.before else ""
        otherwise = f"; what would still have saved it{first}: {saved}" if saved else ""
        yield f"From step {no_return.step} on, every continuation fails{otherwise}."
    for pair in explanation.pairs:
        order = f" before step {pair.second}" if pair.second is not None else ""
        yield f"Step {pair.first}{order}: {printable(pair.words)}."
    for each in explanation.otherwise:
        yield f"Step {each.step}: {printable(each.words)}."
