"""`python -m harness`, and the console script `harness`."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from harness.cli import exits
from harness.cli.main import main

__all__ = ["entry", "main"]


def entry() -> NoReturn:
    """Run the command line and end the process.

    An interrupted process ends at once: waiting for a pool whose workers were stopped in the middle of their work can
    take for ever, and there is nothing left to save.
    """
    code = main()
    if code == exits.INTERRUPTED:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    entry()
