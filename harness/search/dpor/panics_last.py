"""Of a class in which somebody panics, the member in which that happens as late as it can.

Go would end the process at the first panic, so nothing after it is judged. What merely came later in one schedule, and
does not depend on the panic, happens before it in another schedule of the same class: a data race there is one.
"""

from __future__ import annotations

from harness.model.dependence import ORDERED
from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.runtime.execute import Subject
from harness.runtime.fast import decision
from harness.search.dpor.history import History
from harness.search.dpor.run import PANICS, Names, Run


def panics_last(subject: Subject, names: Names, history: History, execution: Execution) -> Execution:
    """`execution`, whose steps `history` has, or the same steps with the first panic and what follows it at the end."""
    panics = history.places.get(PANICS, {}).get(ORDERED, 0)
    if not panics or not execution.shared:
        return execution
    first = (panics & -panics).bit_length() - 1
    follow = [bool(past >> first & 1) for past in history.pasts]
    if all(follow[first:]):
        return execution
    order = [position for position, later in enumerate(follow) if not later]
    order += [position for position, later in enumerate(follow) if later]
    return in_order(subject, names, history, order)


def in_order(subject: Subject, names: Names, history: History, order: list[int]) -> Execution:
    """The execution that takes the steps of `history` in another order, which must be of the same class."""
    taken: list[Transition] = []
    with subject.begun() as scheduler:
        run = Run(names, history, scheduler)
        for position in order:
            step = history.steps[position]
            if step.barrier:
                scheduler.enabled()
            taken.append(run.transition(step.key))
            run.take(taken[-1], step)
            run.begin(0)
        return subject.finished(
            scheduler, False, lambda: subject.schedule_of([decision(transition) for transition in taken])
        )
