"""A search that many workers share out comes to what one process comes to: its slow twin is the search without them.

Workers are played by a pool that does every unit at once and hands the results out in any order, after they have been
pickled. They stop after one, two or three executions, so that nearly everything is stolen, planned for somebody else,
or renumbered.
"""

import pickle
from collections.abc import Iterator
from concurrent.futures import Future
from random import Random
from typing import Any

import pytest

from harness.model.execution import Settings
from harness.model.outcome import Outcome
from harness.runtime.execute import Subject
from harness.search.dpor.step import Step
from harness.search.dpor.strategy import DPOR
from harness.search.parallel import frames
from harness.search.parallel.exhaust import Exhaust
from harness.search.parallel.packing import Renumbering, Tables, flat, names_of, packed, tables, tree_of, unpacked
from harness.search.parallel.pool import Pool, ThisProcess
from harness.search.parallel.task import Task
from harness.verify import outcome_value
from tests.meta.class_twin import TooMany
from tests.meta.fuzz_classes import KINDS, Case
from tests.meta.memory_programs import program_of
from tests.meta.programs import PROGRAMS
from tests.meta.random_programs import program
from tests.meta.test_classes import MEMORY

MOST = 60
"""Larger programs are left to `test_large_rows`."""

Found = tuple[int, int, bool, set[str]]
WAYS = ((2, 1), (3, 2), (2, 3), (4, 1))
"""How many jobs, and after how many executions each stops."""


class Disorder(Pool):
    """Every unit is done at once, and its result handed out when the draw falls on it."""

    def __init__(self, jobs: int, seed: int) -> None:
        super().__init__(jobs, ThisProcess())
        self.draw = Random(seed)

    def next(self) -> tuple[Any, Future[Any]]:
        future = self.draw.choice(list(self.pending))
        unit = self.pending.pop(future)
        sent: Future[Any] = Future()
        sent.set_result(pickle.loads(pickle.dumps(future.result())))
        return unit.tag, sent


def text(outcome: Outcome) -> str:
    return repr(outcome_value(outcome))


def together(subject: Subject, jobs: int, limit: int, seed: int = 0) -> Found:
    with Disorder(jobs, seed) as pool:
        found = Exhaust(pool, Task(subject, (), 10.0), text, limits=(limit, limit)).run()
    return found.executions, found.blocked, found.complete, found.outcomes


def alone(subject: Subject, most: int) -> Found:
    engine, outcomes = DPOR(), set()
    while engine.begin():
        outcomes.add(text(engine.execute(subject).outcome))
        if engine.executions > most:
            raise TooMany
    return engine.executions, engine.blocked, True, outcomes


def differences(subject: Subject, most: int = MOST) -> tuple[int, list[Any]]:
    """How many classes there are, and the searches that come to something else."""
    expected = alone(subject, most)
    searches = [((jobs, limit), together(subject, jobs, limit, seed)) for seed, (jobs, limit) in enumerate(WAYS)]
    return expected[0], [(way, expected, found) for way, found in searches if found != expected]


def random_cases(first: int, beyond: int) -> Iterator[tuple[str, Subject]]:
    for case in map(Case, range(first, beyond)):
        yield str(case), Subject(program(case.index, case.theme, statements=case.statements), (), case.settings)


def table() -> Iterator[tuple[str, Subject]]:
    for name, found in PROGRAMS.items():
        yield name, Subject(found)
    for name, parameter, classes in MEMORY:
        of_table = program_of(name, parameter)
        assert of_table is not None
        if classes <= MOST:
            yield f"{name} {parameter}", Subject(of_table)


def compared(cases: Iterator[tuple[str, Subject]]) -> tuple[int, int, dict[str, Any]]:
    """How many programs and classes there were, and what differs."""
    programs = classes = 0
    wrong = {}
    for name, subject in cases:
        try:
            number, found = differences(subject)
        except TooMany:
            continue
        programs, classes = programs + 1, classes + number
        if found:
            wrong[name] = found
    return programs, classes, wrong


