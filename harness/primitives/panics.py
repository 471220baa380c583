"""The end of a goroutine by a panic that nobody recovers: an operation of its own.

When a panic has unwound a goroutine, Go reports it and ends the process, and until then the others go on: somebody
else's panic can be the first to be reported. So the goroutine stays, pending at its panic, until the schedule lets that
happen. (A fatal error is reported at once.) Which panic comes first is the outcome: every two of them are in conflict.
"""

from __future__ import annotations

from harness.model import dependence as touch
from harness.model.operation import Kind, Operation
from harness.primitives.world import Nothing


class Panics(Nothing):
    """The object that every unrecovered panic touches; the reduced search knows it by the number 0."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__()
        self.index = 0


PANICS = Panics()


def _reported(operation: Operation) -> None:
    """The goroutine is resumed, and has nothing left to run: then the scheduler ends it."""


PANIC = Kind("panic", perform=_reported, footprint=touch.ORDERED, words=lambda operation: "nobody recovers")
