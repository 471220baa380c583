"""What the relation calls independent commutes: two such steps can be taken in either order, and all is the same after;
and no step makes another one possible, or touch other things, that does not depend on it.

In states of random walks through random programs, every pair of enabled steps of different goroutines is tried. All is:
the state that the program observes, the outcome so far, what is enabled, and what it would touch. The relation takes
some pairs to be independent that are not where an object is misused (a read lock given back by somebody else, a wait
group that is used again); DPOR must find out every program that does so, and order all steps on the object.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Any

import pytest

from harness.model.execution import Settings
from harness.runtime.execute import Subject
from harness.search.dpor.history import History
from harness.search.dpor.names import Names
from harness.search.dpor.run import Run
from harness.search.dpor.step import Key, Step, dependent
from harness.search.dpor.strategy import DPOR
from tests.meta.class_oracle import digest
from tests.meta.class_twin import End, Watched
from tests.meta.fuzz_classes import KINDS, Case
from tests.meta.programs import Program
from tests.meta.random_programs import program, program_of
from tests.meta.test_ablation import GUARDS

CASES = 240
WALKS = 2


@dataclass(frozen=True)
class Point:
    """What there is after a sequence of steps, of which `last` is the last."""

    last: Any
    enabled: dict[Key, Step]
    pending: set[tuple[int, ...]]
    seen: tuple[End, bytes]

    @property
    def touched(self) -> dict[Key, Any]:
        """What each enabled step would touch."""
        return {key: step.touches for key, step in self.enabled.items()}


class Walker:
    """Takes the steps of a program by their keys, from the beginning each time."""

    def __init__(self, subject: Program, settings: Settings, names: Names) -> None:
        self.watched = Watched(subject, settings)
        self.names = names
        self.independent = 0

    def after(self, keys: tuple[Key, ...]) -> Any:
        """The `Point` to which these steps lead; None if one of them is impossible."""
        with self.watched.subject.begun() as scheduler:
            history = History()
            run = Run(self.names, history, scheduler)
            step = None
            for key in keys:
                transitions = {run.key(transition): transition for transition in scheduler.enabled()}
                if key not in transitions:
                    return None
                transition = transitions[key]
                step, bases = run.step(transition, key), run.bases(transition)
                step = run.take(transition, step)
                run.passed(transition, history.push(step, bases))
            listed = [(run.key(transition), transition) for transition in scheduler.enabled()]
            enabled = {key: run.step(transition, key) for key, transition in listed}
            pending = {(run.number(goroutine), run.counts[goroutine.serial]) for goroutine in scheduler.live}
            pending |= {(run.timer(timer), timer.fired) for timer in scheduler.timers}
            return Point(step, enabled, pending, (self.watched.end(scheduler), digest(history)))

    def exceptions(self, prefix: tuple[Key, ...], here: Point) -> list[tuple[Key, Key]]:
        """The pairs of steps that are independent after `prefix`, and do not commute there."""
        points = {key: self.after((*prefix, key)) for key in here.enabled}
        found = []
        for one, other in combinations(here.enabled, 2):
            first, second = points[one].last, points[other].last
            if not dependent(first, second):
                self.independent += 1
                if not self.commute(prefix, first, second):
                    found.append((one, other))
        for key, there in points.items():
            found += [(key, enabled.key) for enabled in changed(here, there) if not dependent(there.last, enabled)]
        return found

    def commute(self, prefix: tuple[Key, ...], one: Step, other: Step) -> bool:
        """Does it not matter in which order these two are taken?"""
        there = self.after((*prefix, one.key, other.key))
        back = self.after((*prefix, other.key, one.key))
        if there is None or back is None:
            return False
        same = (there.touched, there.seen) == (back.touched, back.seen)
        return same and (there.last.touches, back.last.touches) == (other.touches, one.touches)

    def walk(self, walks: int) -> list[tuple[Key, Key]]:
        """The exceptions in the states of some random walks."""
        found: list[tuple[Key, Key]] = []
        for seed in range(walks):
            source, prefix = Random(seed), ()
            for _ in range(self.watched.subject.settings.max_steps):
                point = self.after(prefix)
                if not point.enabled:
                    break
                found += self.exceptions(prefix, point)
                prefix = (*prefix, source.choice(list(point.enabled)))
        return found


def changed(here: Point, there: Point) -> list[Step]:
    """The steps possible at the later of two points that were not at the earlier, or touched other things there.

    Only those of which all that they take was pending at the earlier point already.
    """
    before = here.touched
    return [
        step
        for key, step in there.enabled.items()
        if before.get(key) != step.touches and {key[:2], key[3:5] or key[:2]} <= here.pending
    ]


def learnt(subject: Subject, executions: int) -> Names:
    """What DPOR has found out in its first executions about the objects of a program."""
    engine = DPOR()
    for _ in range(executions):
        if not engine.begin():
            break
        engine.execute(subject)
        engine.end()
    return engine.names


def walker(name: str, names: Names) -> Walker:
    """For one of the programs of `test_ablation`, or for the random one with this number."""
    if name in GUARDS:
        guard = GUARDS[name]
        return Walker(program_of(guard.text, guard.capacities), guard.settings, names)
    case = Case(int(name))
    return Walker(program(case.index, case.theme, goroutines=4), case.settings, names)


@pytest.fixture(scope="module")
def walked() -> list[tuple[str, Walker, list[tuple[Key, Key]]]]:
    walks = [(name, walker(name, Names()), WALKS) for name in map(str, range(CASES))]
    walks += [(name, walker(name, Names()), 10 * WALKS) for name in GUARDS]
    return [(name, walking, walking.walk(count)) for name, walking, count in walks]


def test_independent_steps_commute_unless_dpor_finds_a_misuse(walked: list[Any]) -> None:
    for name, walking, exceptions in walked:
        if exceptions:
            names = learnt(walking.watched.subject, 1_000)
            assert names.totally_ordered, (name, exceptions)
            assert walker(name, names).walk(10 * WALKS) == [], name


def test_there_were_many_pairs_and_some_exceptions(walked: list[Any]) -> None:
    assert sum(walking.independent for _, walking, _ in walked) > 4_000
    assert sum(bool(exceptions) for _, _, exceptions in walked) > 5


def test_a_relation_that_forgot_its_conflicts_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.dependent", lambda one, other: bool(one.goroutines & other.goroutines))
    noticed = {Case(number).theme for number in range(80) if walker(str(number), Names()).walk(WALKS)}
    assert noticed == set(KINDS)
