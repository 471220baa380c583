"""The small change of every report: escaping, padding, counting."""

from __future__ import annotations

import math
import shlex
import textwrap

from rich.cells import cell_len

from harness.model.errors import BadInput
from harness.model.explanation import Explanation
from harness.model.token import decode

ELLIPSIS = "…"
PLAIN_ELLIPSIS = ".."
NAME_LIMIT = 120
TEXT_LIMIT = 300
SENTENCE_LIMIT = 3_000
NO_BREAK = "\N{NO-BREAK SPACE}"


def printable(text: str) -> str:
    """One line without control characters, invisible format characters or lone surrogates: those are escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def middle(text: str, limit: int, ellipsis: str = ELLIPSIS) -> str:
    """At most `limit` characters, shortened in the middle: both ends of a name say more than what lies between."""
    if len(text) <= limit:
        return text
    room = max(0, limit - len(ellipsis))
    head = room - room // 2
    return (text[:head] + ellipsis + text[len(text) - room // 2 :])[:limit] if room else ellipsis[:limit]


def called(name: str) -> str:
    """A name that the program has given, printable and of bearable length; it can be told from others still."""
    return middle(printable(name), NAME_LIMIT)


def brief(text: str) -> str:
    """What happens, as one line of bearable length, whatever names and values it has in it."""
    return middle(printable(text), TEXT_LIMIT)


def sentence(text: str) -> str:
    """What an oracle says; of a very long sentence both ends."""
    return middle(printable(text), SENTENCE_LIMIT)


def plain(text: str) -> str:
    """With dots in place of the sign for what is left out: so that it is ASCII, where the program's texts are."""
    return text.replace(ELLIPSIS, PLAIN_ELLIPSIS)


def padded(text: str, width: int) -> str:
    """At least `width` terminal cells wide; wide characters count as two."""
    return text + " " * (width - cell_len(text))


def width_of(texts: list[str]) -> int:
    """The terminal cells that the widest needs."""
    return max(map(cell_len, texts), default=0)


def tail(text: str, limit: int) -> str:
    """The end of a path, where it says most: at most `limit` characters."""
    return text if len(text) <= limit else PLAIN_ELLIPSIS + text[len(text) - limit + len(PLAIN_ELLIPSIS) :]


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


def program_of(explanation: Explanation) -> str:
    """The program as the token names it: what a factory has made is found by that and not by its own name."""
    try:
        return printable(decode(explanation.token).reference)
    except BadInput:
        return printable(explanation.program)


def replay_command(token: str, oracle: str = "") -> str:
    """What to type to see the execution again; with an oracle, where it does not come first without being named."""
    return f"harness replay {token}" + (f" --oracle {shlex.quote(oracle)}" if oracle else "")


def prove_command(program: str) -> str:
    """What to type to have all schedules of a program judged, which a token names so."""
    form, _, test = program.partition(" ")
    return f"pytest {shlex.quote(test)}" if form == "pytest" else f"harness prove {shlex.quote(program)}"
