"""No oracle is idle: the gate notices when one is removed, and what it alone catches escapes when it is deaf.

The gate tries probes first, which have a violation of each property, and fails by them. The known bugs of the seed's
designs violate six of the eleven properties and one promise, and would tell as well; for the others, and for a project
without known bugs, there are only the probes.
"""

from collections.abc import Callable
from typing import Any

import pytest

from harness import Panic, Shared, check, go, oracles, sleep
from harness.errors import Falsified
from harness.model.verdict import HOLDS, VIOLATED
from harness.oracles import SAFE, no_data_race, no_deadlock, no_goroutine_leak, no_panic, terminates
from harness.primitives.channel import NIL
from harness.search.campaign import Oracle
from harness.stream import judged
from harness.stream.probes import PROBES, toothless
from tests.scenarios.judging import ASKED, DESIGNS
from tests.teeth.judging import committed, deaf, objections, touchy
from tests.teeth.mutant import mutated
from tests.teeth.mutants import MUTANTS
from tests.teeth.test_list import TOGETHER

KNOWN: dict[str, tuple[str, str]] = {
    "no_event_lost": ("done_channel", "late_send"),
    "terminates": ("wait_group", "buffer_pressure"),
    "no_deadlock": ("wait_group", "buffer_pressure"),
    "no_goroutine_leak": ("close_channel", "no_flusher"),
    "no_panic": ("close_channel", "executor_panic"),
    "no_data_race": ("wait_group", "late_send"),
    "kept_alive": ("wait_group", "delay"),
}
"""A design and a fault class with a known bug that violates the property."""

UNKNOWN = set(ASKED) - set(KNOWN)
every_property = pytest.mark.parametrize("name", ASKED)


def with_oracle(name: str, oracle: Oracle, design: str = "supervised") -> dict[str, Oracle]:
    """What a design is judged by, with another oracle; `supervised` promises all that comes with the harness."""
    return {**judged(DESIGNS[design].handler), name: oracle}


def without(name: str) -> dict[str, Oracle]:
    return {other: oracle for other, oracle in ASKED.items() if other != name}


@every_property
def test_the_gate_notices_that_a_property_is_not_asked_about_any_more(name: str) -> None:
    assert objections(DESIGNS["supervised"], ["nil_event"], without(name)) == {"nil_event": {f"!{name}"}}


@every_property
def test_the_gate_notices_an_oracle_that_objects_to_everything(name: str) -> None:
    found = objections(DESIGNS["supervised"], ["nil_event"], with_oracle(name, touchy))
    assert found == {"nil_event": {name}}


@pytest.mark.parametrize("name", KNOWN)
def test_the_gate_notices_a_deaf_oracle_by_a_known_bug(name: str) -> None:
    design, fault = KNOWN[name]
    assert objections(DESIGNS[design], [fault]) == {}
    assert objections(DESIGNS[design], [fault], with_oracle(name, deaf, design)) == {fault: {f"-{name}"}}


@every_property
def test_the_probes_tell_which_oracle_is_deaf_or_touchy_or_gone(name: str) -> None:
    rest = without(name)
    missed = [change for probe in PROBES if name in probe.violates for change in toothless([probe], rest)]
    assert missed and {(change.property, change.after) for change in missed} == {(name, HOLDS)}
    assert list(toothless(properties=rest)) == missed == list(toothless(properties=with_oracle(name, deaf)))
    wrong = toothless(properties=with_oracle(name, touchy))
    assert {(change.property, change.after) for change in wrong} == {(name, VIOLATED)}
    assert len(wrong) + len(missed) == len(PROBES)


def test_for_these_properties_no_known_bug_would_tell() -> None:
    violated = {name for design in DESIGNS.values() for names in design.violates.values() for name in names}
    assert violated == set(KNOWN)
    names = "order_kept no_duplicate one_final_status status_correct no_write_after_return no_work_after_return"
    assert set(names.split()) | {"no_lost_cancel"} == UNKNOWN


@pytest.mark.parametrize("name", [name for name in ASKED if name not in TOGETHER])
def test_a_mutant_dies_by_this_oracle_alone(name: str) -> None:
    dying = [(mutant, fault) for mutant in MUTANTS for fault, names in mutant.dies.items() if names == {name}]
    mutant, fault = min(dying, key=lambda pair: committed().executions[pair[0].design, pair[1]])
    design = mutated(mutant)
    assert objections(design, [fault]) == {fault: {name}}
    assert objections(design, [fault], with_oracle(name, deaf, mutant.design)) == {}


@pytest.mark.parametrize(
    ("detector", "name", "silenced"),
    [
        ("races", "no_data_race", {"no_data_race"}),
        ("blocked_for_good", "no_deadlock", {"no_deadlock"}),
        ("blocked_for_good", "no_goroutine_leak", {"no_goroutine_leak"}),
    ],
)
def test_the_gate_notices_a_deaf_detector(
    detector: str, name: str, silenced: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracles, detector, lambda *arguments: None)
    design, fault = KNOWN[name]
    assert objections(DESIGNS[design], [fault]) == {fault: {f"-{each}" for each in silenced}}


# -- the oracles for programs that do not stream -------------------------------------------------------------------


async def panics() -> None:
    raise Panic("nobody recovers")


async def waits_for_ever() -> None:
    await NIL.recv()


async def leaves_somebody_behind() -> None:
    go(waits_for_ever)


async def races() -> None:
    variable = Shared(0)
    go(variable.store, 1)
    await variable.load()


async def goes_on_for_ever() -> None:
    while True:
        await sleep(1)


ALONE: dict[Callable[[], Any], Oracle] = {
    panics: no_panic,
    waits_for_ever: no_deadlock,
    leaves_somebody_behind: no_goroutine_leak,
    races: no_data_race,
    goes_on_for_ever: terminates,
}


@pytest.mark.parametrize("program", ALONE, ids=lambda program: program.__name__)
def test_one_oracle_alone_catches_the_program(program: Callable[[], Any]) -> None:
    others = [oracle for oracle in (*SAFE, terminates) if oracle is not ALONE[program]]
    assert check(program, executions=20, max_steps=50, oracles=others).executions == 20
    with pytest.raises(Falsified):
        check(program, executions=20, max_steps=50, oracles=[ALONE[program]])


def test_every_oracle_has_such_a_program() -> None:
    assert set(ALONE.values()) == {*SAFE, terminates}