def test_every_class_of_the_table_is_explored_once() -> None:
    programs, classes, wrong = compared(table())
    assert wrong == {}
    assert programs > 120 and classes > 1_500


def test_random_programs_are_explored_as_by_one_process() -> None:
    programs, classes, wrong = compared(random_cases(0, 200))
    assert wrong == {}
    assert programs > 150 and classes > 800


LARGE = [
    pytest.param(Subject(found), id=f"{name} {parameter}".strip())
    for name, parameter, classes in MEMORY
    if MOST < classes <= 1_000 and (found := program_of(name, parameter)) is not None
]


@pytest.mark.stress
@pytest.mark.parametrize("subject", LARGE)
def test_large_rows(subject: Subject) -> None:
    number, wrong = differences(subject, 1_100)
    assert number > MOST and wrong == []


@pytest.mark.stress
def test_many_random_programs(repetition: int) -> None:
    programs, _, wrong = compared(random_cases(200 + 90 * repetition, 290 + 90 * repetition))
    assert wrong == {} and programs > 50


def test_a_plan_that_does_not_reach_a_later_branch_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def covered_by_any(self: frames.Frame, sequence: Any, own: Any) -> tuple[bool, None]:
        return any(child.step.key != own and sequence.without(child.step) for child in self.children), None

    monkeypatch.setattr(frames.Frame, "takes", covered_by_any)
    assert differences(Subject(PROGRAMS["philosophers n=4"]))[1]


def test_the_search_starts_again_with_what_it_has_learnt() -> None:
    found = []
    for index in range(len(KINDS) * 40):
        case = Case(index)
        subject = Subject(program(index, case.theme, statements=case.statements), (), Settings(max_steps=60))
        engine = DPOR()
        while engine.begin() and engine.executions < MOST:
            engine.execute(subject)
        if engine.executions < MOST and (engine.names.totally_ordered or engine.names.consequences):
            found.append(subject)
    assert len(found) > 5
    assert [wrong for subject in found[:10] for wrong in differences(subject, 2 * MOST)[1]] == []


# -- what travels ------------------------------------------------------------------------------------------------


def histories() -> Iterator[tuple[DPOR, Subject]]:
    for _, subject in random_cases(0, 30):
        engine = DPOR()
        engine.begin()
        engine.execute(subject)
        yield engine, subject


def test_a_step_arrives_as_it_was_sent() -> None:
    for engine, _ in histories():
        for step in engine.history.steps:
            arrived = unpacked(pickle.loads(pickle.dumps(packed(step))))
            sent = {name: getattr(step, name) for name in vars(Step) if not name.startswith("_")}
            sent = {name: value for name, value in sent.items() if not callable(value)}
            del sent["operations"], sent["options"]
            assert {name: getattr(arrived, name) for name in sent} == sent
            assert sent.keys() > {"key", "touches", "consequences"}


def test_a_wakeup_tree_arrives_as_it_was_sent() -> None:
    def shape(tree: Any) -> Any:
        return [(node.step.key, shape(node.branches)) for node in tree]

    trees = [engine.trees[0] for engine, _ in histories()]
    assert all(shape(tree_of(flat(tree))) == shape(tree) for tree in trees)
    assert any(len(flat(tree)) > 5 for tree in trees)


def test_numbers_of_two_workers_are_brought_together() -> None:
    ours = names_of(Tables(((-1, 0), (0, 0), (0, 1)), ((0, 1), (1, 1)), ((0, 5), 2.5)))
    theirs = Tables(((-1, 0), (0, 1), (0, 0)), ((2, 1), (0, 1), (1, 1)), (2.5, (0, 5), (1, 1)))
    numbers = Renumbering(ours, theirs)
    assert numbers.changes
    assert numbers.goroutines == {-1: -1, 0: 0, 1: 2, 2: 1}
    assert numbers.objects == {0: 0, 1: 2, 2: 1, 3: 3}
    assert numbers.timers == {-1: -2, -2: -1, -3: -3}
    assert tables(ours).timers == ((0, 5), 2.5, (2, 1))
    assert not Renumbering(ours, tables(ours)).changes
