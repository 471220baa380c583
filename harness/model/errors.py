"""Every error this project raises on purpose.

`Panic` is Go's panic and belongs to the program under test. Everything below `HarnessError` is addressed to
the person who wrote the test: one sentence with what was expected, what was found and what to try.
"""

from __future__ import annotations


class Panic(Exception):
    """A Go panic: unwinds the goroutine; `except Panic` inside it is `recover`."""


class Fatal(Exception):
    """Go's `fatal error`: ends the goroutine at once, is not recoverable and runs no deferred call.

    `place` is where the goroutine was, which no traceback tells, since nothing is thrown into it; empty if unknown.
    """

    place = ""


class HarnessError(Exception):
    """Something about the question, not about the program's concurrency, is wrong."""


class BadInput(HarnessError, ValueError):
    """An argument, plan, token or name that makes no sense."""


class OutsideProgram(HarnessError, RuntimeError):
    """A primitive was used where no program is running."""


class ForeignAwaitable(HarnessError, TypeError):
    """A goroutine awaited something that is not an operation of this harness (asyncio's, for instance)."""


class BlockingCall(HarnessError, RuntimeError):
    """A goroutine called something that blocks the whole process, such as `time.sleep`."""


class StuckProgram(HarnessError, RuntimeError):
    """A goroutine ran for a long time without reaching an operation."""


class HarnessWarning(UserWarning):
    """A test is green, and that means less than it seems; where pytest runs, it is shown with its other warnings."""


class NondeterministicProgram(HarnessError, RuntimeError):
    """The same choices led to different operations: the program depends on something outside the harness.

    `found` says what differed; the sentence goes on with the cause, and with `hint`: what that may be, where somebody
    knows.
    """

    def __init__(self, found: str, hint: str = "") -> None:
        self.found = found
        self.hint = hint
        super().__init__(found, hint)

    def __str__(self) -> str:
        cause = "the program depends on something outside the harness (a clock, randomness, global state)"
        return f"{self.found}: {cause}" + f"; {self.hint}" * bool(self.hint)
