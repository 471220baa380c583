"""Taking again what was taken before, and noticing when the program no longer offers it."""

from __future__ import annotations

from collections.abc import Iterable

from harness.model.errors import NondeterministicProgram
from harness.model.operation import Operation, Transition
from harness.model.trace import shorten
from harness.primitives.naming import describe
from harness.search.dpor.run import Run
from harness.search.dpor.step import Step

VALUED = ("send", "store", "atomic_store", "write")
"""The operations that have a value."""


def repeated(run: Run, step: Step, position: int) -> Transition:
    """The transition that `step`, taken before or planned as step `position`, is now.

    Raises:
        NondeterministicProgram: a goroutine does not exist, or is at another operation, or cannot complete it.
    """
    key, members, counts = step.key, run.members, run.counts
    if key[0] < 0:
        return run.transition(key)
    first = 0
    for operation in step.operations:
        goroutine = members.get(key[first])
        if goroutine is None or counts[goroutine.serial] != key[first + 1]:
            raise differs(run, step, position)
        now = goroutine.operation
        if now is None or not alike(operation, now):
            raise differs(run, step, position)
        first += 3
    mover = members.get(key[0])
    pending = mover.operation if mover is not None else None
    if mover is None or pending is None:
        raise differs(run, step, position)
    kind = pending[0]
    if kind.plain and kind.ready is not None and not step.barrier and not kind.ready(pending):
        raise differs(run, step, position)
    return (mover, key[2]) if len(key) == 3 else run.transition(key)


def alike(one: Operation, other: Operation) -> bool:
    """Are these the same operation in two executions, as far as kind and object tell?"""
    if one[0] is not other[0]:
        return False
    touched, touched_too = one[1], other[1]
    if type(touched) is tuple:  # the cases of a select
        return len(touched) == len(touched_too) and all(map(alike, touched, touched_too))
    try:
        same: bool = touched.number == touched_too.number
    except AttributeError:  # what is shared by all executions has no number
        return not hasattr(touched, "number") and not hasattr(touched_too, "number")
    return same


def differs(run: Run, step: Step, position: int) -> NondeterministicProgram:
    """The complaint, with what was taken and what is on offer; in more detail, where in short the two are the same."""
    live = run.scheduler.live
    short = [describe(goroutine.operation) for goroutine in live]
    tell = exact if any(describe(operation) in short for operation in step.operations) else _in_short
    before = " and ".join(tell(operation, step.key[3 * number + 1]) for number, operation in enumerate(step.operations))
    now = ", ".join(f"{each.name}: {tell(each.operation, run.counts[each.serial])}" for each in live)
    return NondeterministicProgram(
        f"on running the same choices again, step {position} was {before or 'a timer'}, and is no longer possible "
        f"(now on offer: {now or 'nothing'})"
    )


def _in_short(operation: Operation | None, count: int) -> str:
    return describe(operation)


def exact(operation: Operation | None, count: int) -> str:
    """An operation with what tells it from others like it: the number among its goroutine's, the object, the value.

    `count` is how many the goroutine had completed before.
    """
    told = [describe(operation), f"operation {count + 1} of its goroutine"]
    if operation is not None and type(getattr(operation[1], "number", None)) is int:
        told.append(f"object {operation[1].number} of {operation[1].creator.name}")
    if operation is not None and operation[0].name in VALUED:
        told.append(f"value {shorten(operation[2])}")
    return told[0] + f" ({', '.join(told[1:])})"


def take_again(run: Run, steps: Iterable[Step]) -> list[Transition]:
    """Take steps of a finished execution, all or some of them, in an order of its class; returns the transitions.

    Raises:
        NondeterministicProgram: one of them is no longer possible.
    """
    taken: list[Transition] = []
    for position, step in enumerate(steps):
        if step.barrier:
            run.scheduler.enabled()  # tells the scheduler whether it is idle
        taken.append(repeated(run, step, position))
        run.take(taken[-1], step)
        run.begin(0)
    return taken


def check_once_more(run: Run, steps: list[Step], blocked: int) -> None:
    """Take all `steps` of a finished execution again, which left `blocked` goroutines behind.

    Raises:
        NondeterministicProgram: they cannot be taken, or lead to another end.
    """
    take_again(run, steps)
    left = len(run.scheduler.live)
    if left != blocked:
        are, after = "goroutine is" if left == 1 else "goroutines are", "step" if len(steps) == 1 else "steps"
        raise NondeterministicProgram(
            f"on running the same choices again, {left} {are} left after {len(steps)} {after}, not {blocked}"
        )
