"""Where text goes: answers to stdout, progress and complaints to stderr; what cannot be encoded, as an escape."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import BufferedWriter, FileIO, StringIO, TextIOWrapper
from typing import IO, TextIO

from rich.console import Console
from rich.text import Text

from harness.model.errors import BadInput
from harness.report import lanes
from harness.report.lanes import Marks
from harness.report.matrix import ASCII, UNICODE, Symbols

LOG_WIDTH = 100
_answers: list[IO[str]] = []
"""Where answers go instead of to `sys.stdout`: the last one."""


def prepare_streams() -> None:
    """A character that a stream's encoding lacks becomes an escape, not an error; a closed stream swallows all."""
    sys.stdout = sys.stdout or StringIO()
    sys.stderr = sys.stderr or StringIO()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


@contextmanager
def stdout_for_answers() -> Iterator[None]:
    """While it lasts, only `write` and `say` reach stdout: what programs print, workers' included, goes to stderr."""
    sys.stdout.flush()
    kept = _kept_apart(sys.stdout)
    try:
        _answers.append(kept or sys.stdout)
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _answers.pop()
        if kept is not None:
            os.dup2(kept.fileno(), sys.stdout.fileno())
            _close(kept)


def _kept_apart(stream: TextIO) -> IO[str] | None:
    """What a process's stdout writes to, under a number of its own, and stderr under that of stdout; None if it is no
    process's stdout."""
    try:
        number = stream.fileno()
        raw = FileIO(os.dup(number), "w")
        os.dup2(sys.stderr.fileno(), number)
    except (OSError, ValueError):
        return None
    vars(raw)["name"] = getattr(stream, "name", "")  # what a complaint calls it
    return TextIOWrapper(BufferedWriter(raw), stream.encoding, stream.errors, write_through=True)


def _close(stream: IO[str]) -> None:
    try:
        stream.close()
    except OSError:  # it has been told already, by `write`
        pass


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
    """Write texts with an empty line between them; styled only where a terminal wants that.

    Who sets NO_COLOR gets no escape sequences at all: rich would still send those for bold and dim text.
    """
    stream = stream or _stdout()
    shown = [Text(text) if isinstance(text, str) else text for text in texts if text]
    terminal = console_on(stream)
    rendered = StringIO()
    console = Console(
        file=rendered,
        width=terminal.width,
        force_terminal=terminal.is_terminal,
        color_system=None if terminal.no_color else terminal.color_system,  # type: ignore[arg-type]
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
    stream = stream or _stdout()
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise BadInput(f"cannot write to {getattr(stream, 'name', 'the output')}: {error.strerror}") from error


def _stdout() -> IO[str]:
    return _answers[-1] if _answers else sys.stdout


def complain(sentence: str) -> None:
    """One sentence on stderr; if nobody listens there, the exit code has to do."""
    try:
        write(f"harness: {sentence}\n", sys.stderr)
    except (BrokenPipeError, BadInput):
        pass
