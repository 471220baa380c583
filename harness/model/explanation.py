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
        alternative: what could have been done instead, and could still have saved it, as "who: what"; empty if nothing.
            Of all that differs where it was saved, that which matters for this step.
        before: is it enough if that comes before the step, rather than in its place?
    """

    step: int
    alternative: str = ""
    before: bool = False


@dataclass(frozen=True, slots=True)
class OrderedPair:
    """Two operations of which the first is step `first` of the failing execution, whose order matters; in words.

    `second` is the step in which the other one came; None if it did not come at all, or not like that: then `other` has
    it, who and what, as it comes where it is first. `actors` are the goroutines whose operations these are, and `there`
    the steps of the passing execution in which the two come, if they do.
    """

    first: int
    second: int | None
    words: str
    other: str = ""
    actors: tuple[str, str] = ("", "")
    there: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True, slots=True)
class OtherWay:
    """A step of the failing execution whose operation could have been completed by another alternative; in words.

    `actor` is the goroutine whose operation it is, and `there` the step of the passing execution in which it comes.
    """

    step: int
    words: str
    actor: str = ""
    there: int | None = None


@dataclass(frozen=True, slots=True)
class Racing:
    """Two accesses that nothing orders: the variable, the steps, and what is missing, in words.

    `second` is None for a wait that never came to an end.
    """

    variable: str
    first: int
    second: int | None
    missing: str


@dataclass(frozen=True, slots=True)
class Wait:
    """A goroutine that is blocked for good: at which operation, where, and why nobody serves it, in words.

    `served` is how that operation is completed in the passing execution, as "who: what"; empty if it is not, or if
    there is none.
    """

    goroutine: str
    operation: str
    place: str
    because: str
    served: str = ""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the failing execution itself shows.

    Attributes:
        racing: the first data race, where that is what is objected to.
        waits: who is blocked for good.
        circle: goroutines each of which waits for the next one, the last for the first, with the object it waits for.
        deeds: for each of the circle, what the next one would have to do for it: "send or close".
    """

    racing: Racing | None = None
    waits: tuple[Wait, ...] = ()
    circle: tuple[tuple[str, str], ...] = ()
    deeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """How much was looked at for the point of no return.

    Attributes:
        executions: how many, one of each class of those with the longest beginning in common.
        complete: False if the limit came first, so that it is not known.
        passing: whether one of them passes; if none does and they are complete, every schedule fails.
        nearest: False if the limit came first in the search for the nearest passing execution, so that there may be one
            with fewer changes.
        unlike: where every schedule fails, how many of the executions the oracle does not object to: they fail in
            another way.
        but: what is wrong with the passing execution, or with the first of the unlike ones, for another oracle: its
            name, and its sentence; empty if nothing is.
    """

    executions: int
    complete: bool
    passing: bool
    nearest: bool = True
    unlike: int = 0
    but: tuple[str, str] = ("", "")

    @property
    def always(self) -> bool:
        """Does every schedule fail?"""
        return self.complete and not self.passing


@dataclass(frozen=True, slots=True)
class Explanation:
    """One finding.

    Attributes:
        oracle, message: who objects and its sentence; both empty if nobody does.
        token: replays the failing execution.
        program: how the token names the program.
        plan: what the environment does, in its text form; empty for a program without one.
        failing: the execution that is objected to.
        passing: the nearest one in which main returns and that oracle does not object, if it was looked for and found.
        aligned: pairs of steps of the two, None where one has no counterpart, in the order in which to show them.
        point_of_no_return: None if it was not looked for or not found, or if every schedule fails.
        pairs: the few ordered pairs of operations that matter: if they come in the other order, and the operations of
            `otherwise` are completed otherwise, and all else is as it was as far as possible, that is `passing`. None
            of these can be left out. All are empty if that was not looked for, or does not lead to it.
        otherwise: see there.
        grounds: what the failing execution shows by itself.
        looked: how much was looked at; None if nobody has searched.
        paragraph: all that in plain words.
        command: what to type to see it again; empty for the usual one.
        minimal: what is known of smaller counterexamples, see `harness.model.answers.Counterexample`; empty if nothing.
        asked: the oracles that were; empty if nobody knows.
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
    otherwise: tuple[OtherWay, ...] = ()
    grounds: Grounds = Grounds()
    looked: Looked | None = None
    command: str = ""
    minimal: str = ""
    asked: tuple[str, ...] = ()
