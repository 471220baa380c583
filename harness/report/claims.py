"""Claims that somebody made, each beside what the harness found out about it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from harness.model.verdict import Claim
from harness.report.text import paragraph, printable, replay_command

STYLES = {"confirmed": "green", "refuted": "red"}


def claims_text(claims: Sequence[Claim], *, width: int = 100) -> Text:
    """Statement, source, finding, evidence and replay command of each claim."""
    lines = [Text("Claims", "bold")]
    for claim in claims:
        finding = (printable(claim.finding), STYLES.get(claim.finding, "yellow"))
        lines += [Text(), Text.assemble("  ", (printable(claim.name), "bold"), ": ", finding)]
        lines += map(Text, paragraph(f"“{claim.statement}” ({claim.source})", width, 6))
        lines += map(Text, paragraph(claim.evidence, width, 6))
        if claim.token:
            lines.append(Text.assemble("      replay  ", (replay_command(claim.token), "cyan")))
    return Text("\n").join(lines)
