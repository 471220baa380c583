"""Optimal partial-order reduction and its slow twins agree on random programs over everything.

The twins: the class oracle, of which DPOR must explore every class exactly once and none in vain, and naive search,
which must come to the same ends. `python -m tests.meta.fuzz_classes` compares as many programs as one likes.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from random import Random
from typing import Any

import pytest

from harness import primitives
from harness.model.operation import Kind
from harness.runtime.execute import Subject
from harness.search.dpor.strategy import DPOR
from tests.meta import class_twin, fuzz_classes
from tests.meta.class_twin import Agreement
from tests.meta.fuzz_classes import CLOCKS, KINDS, Case, compared
from tests.meta.random_programs import program

PROGRAMS = 400
MOST = 400


@pytest.fixture(scope="module")
def comparisons() -> list[tuple[Case, Agreement]]:
    return list(compared(map(Case, range(PROGRAMS)), MOST))


def test_dpor_the_class_oracle_and_naive_search_agree(comparisons: list[tuple[Case, Agreement]]) -> None:
    assert {str(case): found.differences for case, found in comparisons if found.differences} == {}


def test_there_was_something_to_agree_on(comparisons: list[tuple[Case, Agreement]]) -> None:
    assert len(comparisons) > 340
    assert sum(found.naive for _, found in comparisons) > 300
    assert sum(found.classes > 1 for _, found in comparisons) > 220
    assert sum(found.classes for _, found in comparisons) > 1_800
    assert {case.theme for case, _ in comparisons} == set(KINDS)
    assert {(case.settings.clock, case.settings.early) for case, _ in comparisons} == {
        (settings.clock, settings.early) for settings in CLOCKS
    }


class Hasty:
    """DPOR, but it believes that one execution is all there is. No subclass: a compiled class has none."""

    def __init__(self) -> None:
        self.engine = DPOR()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def begin(self) -> bool:
        return not self.engine.executions and self.engine.begin()


def test_a_search_that_leaves_classes_out_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_twin, "DPOR", Hasty)
    found = [agreement for _, agreement in compared(map(Case, range(40)), MOST)]
    assert any(agreement.classes > 1 for agreement in found)
    assert all(bool(agreement.differences) == (agreement.classes > 1) for agreement in found)


def kinds_of_operation() -> set[str]:
    """The names of all operations that a goroutine can be pending at."""
    modules = [import_module(f"{primitives.__name__}.{module.name}") for module in iter_modules(primitives.__path__)]
    kinds = {value for module in modules for value in vars(module).values() if isinstance(value, Kind)}
    return {kind.name for kind in kinds}


def pending_kinds() -> Iterator[str]:
    """The names of the operations at which goroutines are pending in walks of the first programs."""
    for case in map(Case, range(PROGRAMS)):
        source = Random(case.index)
        with Subject(program(case.index, case.theme), (), case.settings).begun() as scheduler:
            while enabled := scheduler.enabled():
                yield from (goroutine.operation[0].name for goroutine in scheduler.live)
                scheduler.take(source.choice(enabled))


def test_the_random_programs_use_every_operation() -> None:
    assert kinds_of_operation() - set(pending_kinds()) == set()


def test_the_command_reports_a_mismatch(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz_classes.main(["--programs", "3"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("3 programs (0 too large)")
    monkeypatch.setattr(fuzz_classes, "agreement", lambda *_: Agreement(1, True, ["1 lost"]))
    assert fuzz_classes.main(["--seed", "7", "--programs", "1"]) == 1
    assert "MISMATCH --only 7 (everything, idle): 1 lost" in capsys.readouterr().out
