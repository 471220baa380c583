"""Running one batch, and making an example smaller: the work that is given to workers.

Both are functions of their arguments, which are values, and so are their results: who does them makes no difference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

from harness.model.cause import Cause
from harness.model.errors import BadInput, HarnessError
from harness.model.execution import Execution
from harness.model.stress import Example
from harness.model.token import decode
from harness.runtime.execute import Subject
from harness.runtime.watchdog import PATIENCE, guarded
from harness.search.campaign import Oracle, counterexample, executions, name_of, objection
from harness.search.cause import CUT_OFF, cause_of
from harness.search.guided import again
from harness.search.shrink import smallest
from harness.search.smaller import plan_of
from harness.stream.design import Design
from harness.stream.plan import STALL, StreamPlan
from harness.stream.promises import judged
from harness.stream.serve import serve
from harness.stress.draw import Batch, strategy_of
from harness.stress.judge import Judge


@dataclass(frozen=True, slots=True)
class Sighting:
    """A property that executions of a batch violate for the same cause, as long as nobody has made them smaller.

    Attributes:
        cause: in words.
        times: how many executions.
        first: the first of them, as it was.
        shortest: the one of the fewest steps, as it was.
    """

    property: str
    cause: str
    times: int
    first: Example
    shortest: Example


@dataclass(frozen=True, slots=True)
class Ran:
    """What a batch came to."""

    batch: Batch
    executions: int
    sightings: tuple[Sighting, ...]


@dataclass(slots=True)
class _Seen:
    """Executions that are alike, in the making: how many, and the first and the shortest with their numbers."""

    times: int
    first: tuple[int, Execution]
    shortest: tuple[int, Execution]


def run_batch(design: Design, batch: Batch) -> Ran:
    """Run all of it, and judge every execution by every property.

    Raises:
        BadInput: an execution cannot go on, because the handler blocks the whole process, for instance.
    """
    subject = Subject(serve(design.handler, batch.plan), (), batch.settings)
    properties = judged(design.handler)
    judge, seen, ran = Judge(properties), dict[tuple[str, Cause], _Seen](), 0
    try:
        with guarded(PATIENCE):
            for execution in islice(executions(subject, strategy_of(batch)), batch.executions):
                ran += 1
                for name, cause in judge(execution).items():
                    _note(seen, (name, cause), (ran, execution))
            sightings = tuple(
                _sighting(batch, subject, properties[name], cause, found) for (name, cause), found in seen.items()
            )
    except HarnessError as error:
        what = f"batch {batch.number} ({batch.design} under {batch.plan})"
        raise BadInput(f"{what} cannot be run: {error}") from error
    return Ran(batch, ran, sightings)


def _note(seen: dict[tuple[str, Cause], _Seen], key: tuple[str, Cause], found: tuple[int, Execution]) -> None:
    known = seen.get(key)
    if known is None:
        seen[key] = _Seen(1, found, found)
        return
    known.times += 1
    if found[1].steps < known.shortest[1].steps:
        known.shortest = found


def _sighting(batch: Batch, subject: Subject, oracle: Oracle, cause: Cause, seen: _Seen) -> Sighting:
    def example(number: int, execution: Execution) -> Example:
        return _example(batch.number, number, subject, oracle, execution)

    first = example(*seen.first)
    shortest = first if seen.shortest is seen.first else example(*seen.shortest)
    return Sighting(name_of(oracle), cause.words, seen.times, first, shortest)


def _example(batch: int, number: int, subject: Subject, oracle: Oracle, execution: Execution) -> Example:
    """As it was found: with the oracle's sentence and a token."""
    message = oracle(execution)
    assert message is not None
    token = counterexample(subject, execution, oracle, message).token
    return Example(plan_of(subject.program), token, message, execution.steps, batch, number)


@dataclass(frozen=True, slots=True)
class Minimal:
    """The smallest example of the same violation, under the smallest plan, and its cause in words."""

    cause: str
    example: Example


def minimised(design: Design, sighting: Sighting) -> Minimal:
    """The shortest of the executions, made as small as shrinking makes it and its plan.

    Where an executor stalls, executions are cut off early, at a limit that other sessions may need more than. So what
    was cut off there keeps its stall, a session that is merely long being no finding; and where nobody was blocked yet,
    it stays as it is, because there is nothing to find out.
    """
    example, plan = sighting.shortest, StreamPlan.parse(sighting.shortest.plan)
    recipe, oracle = decode(example.token), judged(design.handler)[sighting.property]
    cut_off = plan.ending == STALL and sighting.property == "terminates"
    if cut_off and sighting.cause == CUT_OFF:
        return Minimal(sighting.cause, example)
    program = replace(serve(design.handler, plan), keeps=frozenset({"executor_stall"} if cut_off else ()))
    subject = Subject(program, (), recipe.settings)
    with guarded(PATIENCE):
        execution = again(subject, recipe.order)
        assert objection(execution, (oracle,)) is not None
        found = smallest(subject, execution, oracle)
        cause = cause_of(oracle, found.execution, found.message)
    smaller = replace(
        example,
        plan=found.plan,
        token=found.token,
        message=found.message,
        steps=found.execution.steps,
    )
    return Minimal(cause.words, smaller)
