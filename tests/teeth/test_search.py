"""The gate and a search that looks at too little: it fails by the probes, before it has looked at any design.

Each mutant of the search is also tried on one cell, without the probes: there known bugs are lost, or, where no verdict
changes, the number of executions has fallen, which the gate tells and does not fail for. That the reduction explores
every class is for `tests/meta` to show; this is the second line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from harness.model import dependence
from harness.model.baseline import FEWER, LOST, TOOTHLESS
from harness.model.errors import NondeterministicProgram
from harness.search.dpor import history, races, step, strategy, wakeup
from harness.stream import verify_cell
from harness.stream.probes import toothless
from tests.scenarios.judging import DESIGNS
from tests.teeth.judging import FAULTS, changes, committed

Patch = Callable[[pytest.MonkeyPatch], None]


def nothing(*arguments: Any) -> None:
    """Instead of what it replaces."""


def plans_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(strategy.DPOR, "analyse", nothing)


def reverses_no_race(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(races.Races, "executed", nothing)


def tries_no_other_way(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(races.Races, "other_ways", nothing)


def lets_nobody_else_meet(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(races.Races, "meeting", nothing)


def forgets_who_is_blocked(patch: pytest.MonkeyPatch) -> None:
    made = races.Races.__init__

    def without_blocked(self: Any, history: Any, blocked: Any, *others: Any) -> None:
        made(self, history, [], *others)

    patch.setattr(races.Races, "__init__", without_blocked)


def undoes_one_step_only(patch: pytest.MonkeyPatch) -> None:
    undo = races.Races.undo

    def undo_the_latest(self: Any, wanted: Any, remaining: int, obstacles: int, *others: Any) -> bool:
        return undo(self, wanted, remaining, 1 << obstacles.bit_length() - 1, *others)

    patch.setattr(races.Races, "undo", undo_the_latest)


def takes_everything_for_seen(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wakeup.Sequence, "covered_by", lambda self, sleeping: any(True for _ in sleeping))


def independent(one: int, other: int) -> Patch:
    """A relation in which these two do not conflict."""
    table = list(dependence.CONFLICTING)
    table[one] &= ~(1 << other)
    table[other] &= ~(1 << one)

    def patched(patch: pytest.MonkeyPatch) -> None:
        for module in (dependence, history, step):
            patch.setattr(module, "CONFLICTING", tuple(table))

    return patched


@dataclass(frozen=True)
class Blinded:
    """A mutant of the search, the cell on which it is tried, how many executions are left, and what is lost."""

    patch: Patch
    design: str
    fault: str
    executions: int
    lost: frozenset[str] = field(default=frozenset())


LEAK = frozenset({"no_goroutine_leak"})

BLINDED = {
    "plans nothing": Blinded(plans_nothing, "done_channel", "write_failure", 6, LEAK),
    "reverses no race": Blinded(reverses_no_race, "close_channel", "write_failure", 6, LEAK),
    "tries no other way": Blinded(tries_no_other_way, "close_channel", "write_failure", 12, LEAK),
    "reads and writes commute": Blinded(
        independent(dependence.READ, dependence.WRITE), "close_channel", "write_failure", 6, LEAK
    ),
    "sends commute with the close": Blinded(
        independent(dependence.SEND, dependence.CLOSE), "wait_group", "late_send", 30
    ),
    "sends commute": Blinded(independent(dependence.SEND, dependence.SEND), "wait_group", "late_send", 45),
    "forgets who is blocked": Blinded(forgets_who_is_blocked, "wait_group", "buffer_pressure", 13),
    "lets nobody else meet": Blinded(lets_nobody_else_meet, "close_channel", "buffer_pressure", 38),
    "undoes one step only": Blinded(undoes_one_step_only, "close_channel", "buffer_pressure", 33),
    "takes everything for seen": Blinded(takes_everything_for_seen, "supervised", "write_failure", 58),
}


every_mutant = pytest.mark.parametrize("mutant", BLINDED.values(), ids=BLINDED)


@every_mutant
def test_the_probes_tell(mutant: Blinded, monkeypatch: pytest.MonkeyPatch) -> None:
    assert toothless() == ()
    mutant.patch(monkeypatch)
    found = toothless()
    assert found and {(change.kind, change.fails) for change in found} == {(TOOTHLESS, True)}


@every_mutant
def test_bugs_are_lost_or_not_and_fewer_executions_are_told(mutant: Blinded, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant.patch(monkeypatch)
    found = changes(DESIGNS[mutant.design], [mutant.fault])
    before = committed().executions[mutant.design, mutant.fault]
    assert {(change.kind, change.property) for change in found if change.fails} == {
        (LOST, name) for name in mutant.lost
    }
    assert [(change.kind, change.before, change.after) for change in found if not change.fails] == [
        (FEWER, str(before), str(mutant.executions))
    ]
    assert mutant.executions < before


@pytest.mark.parametrize("cell", sorted({(mutant.design, mutant.fault) for mutant in BLINDED.values()}), ids="/".join)
def test_the_search_as_it_is_finds_what_the_baseline_says(cell: tuple[str, str]) -> None:
    assert changes(DESIGNS[cell[0]], [cell[1]]) == ()
    assert verify_cell(DESIGNS[cell[0]], FAULTS[cell[1]]).executions == committed().executions[cell]


@pytest.mark.parametrize(
    "patch",
    [
        independent(dependence.CLOSE, dependence.DRAINED),
        independent(dependence.SEND, dependence.SEND),
        independent(dependence.LOWER, dependence.WAIT),
    ],
    ids=["a receive from a closed channel", "sends", "a wait and what it waits for"],
)
def test_what_does_not_commute_is_not_offered_again(patch: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps that depend on each other, swapped, do not lead where the search had been."""
    patch(monkeypatch)
    with pytest.raises(NondeterministicProgram, match="no longer offers what was taken before"):
        verify_cell(DESIGNS["close_channel"], FAULTS["buffer_pressure"])
