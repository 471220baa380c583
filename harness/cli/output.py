"""Where text goes: answers to stdout, progress and complaints to stderr; what cannot be encoded, as an escape."""

from __future__ import annotations

import os
import sys
from io import StringIO
from typing import IO

from rich.console import Console
from rich.text import Text

from harness.model.errors import BadInput
from harness.report import lanes
from harness.report.lanes import Marks
from harness.report.matrix import ASCII, UNICODE, Symbols

LOG_WIDTH = 100


def prepare_streams() -> None:
    """A character that a stream's encoding lacks becomes an escape, not an error; a closed stream swallows all."""
    sys.stdout = sys.stdout or StringIO()
    sys.stderr = sys.stderr or StringIO()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def console_on(stream: IO[str]) -> Console:
    """As wide as the terminal, or as COLUMNS says; elsewhere wide enough for the verdict table."""
    known = stream.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return Console(file=stream, width=None if known else LOG_WIDTH, highlight=False, markup=False, emoji=False)


def symbols_for(stream: IO[str]) -> Symbols:
    """The table's marks, in ASCII where the stream's encoding has no others."""
    marks = "".join((*UNICODE.verdicts.values(), UNICODE.times))
    try:
        marks.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def marks_for(stream: IO[str]) -> Marks:
    """What lanes are drawn with: plain ASCII unless a terminal shows them, and nobody objects to more (NO_COLOR)."""
    terminal = console_on(stream)
    fancy = terminal.is_terminal and not terminal.no_color and symbols_for(stream) is UNICODE
    return lanes.UNICODE if fancy else lanes.ASCII


def say(*texts: Text | str, stream: IO[str] | None = None) -> None:
    """Write texts with an empty line between them; with colours only where a terminal wants them (NO_COLOR)."""
    stream = stream or sys.stdout
    shown = [Text(text) if isinstance(text, str) else text for text in texts if text]
    terminal = console_on(stream)
    rendered = StringIO()
    console = Console(
        file=rendered,
        width=terminal.width,
        force_terminal=terminal.is_terminal,
        color_system=terminal.color_system,  # type: ignore[arg-type]
        no_color=terminal.no_color,
        highlight=False,
    )
    console.print(Text("\n\n").join(shown), soft_wrap=True)
    write(rendered.getvalue(), stream)


def write(text: str, stream: IO[str] | None = None) -> None:
    """Text as it is, at once: a reader who is gone is noticed here and not at the end of the process.

    Raises:
        BrokenPipeError: nobody reads.
        BadInput: the stream cannot be written, because the disk is full, for instance.
    """
    stream = stream or sys.stdout
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise BadInput(f"cannot write to {getattr(stream, 'name', 'the output')}: {error.strerror}") from error


def complain(sentence: str) -> None:
    """One sentence on stderr; if nobody listens there, the exit code has to do."""
    try:
        write(f"harness: {sentence}\n", sys.stderr)
    except (BrokenPipeError, BadInput):
        pass
