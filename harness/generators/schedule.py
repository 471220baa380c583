"""Schedules as values that Hypothesis draws, shrinks, prints and remembers, together with all else that a test takes.

A schedule is drawn lazily, from the same choices as everything else in the example, so that Hypothesis's own shrinking
and its database work on plan and schedule at once, and `derandomize`, `@seed`, `@reproduce_failure` and the phases mean
what they always do. The harness does not shrink on top of that: see `Schedule.falsified`.

Time: one execution of a hundred steps takes about a millisecond, far below Hypothesis's deadline of 200 ms. A test that
runs a whole campaign in an example (`check` with another strategy, or `prove`) needs `@settings(deadline=None)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from hypothesis import strategies as st

from harness.generators.drawn import Drawn
from harness.generators.failure import told
from harness.model.answers import Falsified, ReplayDiverged
from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.model.token import decode
from harness.report.text import count
from harness.runtime.execute import Subject, differs_at
from harness.search.guided import again
from harness.search.options import whole_number
from harness.search.recipe import unless_diverged

MAX_CHOICES = 500


class Decisions(Protocol):
    """Who makes the decisions of one execution."""

    def choose(self, enabled: Sequence[Transition]) -> int:
        """The index of one of two or more transitions, or of a single one."""

    def end(self) -> None:
        """The execution is over."""


class Schedule:
    """A strategy for `run` and `check` that gives each of them one execution; when asked again, another one.

    Attributes:
        steps: how many transitions the last execution has taken so far.
        switches: how many of them were another goroutine's than the one before; of the clock's, none.
    """

    always = True

    def __init__(
        self, start: Callable[[], Decisions], text: str, execute: Callable[[Schedule, Subject], Execution] | None = None
    ) -> None:
        """`execute` is for decisions that depend on the program: see `harness.search.strategy`."""
        self.start = start
        self.text = text
        if execute is not None:
            self.execute = partial(execute, self)
        self.decisions: Decisions | None = None
        self.steps = 0
        self.switches = 0
        self.movers: Sequence[Any] = ()

    @classmethod
    def parse(cls, token: str) -> Schedule:
        """The schedule of this token, for `@example`. Which program and settings the token names does not matter.

        Raises:
            BadInput: the token is damaged.
            ReplayDiverged (when it is used): part of the order does not apply to the program.
        """
        order = decode(token).order

        def follow(schedule: Schedule, subject: Subject) -> Execution:
            found = again(subject, order)
            unless_diverged(found)
            schedule.decisions = Followed(found.schedule)
            return subject.execute(schedule.choose, always_ask=True)

        return cls(lambda: Followed(()), f"Schedule.parse({token!r})", follow)

    def begin(self) -> bool:
        """There is always another execution, as long as Hypothesis has choices for it."""
        self.decisions = self.start()
        self.steps = self.switches = 0
        self.movers = ()
        return True

    def choose(self, enabled: Sequence[Transition]) -> int:
        """As is drawn, or written."""
        assert self.decisions is not None
        index = self.decisions.choose(enabled)
        movers = enabled[index][::2] if len(enabled[index]) > 1 else ()
        if movers:
            self.switches += bool(self.movers) and not any(mover in self.movers for mover in movers)
            self.movers = movers
        self.steps += 1
        return index

    def end(self) -> None:
        """Keep nothing of the execution alive."""
        assert self.decisions is not None
        self.movers = ()
        self.decisions.end()

    def block(self, number: int) -> Single:
        """What `check` asks: one execution in the first block, none in the others."""
        return Single(self, spent=number > 0)

    def falsified(self, error: Falsified) -> Falsified:
        """What `check` raises, without shrinking: Hypothesis runs the test again and again to do that."""
        switches = count(self.switches, "context switch", "context switches")
        token = error.counterexample.token
        return told(
            error, f"schedule: {switches} in {count(self.steps, 'step')}; as a value: Schedule.parse({token!r})"
        )

    def __repr__(self) -> str:
        return self.text


class Single:
    """The next execution of a schedule, and no further one."""

    always = True

    def __init__(self, schedule: Schedule, spent: bool) -> None:
        self.schedule = schedule
        self.spent = spent
        self.choose = schedule.choose
        self.end = schedule.end
        if hasattr(schedule, "execute"):
            self.execute = schedule.execute

    def begin(self) -> bool:
        """Only the first time."""
        spent, self.spent = self.spent, True
        return not spent and self.schedule.begin()


class Followed:
    """The choices of an execution that a token has led to, made once more.

    Raises (from `choose` and `end`):
        NondeterministicProgram: the program does not offer what it offered before.
        ReplayDiverged: the execution is over before all are made, because it may not take as many steps.
    """

    def __init__(self, schedule: tuple[int, ...]) -> None:
        self.schedule = schedule
        self.position = 0

    def choose(self, enabled: Sequence[Transition]) -> int:
        """The index that was taken."""
        position = self.position
        if position == len(self.schedule) or self.schedule[position] >= len(enabled):
            raise differs_at(position)
        self.position = position + 1
        return self.schedule[position]

    def end(self) -> None:
        """Every choice must have been made."""
        done, all_of_them = self.position, len(self.schedule)
        if done < all_of_them:
            raise ReplayDiverged(f"the execution ended after {done} of the {all_of_them} steps of the token's", done)


def schedules(*, max_choices: int = MAX_CHOICES) -> st.SearchStrategy[Schedule]:
    """Schedules that shrink towards few context switches, for any program.

        @given(plan=stream_plans(max_late=1), schedule=schedules())
        def test_my_handler(plan, schedule):
            check(serve(my_handler, plan), strategy=schedule, oracles=SAFE_STREAM)

    In an execution with more than `max_choices` decisions, those beyond are not drawn: whoever moved last goes on.

    Raises:
        BadInput: `max_choices` is not a whole number of at least 0.
    """
    most = whole_number(max_choices, "max_choices", 0)

    @st.composite
    def drawn(draw: st.DrawFn) -> Schedule:
        return Schedule(lambda: Drawn(lambda ceiling: draw(st.integers(0, ceiling - 1)), most), "<schedule: see below>")

    return drawn()
