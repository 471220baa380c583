"""What the exit codes mean. Other programs are written against them."""

from __future__ import annotations

AS_EXPECTED = 0
DIFFERS = 1  # a verdict is not what the scenario states, or a property is violated
BAD_INPUT = 2
INCONCLUSIVE = 3
INTERRUPTED = 130  # Ctrl-C, as a shell reports it
BROKEN_PIPE = 141  # nobody reads on, as a shell reports it
