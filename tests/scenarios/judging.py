"""What the tests of the streaming scenarios share: exact sets of violated properties, of arrivals, and of stories.

A story is the text of a list that a program returns, told when all is over.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pytest

from harness import Counterexample, Falsified, outcomes, prove
from harness.stream import (
    FAULT_CLASSES,
    LIFETIME,
    PROPERTIES,
    Design,
    FaultClass,
    Session,
    StreamPlan,
    load_designs,
    serve,
)
from harness.stream.serve import Handler

DESIGNS: Mapping[str, Design] = {design.name: design for design in load_designs()}
FAULTS: Mapping[str, FaultClass] = {fault.name: fault for fault in FAULT_CLASSES}
LATE_RACE = frozenset({"no_panic", "no_data_race"})
STUCK = frozenset({"terminates", "no_deadlock"})
ASKED = {**PROPERTIES, **LIFETIME}
STEPS = 400  # a handler that pings for ever is cut off here

every_design = pytest.mark.parametrize("design", DESIGNS)


def counterexample(handler: Handler, plan: StreamPlan, *properties: str) -> Counterexample | None:
    """What exploring every schedule finds against the first of these properties that is violated, if any is."""
    try:
        prove(serve(handler, plan), oracles=[PROPERTIES[name] for name in properties], max_steps=STEPS)
    except Falsified as falsified:
        return falsified.counterexample
    return None


def violated(handler: Handler, plan: StreamPlan) -> frozenset[str]:
    """The properties that some schedule violates, each looked for by itself."""
    return frozenset(name for name in PROPERTIES if counterexample(handler, plan, name))


def prove_all_but(broken: Collection[str], handler: Handler, plan: StreamPlan) -> int:
    """Show that each of the `broken` properties is violated, and prove every other one; how many executions it took."""
    program = serve(handler, plan)
    for name in broken:
        with pytest.raises(Falsified) as falsified:
            prove(program, oracles=[PROPERTIES[name]], max_steps=STEPS)
        assert falsified.value.counterexample.oracle == name
    others = [oracle for name, oracle in PROPERTIES.items() if name not in broken]
    return prove(program, oracles=others, max_steps=STEPS).executions


def arrivals(handler: Handler, plan: StreamPlan) -> set[str]:
    """What can have arrived at the client when all is over, over every schedule in which the handler returns."""
    sessions = prove(serve(handler, plan), oracles=[], max_steps=STEPS).outcomes
    return {", ".join(map(repr, session.client.arrived)) for session in sessions if isinstance(session, Session)}


def stories(program: Callable[..., Any], *arguments: Any) -> set[str]:
    """The lists that `program` can return, over every schedule, as text without brackets."""
    return {outcome[1:-1] for outcome in outcomes(program, *arguments)}
