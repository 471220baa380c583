"""The search for the smallest execution finds what looking at every schedule finds: on random programs, for every end
that they can come to, under both clocks."""

from typing import Any

import pytest

from harness.model.execution import Execution, Settings
from harness.model.operation import Transition
from harness.model.outcome import CutOff, Panicked
from harness.runtime.execute import Subject, following
from harness.runtime.goroutine import Goroutine
from harness.search.campaign import executions
from harness.search.exhaustive import Exhaustive
from harness.search.fewest import Fewest, Measure, measure
from tests.meta.random_programs import THEMES, program

MOST = 120
"""Programs with more schedules are left out."""
SETTINGS = [Settings(max_steps=60), Settings("adversarial", max_steps=60, early_firings=1)]
CLOCK = "(the clock)"


def names_of(transition: Transition) -> set[str]:
    return {part.name for part in transition if isinstance(part, Goroutine)} or {CLOCK}


def plain_measure(subject: Subject, execution: Execution) -> Measure:
    """As the definition says: from what was on offer at each step, written down as names."""
    offers: list[list[set[str]]] = []
    follow = following(execution.schedule)

    def note(enabled: list[Transition]) -> int:
        offers.append(list(map(names_of, enabled)))
        return follow(enabled)

    trace = subject.execute(note, always_ask=True).trace
    taken = [{part.goroutine for part in action.participants} or {CLOCK} for action in trace if not action.after_panic]
    switches = preemptions = 0
    for offered, before, now in zip(offers[1:], taken, taken[1:], strict=False):
        if not before & now:
            switches += 1
            goes_on = any(before & other - {CLOCK} for other in offered)
            preemptions += now != {CLOCK} and goes_on
    return switches, preemptions, len(taken), execution.schedule


class Ends:
    """What a random program can come to. Of an end only that is compared which Go would come to."""

    def __init__(self, seed: int, theme: str | None, settings: Settings) -> None:
        self.probes: list[Any] = []
        self.subject = Subject(program(seed, theme), (self.probes.append,), settings)
        self.drained: dict[str, bool] = {}

    def end_of(self, execution: Execution) -> str:
        """What an execution, the last one, has come to."""
        if isinstance(execution.outcome, Panicked):
            return repr(execution.outcome)
        return repr((execution.outcome, execution.waiting, self.probes[-1]()))

    def smallest(self) -> dict[str, Measure]:
        """For each end, the smallest schedule that leads there, by looking at all; nothing, if these are too many."""
        found: dict[str, Measure] = {}
        for number, execution in enumerate(executions(self.subject, Exhaustive())):
            if number == MOST:
                return {}
            end = self.end_of(execution)
            self.drained[end] = not isinstance(execution.outcome, Panicked | CutOff)
            size = plain_measure(self.subject, execution)
            assert measure(self.subject, execution)[:3] == size[:3]
            found[end] = min(found.get(end, size), size)
        return found

    def searched(self, end: str, *, drained: bool) -> Measure:
        """The smallest schedule that leads to an end, by searching for it."""
        search = Fewest(self.subject, lambda found: self.end_of(found) == end, drained=drained, steps=10**9)
        execution = search.search()
        assert execution is not None
        size = plain_measure(self.subject, execution)
        assert search.complete and search.switches == size[0]
        return size


def beginning(size: Measure) -> Measure:
    """Without what comes after a panic, where any order will do."""
    return *size[:3], size[3][: size[2]]


@pytest.mark.parametrize("settings", SETTINGS, ids=["idle", "adversarial"])
@pytest.mark.parametrize("theme", [*THEMES, None])
def test_the_smallest_execution_is_the_smallest_of_all(theme: str | None, settings: Settings) -> None:
    compared, switches = 0, set()
    for seed in range(10):
        ends = Ends(seed, theme, settings)
        for end, size in ends.smallest().items():
            for drained in {False, ends.drained[end]}:
                assert beginning(ends.searched(end, drained=drained)) == beginning(size)
            compared += 1
            switches.add(size[0])
    assert compared > 4 and len(switches) > 1
