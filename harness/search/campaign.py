"""Running execution after execution and judging each one.

The campaign owns the loop; it knows neither why a schedule was chosen nor what an oracle looks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from harness.model.answers import Counterexample, Recipe, ReplayDiverged
from harness.model.errors import BadInput, HarnessError, NondeterministicProgram
from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.model.place import raised_at
from harness.model.token import encode
from harness.runtime.execute import Subject, differs_at
from harness.runtime.scheduler import Choose
from harness.search.again import index_of
from harness.search.order import order_of
from harness.search.programs import reference_of
from harness.search.replay import Replay
from harness.search.strategy import Strategy

Oracle: TypeAlias = Callable[[Execution], str | None]


def executions(subject: Subject, strategy: Strategy) -> Iterator[Execution]:
    """The executions that `strategy` chooses, one after the other, until it has no more.

    The strategy has heard that an execution is over when it is handed out.
    """
    random = getattr(strategy, "random", None)
    engine = getattr(strategy, "execute", None)
    while strategy.begin():
        if engine is not None:
            execution = engine(subject)
        elif random is not None:
            execution = subject.walk(random)
        else:
            execution = subject.execute(strategy.choose, getattr(strategy, "always", False))
        strategy.end()
        yield execution


def objection(execution: Execution, oracles: Sequence[Oracle]) -> tuple[Oracle, str] | None:
    """The first oracle that objects, with its sentence.

    Raises:
        BadInput: one raises something, or answers something else.
    """
    for oracle in oracles:
        message = said(oracle, execution)
        if message is not None:
            return oracle, message
    return None


def said(oracle: Oracle, execution: Execution) -> str | None:
    """What an oracle says about an execution; its own mistakes become a sentence about it.

    Raises:
        BadInput: it raises something, be it `SystemExit`, or answers something else than None or a sentence.
        KeyboardInterrupt, HarnessError: these are nobody's mistake, and as they are.
    """
    try:
        message = oracle(execution)
    except (KeyboardInterrupt, HarnessError):
        raise
    except BaseException as error:
        what = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise BadInput(f"oracle {name_of(oracle)} raised {what} (at {raised_at(error) or '?'})") from error
    if message is not None and not isinstance(message, str):
        raise BadInput(f"oracle {name_of(oracle)} answers None or a sentence; it answered {message!r}")
    return message


def unless_unsteady(subject: Subject, first: Execution | None, oracles: Sequence[Oracle]) -> None:
    """Nothing, if no oracle objects to the first execution of a search now either, when it is run once more.

    What is left behind by one execution and found by the next makes a violation that no token shows again, because
    whoever replays it begins with nothing.

    Raises:
        NondeterministicProgram: one does, or it goes another way.
    """
    if first is None:
        return
    verdict = objection(subject.execute(_as_before(first), always_ask=True), oracles)
    if verdict is not None:
        raise NondeterministicProgram(
            f"no oracle objected to the first execution, but on running the same choices again, after others, "
            f"{name_of(verdict[0])} does ({verdict[1]}), so something is left over from one execution to the next"
        )


def _as_before(first: Execution) -> Choose:
    """A chooser that takes what an execution took, and the first of what there is when that has come to its end."""
    decisions = first.decisions
    taken = iter(enumerate(first.schedule if decisions is None else decisions))

    def follow(enabled: list[Transition]) -> int:
        step, wanted = next(taken, (first.steps, None))
        if wanted is None:  # it goes on for longer than it did, perhaps to what an oracle objects to
            return 0
        index: Any = wanted if decisions is None else index_of(enabled, wanted)
        if index >= len(enabled):
            raise differs_at(step)
        return int(index)

    return follow


def name_of(oracle: Oracle) -> str:
    """How an oracle is called in reports."""
    return getattr(oracle, "__name__", type(oracle).__name__)


def checked_oracles(oracles: Sequence[Oracle]) -> Sequence[Oracle]:
    """`oracles`, if they are a sequence of functions.

    Raises:
        BadInput: they are not.
    """
    if not isinstance(oracles, Iterable) or not all(callable(oracle) for oracle in oracles):
        raise BadInput(f"oracles is a sequence of functions from an Execution to None or a sentence; found {oracles!r}")
    return tuple(oracles)


def decisions_of(execution: Execution) -> tuple[tuple[int, int], ...]:
    """(index, alternatives) of every step that had a choice."""
    return tuple((action.index, action.alternatives) for action in execution.trace if action.alternatives > 1)


def counterexample(
    subject: Subject, execution: Execution, oracle: Oracle, message: str, reference: str = ""
) -> Counterexample:
    """The evidence, with its token; of a program that is found under another name than its own, with that `reference`.

    Raises:
        NondeterministicProgram: running the same choices again leads elsewhere.
    """
    reference = reference or reference_of(subject.program)
    recipe = Recipe(reference, execution.settings, order_of(subject, execution))
    return Counterexample(execution, name_of(oracle), message, encode(recipe))


def as_found(subject: Subject, execution: Execution, oracle: Oracle) -> Counterexample:
    """A counterexample that is not made any smaller.

    Raises:
        NondeterministicProgram: it cannot be shown again.
    """
    message = said(oracle, execution)
    assert message is not None
    return confirmed(subject, counterexample(subject, execution, oracle, message), oracle)


def confirmed(subject: Subject, found: Counterexample, oracle: Oracle) -> Counterexample:
    """`found`, if running its decisions once more violates the oracle in the same way.

    Raises:
        NondeterministicProgram: it does not.
    """
    try:
        again = subject.execute(Replay(decisions_of(found.execution)).choose)
        if said(oracle, again) == found.message:
            return found
    except ReplayDiverged:
        pass
    raise NondeterministicProgram(
        f"a violation was found ({found.message}), but running the same choices again did not show it"
    )
