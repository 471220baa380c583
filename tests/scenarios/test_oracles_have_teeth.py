"""Every property has a mutant that exactly its oracle catches, and a sound handler that it lets pass."""

import pytest

from harness import Falsified, Inconclusive, prove
from harness.stream import PROPERTIES, SAFE_STREAM, Session, StreamPlan, serve
from tests.scenarios.judging import STEPS, violated
from tests.scenarios.mutants import (
    FAILED,
    JOINED,
    LEAVING,
    MUTANTS,
    QUIET,
    SOUND,
    Parts,
    always_report_success,
    drop_the_second,
    handler_of,
    idle_for_ever,
)


@pytest.mark.parametrize(("parts", "plan", "caught_by"), [m[1:] for m in MUTANTS], ids=[m[0] for m in MUTANTS])
def test_exactly_the_right_oracle_catches_the_mutant(parts: Parts, plan: StreamPlan, caught_by: frozenset[str]) -> None:
    assert violated(handler_of(parts), plan) == caught_by


@pytest.mark.parametrize("plan", [QUIET, FAILED, JOINED, LEAVING], ids=str)
def test_no_oracle_objects_to_the_sound_handler(plan: StreamPlan) -> None:
    proof = prove(serve(handler_of(SOUND), plan), oracles=SAFE_STREAM, max_steps=STEPS)
    assert {type(outcome) for outcome in proof.outcomes} == {Session}


@pytest.mark.parametrize("name", PROPERTIES)
def test_only_termination_is_judged_of_a_mutant_that_never_comes_to_rest(name: str) -> None:
    program = serve(handler_of(Parts(conclude=idle_for_ever)), QUIET)
    with pytest.raises(Falsified if name == "terminates" else Inconclusive):
        prove(program, oracles=[PROPERTIES[name]], max_steps=STEPS)


def test_every_property_has_a_mutant() -> None:
    assert {name for _, _, _, caught_by in MUTANTS for name in caught_by} == set(PROPERTIES)


def test_a_mutant_escapes_where_its_fault_does_not_show() -> None:
    assert violated(handler_of(Parts(conclude=always_report_success)), QUIET) == frozenset()
    assert violated(handler_of(Parts(deliver=drop_the_second)), FAILED) == frozenset()
