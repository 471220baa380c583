"""How a failure is handed to Hypothesis: told apart by oracle, with its interleaving as a note below the example."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import currently_in_test_context, note

from harness.model.answers import Falsified
from harness.report.timeline import timeline


class Interleaving:
    """A note; it is put into words only where Hypothesis prints it."""

    def __init__(self, error: Falsified, heading: str) -> None:
        self.found = error.counterexample
        self.heading = heading

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"{self.heading}\n\n{timeline(self.found.execution)}\n")


@cache
def violation(oracle: str) -> type[Exception]:
    """The type that stands for violations of this oracle."""
    return type(oracle, (Exception,), {})


def told(error: Falsified, heading: str) -> Falsified:
    """`error`, for Hypothesis.

    Two failures are the same to it if they have the same type, place and context (its `report_multiple_bugs`). The
    context is the oracle, so that one violation does not turn into another while it shrinks, and each is reported by
    itself.
    """
    if currently_in_test_context():
        note(Interleaving(error, heading))
    error.__context__ = violation(error.counterexample.oracle)()
    error.__suppress_context__ = True
    return error
