"""The small change of every report: escaping, padding, counting."""

from __future__ import annotations

import math
import shlex
import textwrap

from rich.cells import cell_len

from harness.model.explanation import Explanation

NO_BREAK = "\N{NO-BREAK SPACE}"


def printable(text: str) -> str:
    """One line without control characters, invisible format characters or lone surrogates: those are escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def padded(text: str, width: int) -> str:
    """At least `width` terminal cells wide; wide characters count as two."""
    return text + " " * (width - cell_len(text))


def width_of(texts: list[str]) -> int:
    """The terminal cells that the widest needs."""
    return max(map(cell_len, texts), default=0)


def tail(text: str, limit: int) -> str:
    """The end of a path, where it says most: at most `limit` characters."""
    return text if len(text) <= limit else "…" + text[len(text) - limit + 1 :]


def count(number: int, noun: str, plural: str = "") -> str:
    """ "1 cell", "1,234 cells"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(share: float) -> str:
    """A share of at most 1 to two digits, and never less than it is: "0.3 %", "17 %"."""
    if not share:
        return "0 %"
    digits = max(0, 1 - math.floor(math.log10(share * 100)))
    return f"{math.ceil(share * 100 * 10**digits) / 10**digits:.{digits}f} %"


def paragraph(text: str, width: int, indent: int, *, hang: int = 0, phrases: bool = False) -> list[str]:
    """Lines of at most `width` columns, indented, all but the first by `hang` more.

    A longer word stays whole, so that it can be copied; with `phrases`, so does what stands between semicolons.
    """
    text = printable(text)
    if phrases:
        text = "; ".join(part.replace(" ", NO_BREAK) for part in text.split("; ")).replace(f"{NO_BREAK}(", " (")
    lines = textwrap.wrap(
        text,
        max(width, indent + hang + 20),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(NO_BREAK, " ") for line in lines] or [" " * indent]


def command_of(explanation: Explanation) -> str:
    """What to type to see a finding again."""
    return printable(explanation.command) or replay_command(printable(explanation.token))


def replay_command(token: str, oracle: str = "") -> str:
    """What to type to see the execution again; with an oracle, where it does not come first without being named."""
    return f"harness replay {token}" + (f" --oracle {shlex.quote(oracle)}" if oracle else "")


def prove_command(program: str) -> str:
    """What to type to have all schedules of a program judged, which a token names so."""
    form, _, test = program.partition(" ")
    return f"pytest {shlex.quote(test)}" if form == "pytest" else f"harness prove {shlex.quote(program)}"
