"""Making a failing schedule smaller by running variations of it.

A schedule is compared by number of context switches, then by length, then lexicographically. Candidates are the
schedule with one goroutine's stretch prolonged (one switch fewer) or with one choice lowered; whatever follows
is completed by going on with the same goroutine as long as it can move. A candidate counts only if the same oracle
objects to it. Greedy, and bounded by `attempts` executions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from harness.model.execution import Execution
from harness.model.operation import Transition
from harness.model.outcome import CutOff
from harness.runtime.execute import Subject

Size = tuple[int, int, tuple[int, ...]]


def size(execution: Execution) -> Size:
    """Context switches, steps, choices; smaller is easier to read."""
    owners = [action.participants[0].goroutine if action.participants else "" for action in execution.trace]
    switches = sum(1 for before, after in pairwise(owners) if before != after)
    return switches, execution.steps, execution.schedule


def shrink(
    subject: Subject, execution: Execution, still_fails: Callable[[Execution], bool], attempts: int = 300
) -> Execution:
    """The smallest failing execution found; `execution` itself if nothing smaller fails."""
    best, best_size = execution, size(execution)
    progress = True
    while progress:
        progress = False
        for prefix in _candidates(best):
            if attempts == 0:
                return best
            attempts -= 1
            candidate = subject.execute(_Guided(prefix))
            if still_fails(candidate) and (candidate_size := size(candidate)) < best_size:
                best, best_size, progress = candidate, candidate_size, True
                break
    return best


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


def _candidates(execution: Execution) -> Iterator[tuple[int, ...]]:
    """Prefixes of other decisions to try, the boldest first.

    Each is the list of answers to the execution's first questions, where only steps with a choice ask one.
    """
    decisions = [(action.index, action.alternatives) for action in execution.trace if action.alternatives > 1]
    chosen = tuple(index for index, _ in decisions)
    for length in range(len(chosen)):
        yield chosen[:length]
    for position in range(len(chosen)):
        for index in range(decisions[position][1]):
            if index != chosen[position]:
                yield chosen[:position] + (index,)
                yield chosen[:position] + (index,) + chosen[position + 1 :]


class _Guided:
    """Follows a list of answers as far as they fit, then stays with the goroutine that moved last."""

    def __init__(self, prefix: tuple[int, ...]) -> None:
        self.prefix = prefix
        self.position = 0
        self.last: Any = None

    def __call__(self, enabled: list[Transition]) -> int:
        index = self.pick(enabled)
        self.position += 1
        self.last = enabled[index][0]
        return index

    def pick(self, enabled: list[Transition]) -> int:
        if self.position < len(self.prefix) and self.prefix[self.position] < len(enabled):
            return self.prefix[self.position]
        for index, transition in enumerate(enabled):
            if transition[0] is self.last:
                return index
        return 0
