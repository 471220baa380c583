"""Making a counterexample as small as it can be, by running other executions: first the program, then the schedule.

The smallest schedule is searched for, and found with a proof (`harness.search.fewest`); if that takes more than so many
steps, it is approached from the execution given (`harness.search.greedy`). Both are bounded by numbers, never by time,
so the result is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from harness.model.answers import FEWEST_SWITCHES, ONE_MINIMAL, STOPPED_EARLY, Counterexample
from harness.model.execution import Execution
from harness.model.outcome import CutOff
from harness.runtime.execute import Subject
from harness.search.campaign import Oracle, confirmed, counterexample, said
from harness.search.cause import DRAINED, cause_of, same_violation, sentence
from harness.search.fewest import Fewest, Measure, measure
from harness.search.greedy import reduced
from harness.search.smaller import plan_of, smaller_program

STEPS = 20_000
"""How many steps the search for the smallest schedule may take: half a second, about."""
ATTEMPTS = 300
"""How many executions the other way may take, of 500 steps or fewer; of longer ones, as many as have so many steps."""


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest execution found.

    Attributes:
        subject: the program and settings of which it is an execution.
        measure: its context switches, preemptions, steps and schedule, up to the panic if there is one.
        minimal: in what sense there is none smaller; see `harness.model.answers.Counterexample`.
    """

    subject: Subject
    execution: Execution
    measure: Measure
    minimal: str


def minimised(subject: Subject, execution: Execution, oracle: Oracle) -> Smallest:
    """The smallest execution, of the smallest version of the program, in which `oracle` objects for the same cause.

    Raises:
        NondeterministicProgram: the execution given cannot be had again.
    """
    steps = len(execution.skeleton)  # which runs it again
    assert steps == execution.steps
    shows, _ = _same(oracle, execution)
    subject, execution, smallest = smaller_program(subject, execution, shows)
    subject, execution = cut_earlier(subject, execution, lambda candidate: sentence(oracle, candidate) is not None)
    shows, drained = _same(oracle, execution)
    found = shrink(subject, execution, shows, drained=drained)
    return found if smallest else replace(found, minimal=STOPPED_EARLY)


def _same(oracle: Oracle, execution: Execution) -> tuple[Callable[[Execution], bool], bool]:
    """Whether an execution shows the same violation; and whether, if it does, it goes on until nothing can move."""
    message = said(oracle, execution)
    assert message is not None
    cause = cause_of(oracle, execution, message)
    return same_violation(oracle, cause), cause.kind in DRAINED


def explained(evidence: Counterexample, found: Smallest) -> Counterexample:
    """The counterexample, with what is known of its size."""
    switches, preemptions, _, _ = found.measure
    plan = plan_of(found.subject.program)
    return replace(evidence, switches=switches, preemptions=preemptions, minimal=found.minimal, plan=plan)


def shrink(
    subject: Subject,
    execution: Execution,
    fails: Callable[[Execution], bool],
    *,
    drained: bool = False,
    steps: int = STEPS,
    attempts: int = ATTEMPTS,
) -> Smallest:
    """The smallest failing execution: with a proof, if the search for it takes no more than `steps`; else what
    `attempts` other executions lead to.

    `drained`: only an execution that goes on until nothing can move can fail.
    """
    search = Fewest(subject, fails, drained=drained, steps=steps)
    found = search.search()
    if found is not None:
        return Smallest(subject, found, measure(subject, found), FEWEST_SWITCHES)
    most = min(attempts, attempts * 500 // max(execution.steps, 1))
    execution, size, finished = reduced(subject, execution, fails, most)
    minimal = ONE_MINIMAL if finished else STOPPED_EARLY
    if size[0] <= search.switches and not search.complete:
        minimal = FEWEST_SWITCHES
    return Smallest(subject, execution, size, minimal)


def cut_earlier(
    subject: Subject, execution: Execution, objects_to: Callable[[Execution], bool]
) -> tuple[Subject, Execution]:
    """An execution that was cut off, cut off as early as its finding shows; under settings that say so.

    The finding is that the same goroutines are blocked for good, or that those who are left go round for ever. An
    oracle that objects without it has another reason, and the execution stays as it is.
    """
    if not isinstance(execution.outcome, CutOff):
        return subject, execution

    def shows(found: Execution) -> bool:
        same = found.waiting == execution.waiting if execution.waiting else found.ending.loop is not None
        return same and objects_to(found)

    few, enough = 0, execution.steps
    while enough - few > 1:
        middle = (few + enough) // 2
        if shows(_cut(subject, execution, middle)[1]):
            enough = middle
        else:
            few = middle
    cut = _cut(subject, execution, enough)
    if not shows(cut[1]) or (execution.waiting and enough > 1 and objects_to(_cut(subject, execution, enough - 1)[1])):
        return subject, execution
    return cut


def _cut(subject: Subject, execution: Execution, steps: int) -> tuple[Subject, Execution]:
    """The first steps of an execution as one of its own."""
    shorter = replace(subject, settings=replace(subject.settings, max_steps=steps))
    script = iter(execution.schedule)
    return shorter, shorter.execute(lambda enabled: next(script), always_ask=True)


def smallest(subject: Subject, execution: Execution, oracle: Oracle) -> Counterexample:
    """The smallest counterexample with the cause that this oracle objects to `execution` for.

    Of a program that offers smaller versions of itself, it may be one of those.

    Raises:
        NondeterministicProgram: it cannot be shown again.
    """
    found = minimised(subject, execution, oracle)
    message = said(oracle, found.execution)
    assert message is not None
    evidence = counterexample(found.subject, found.execution, oracle, message)
    return confirmed(found.subject, explained(evidence, found), oracle)
