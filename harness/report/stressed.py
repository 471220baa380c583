"""What `harness stress` came to, in words and as a JSON value: how much was tried, what was found, what that means.

`stress.schema.json` beside this module states the form of the JSON; fields are added, never renamed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.text import Text

from harness.model.answers import risk
from harness.model.stress import Cause, Stressed, Tried
from harness.report.json_form import text_of
from harness.report.text import count, padded, paragraph, printable, replay_command, width_of

SCHEMA = 1


def stressed_text(found: Stressed, *, width: int = 100) -> Text:
    """Design by design: how much was tried, and each cause with its smallest example; new ones last, to be seen."""
    blocks = [_tried(found)]
    causes = sorted(found.causes, key=lambda cause: not cause.known)
    blocks += [_cause(cause, width) for cause in causes]
    clean = _what_clean_means(found)
    if clean:
        blocks.append(Text("\n").join([Text(line) for line in paragraph(clean, width, 0)]))
    return Text("\n\n").join(blocks)


def _tried(found: Stressed) -> Text:
    names = [printable(each.design) for each in found.tried]
    lines = [Text(f"Tried, drawn from seed {found.seed}", "bold")]
    for name, each in zip(names, found.tried, strict=True):
        known = sum(cause.design == each.design and bool(cause.known) for cause in found.causes)
        new = sum(cause.design == each.design for cause in found.causes) - known
        line = Text(f"  {padded(name, width_of(names))}  {_amount(each)}: ")
        line.append(count(new, "new cause"), "bold red" if new else "green")
        lines.append(line.append(f", {known} known" if known else ""))
    return Text("\n").join(lines)


def _amount(each: Tried) -> str:
    return f"{count(each.executions, 'execution')} of {count(each.plans, 'plan')}"


def status(cause: Cause) -> str:
    """Whether it is new, and in how many executions it was seen."""
    known = f"known, {cause.known}" if cause.known else "new"
    return f"{known}; {count(cause.times, 'execution')}"


def _cause(cause: Cause, width: int) -> Text:
    """A new cause in full; of a known one what it is, and how to see it."""
    smallest, first = cause.smallest, cause.first
    told = (printable(status(cause)), "yellow" if cause.known else "bold red")
    name = f"{printable(cause.design)}: {printable(cause.property)}"
    title = Text.assemble((name, "bold"), "  ", told)
    words = [f"cause   {cause.cause}"]
    if not cause.known:
        words = [smallest.message, *words, f"first   batch {first.batch}, execution {first.execution} ({first.plan})"]
    words.append(f"plan    {smallest.plan}")
    lines = [title, *(Text(line) for text in words for line in paragraph(text, width, 6, hang=8))]
    lines.append(Text.assemble("      replay  ", (_command(cause), "cyan")))
    return Text("\n").join(lines)


def _command(cause: Cause) -> str:
    """What to type to see its smallest example; other properties may be violated there as well, and told first."""
    return replay_command(printable(cause.smallest.token), printable(cause.property))


def _what_clean_means(found: Stressed) -> str:
    """What it says of a design that nothing was found; empty if there is no such design."""
    clean = [each for each in found.tried if each.executions and not _causes_of(found, each.design)]
    return " ".join(
        f"{printable(each.design)}: {count(each.executions, 'execution')} without a finding is evidence, not proof: at "
        f"95 % confidence, the chance of a finding is below {risk(each.executions):.1g} per execution under this mix "
        "of plans and strategies."
        for each in clean
    )


def _causes_of(found: Stressed, design: str) -> list[Cause]:
    return [cause for cause in found.causes if cause.design == design]


def summary(found: Stressed) -> Text:
    """The last line: how much was tried, and whether anything is new."""
    text = Text(f"{count(found.executions, 'execution')} of {count(found.plans, 'plan')}; ")
    known = len(found.causes) - len(found.new)
    text.append(f"{count(known, 'known cause')}, ")
    if found.new:
        return text.append(f"{count(len(found.new), 'new cause')}.", "bold red")
    return text.append("nothing new.", "bold green")


def stressed_json(found: Stressed, version: str) -> str:
    """The same as JSON: plain ASCII, equal for equal campaigns."""
    return text_of(json_value(found, version))


def json_value(found: Stressed, version: str) -> dict[str, Any]:
    """Schema 1. `risk` is null where something was found: see `harness.model.answers.risk`."""
    return {
        "schema": SCHEMA,
        "version": version,
        "seed": found.seed,
        "executions_per_batch": found.per_batch,
        "executions": found.executions,
        "plans": found.plans,
        "designs": [_design(found, each) for each in found.tried],
        "causes": [asdict(cause) for cause in found.causes],
    }


def _design(found: Stressed, each: Tried) -> dict[str, Any]:
    clean = each.executions and not _causes_of(found, each.design)
    return {**asdict(each), "risk": risk(each.executions) if clean else None}
