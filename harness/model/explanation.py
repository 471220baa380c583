"""Why an oracle objects, as a value: all that the terminal, a page, a diagram or another program shows of a finding.

Made outside `harness.report`, which only turns it into text. Parts that nobody has looked for are empty, and every
picture does without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model.execution import Execution


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines of a source file around a place; `first` is the number of the first of them."""

    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """An execution with what its own trace does not say.

    Attributes:
        before: for each step that is judged, the steps that happen immediately before its completion, ascending; all
            others that happen before it follow from these (transitive reduction).
        sources: the lines around each place that the trace names, where the file could be read.
    """

    execution: Execution
    before: tuple[tuple[int, ...], ...] = ()
    sources: Mapping[str, Snippet] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PointOfNoReturn:
    """The first step of the failing execution after which every continuation fails.

    Attributes:
        step: its number.
        alternative: what could have been done instead, and would still have saved it; empty if nothing could.
    """

    step: int
    alternative: str = ""


@dataclass(frozen=True, slots=True)
class OrderedPair:
    """Two steps of the failing execution whose order matters, and why, in words."""

    first: int
    second: int
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One finding.

    Attributes:
        oracle, message: who objects and its sentence; both empty if nobody does.
        token: replays the failing execution.
        program: how the token names the program.
        plan: what the environment does, in its text form; empty for a program without one.
        failing: the execution that is objected to.
        passing: the nearest one that is not, if it was looked for and found.
        aligned: pairs of steps of the two, None where one has no counterpart, in the order in which to show them.
        point_of_no_return: None if it was not looked for, or if the execution fails from the beginning.
        pairs: the few ordered pairs of operations that matter.
        paragraph: all that in plain words.
        command: what to type to see it again; empty for the usual one.
    """

    oracle: str
    message: str
    token: str
    failing: Account
    program: str = ""
    plan: str = ""
    passing: Account | None = None
    aligned: tuple[tuple[int | None, int | None], ...] = ()
    point_of_no_return: PointOfNoReturn | None = None
    pairs: tuple[OrderedPair, ...] = ()
    paragraph: str = ""
    command: str = ""
