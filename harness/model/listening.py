"""Who hears of a green answer besides whoever asked: a test runner, which shows what it is worth. As a rule nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from harness.model.answers import Passed, Proof

Green = TypeVar("Green", Passed, Proof)


class Listening:
    """`heard` is given the name of the program, and the answer."""

    __slots__ = ("heard",)

    def __init__(self) -> None:
        self.heard: Callable[[str, Passed | Proof], None] | None = None

    def tell(self, program: str, answer: Green) -> Green:
        """The answer, of which others may hear."""
        __tracebackhide__ = True
        if self.heard is not None:
            self.heard(program, answer)
        return answer


listening = Listening()
"""The one that the verbs tell."""
