"""From arguments to an exit code; the only place where an exception ends.

Whatever the harness raises on purpose is one sentence on stderr. Anything else is a mistake of ours, shows its
traceback, and is never mistaken for a finding: it has the exit code of bad input.
"""

from __future__ import annotations

import os
import sys
import traceback
from argparse import Namespace
from collections.abc import Sequence
from contextlib import nullcontext

from harness.cli import exits
from harness.cli.files import STDOUT
from harness.cli.output import complain, prepare_streams, stdout_for_answers, write
from harness.cli.parser import parser
from harness.model.answers import Inconclusive
from harness.model.errors import HarnessError
from harness.report.text import printable


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` (default: the process's own arguments) asks for."""
    prepare_streams()
    try:
        return _run(argv)
    except KeyboardInterrupt:
        complain("interrupted")
        return exits.INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return exits.BROKEN_PIPE
    except Inconclusive as error:
        complain(printable(str(error)))
        return exits.INCONCLUSIVE
    except HarnessError as error:
        complain(printable(str(error)))
        return exits.BAD_INPUT
    except Exception:
        complain(f"this is a mistake in the harness, not in your program; please report it\n{traceback.format_exc()}")
        return exits.BAD_INPUT


def _run(argv: Sequence[str] | None) -> int:
    words = sys.argv[1:] if argv is None else argv
    top = parser(words)
    try:
        arguments = top.parse_args(words)
    except SystemExit as ending:
        sys.stdout.flush()
        return int(ending.code or 0)
    if not hasattr(arguments, "run"):
        write(top.format_help(), sys.stderr)
        return exits.BAD_INPUT
    with stdout_for_answers() if _asks_for_a_file(arguments) else nullcontext():
        code: int = arguments.run(arguments)
    return code


def _asks_for_a_file(arguments: Namespace) -> bool:
    """Is stdout to be what a file would be, so that nothing else may get there?"""
    return STDOUT in vars(arguments).values() or any(getattr(arguments, form, False) for form in ("mermaid", "text"))


def _forget_stdout() -> None:
    """What is still buffered goes nowhere, so that the end of the process has nothing to fail at."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        pass
