"""Text into columns: cutting and wrapping by terminal cells, and how wide each column may be."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells

from harness.report.text import middle


def wrapped(text: str, width: int, ellipsis: str, most: int) -> list[str]:
    """At most `most` lines of at most `width` cells; words are broken only if they are wider than a line."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= width:
            lines[-1] = joined
            continue
        pieces = chop_cells(word, width) if word else [""]
        lines[len(lines) - (not lines[-1]) :] = pieces
    if len(lines) > most:
        lines = [*lines[: most - 1], cut(lines[most - 1] + ellipsis, width, ellipsis)]
    return lines


def cut(text: str, width: int, ellipsis: str) -> str:
    """At most `width` cells, the end left out."""
    if cell_len(text) <= width:
        return text
    room = width - len(ellipsis)
    return chop_cells(text, room)[0] + ellipsis if room > 0 else ellipsis[: max(0, width)]


def named(name: str, width: int, ellipsis: str) -> str:
    """A name of at most `width` cells, shortened in the middle."""
    return name if cell_len(name) <= width else cut(middle(name, width, ellipsis), width, ellipsis)


def shared_out(wanted: Sequence[int], room: int, least: int) -> list[int] | None:
    """Widths of at most `wanted` whose sum is at most `room`; None if not everyone can have `least`.

    The widest give way first, so that narrow columns stay whole.
    """
    if sum(min(each, least) for each in wanted) > room:
        return None
    widths = list(wanted)
    ceiling = max(widths, default=0)
    while sum(widths) > room:
        ceiling -= 1
        widths = [min(each, ceiling) for each in widths]
    return widths
