"""Taking again what was taken before, and noticing when the program no longer offers it."""

from __future__ import annotations

from harness.model.errors import NondeterministicProgram
from harness.model.operation import Operation, Transition
from harness.primitives.naming import describe
from harness.search.dpor.run import Run
from harness.search.dpor.step import Step


def repeated(run: Run, step: Step, position: int) -> Transition:
    """The transition that `step`, taken before or planned as step `position`, is now.

    Raises:
        NondeterministicProgram: a goroutine does not exist, or is at another operation, or cannot complete it.
    """
    if step.key[0] < 0:
        return run.transition(step.key)
    try:
        transition = run.transition(step.key)
    except KeyError:
        raise differs(run, step, position) from None
    counts = run.counts
    for part, operation in enumerate(step.operations):
        goroutine = transition[2 * part]
        now = goroutine.operation
        if counts[goroutine.serial] != step.key[3 * part + 1] or now is None or not alike(operation, now):
            raise differs(run, step, position)
    kind = transition[0].operation[0]
    if kind.plain and kind.ready is not None and not step.barrier and not kind.ready(transition[0].operation):
        raise differs(run, step, position)
    return transition


def alike(one: Operation, other: Operation) -> bool:
    """Are these the same operation in two executions, as far as kind and object tell?"""
    if one[0] is not other[0]:
        return False
    if type(one[1]) is tuple:
        return len(one[1]) == len(other[1]) and all(map(alike, one[1], other[1]))
    return getattr(one[1], "number", None) == getattr(other[1], "number", None)


def differs(run: Run, step: Step, position: int) -> NondeterministicProgram:
    """The complaint, with what was taken and what is on offer."""
    before = " and ".join(describe(operation) for operation in step.operations)
    now = ", ".join(f"{goroutine.name}: {describe(goroutine.operation)}" for goroutine in run.scheduler.live)
    return NondeterministicProgram(
        f"on running the same choices again, step {position} was {before or 'a timer'}, and is no longer possible "
        f"(now on offer: {now or 'nothing'})"
    )


def check_once_more(run: Run, steps: list[Step], blocked: int) -> None:
    """Take all `steps` of a finished execution again, which left `blocked` goroutines behind.

    Raises:
        NondeterministicProgram: they cannot be taken, or lead to another end.
    """
    for position, step in enumerate(steps):
        if step.barrier:
            run.scheduler.enabled()
        transition = repeated(run, step, position)
        run.take(transition, step)
        run.begin(0)
    left = len(run.scheduler.live)
    if left != blocked:
        raise NondeterministicProgram(
            f"on running the same choices again, {left} goroutines are left after {len(steps)} steps, not {blocked}"
        )
