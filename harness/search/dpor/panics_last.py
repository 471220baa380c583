"""Of a class in which somebody panics, the member in which that happens as late as it can.

Go would end the process at the first panic, so nothing after it is judged. What merely came later in one schedule, and
does not depend on the panic, happens before it in another schedule of the same class: a data race there is one.
"""

from __future__ import annotations

from harness.model.dependence import ORDERED
from harness.model.execution import Execution
from harness.primitives.panics import PANICS
from harness.runtime.execute import Subject
from harness.runtime.fast import decision
from harness.search.dpor.history import History
from harness.search.dpor.names import Names
from harness.search.dpor.repeat import take_again
from harness.search.dpor.run import Run


def panics_last(subject: Subject, names: Names, history: History, execution: Execution) -> Execution:
    """`execution`, whose steps `history` has, or the same steps with the first panic and what follows it at the end."""
    panics = history.places.get(PANICS.index, {}).get(ORDERED, 0)
    if not panics or not execution.shared:
        return execution
    first = (panics & -panics).bit_length() - 1
    follow = [bool(past >> first & 1) for past in history.pasts]
    if all(follow[first:]):
        return execution
    steps = [step for step, later in zip(history.steps, follow, strict=True) if not later]
    steps += [step for step, later in zip(history.steps, follow, strict=True) if later]
    with subject.begun() as scheduler:
        taken = take_again(Run(names, history, scheduler), steps)
        return subject.finished(scheduler, False, lambda: subject.schedule_of(list(map(decision, taken))))
