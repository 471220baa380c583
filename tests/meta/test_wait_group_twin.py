"""Add against Wait, beside a slow twin that does what Go's detector does, on every interleaving of random programs.

In `sync/waitgroup.go` an Add that takes the counter from zero reads `wg.sema`, and a Wait that finds the counter above
zero writes it. When exactly a goroutine that has come to a Wait looks at the counter, no step shows: the twin tries
every moment from its arrival on. What races so in some execution must be what the detector finds over all executions.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.detect.happens_before import Order
from harness.detect.races import races
from harness.model.ending import Waiting
from harness.model.trace import Trace
from tests.meta.racy_programs import RAISES, Explored, RandomProgram, explore, random_program

Pair = frozenset[str]


@pytest.fixture(scope="module")
def explored() -> list[tuple[RandomProgram, Explored]]:
    programs = [random_program(seed, palette=RAISES) for seed in range(200)]
    found = [(program, explore(program, 400)) for program in programs]
    return [(program, every) for program, every in found if every is not None]


def counters(trace: Trace) -> list[int]:
    """What the group stands at before each step, and at the end."""
    found = [0]
    for action in trace:
        found.append(found[-1] + (int(action.detail) if action.kind == "add" else 0))
    return found


def arrival(trace: Trace, goroutine: str, step: int) -> int:
    """How many steps had been taken when a goroutine came to what it did at `step`."""
    for action in reversed(trace[:step]):
        if goroutine in [who.goroutine for who in action.participants] or goroutine in action.spawned:
            return action.step + 1
    return 0


def racing(trace: Trace, waiting: tuple[Waiting, ...]) -> Iterator[tuple[str, str]]:
    """The places of each Add and Wait that Go's detector would report, if the Wait looked at the right moment."""
    trace = tuple(action for action in trace if not action.after_panic)
    order = Order()
    pasts = [order.advance(action) for action in trace]
    counter = counters(trace)
    adds = [a for a in trace if a.kind == "add" and int(a.detail) > 0 and not counter[a.step]]
    waits = [(a.step, a.participants[0].goroutine, a.participants[0].location) for a in trace if a.kind == "wait"]
    waits += [(len(trace), who.goroutine, who.location) for who in waiting if who.group]
    for step, goroutine, place in waits:
        past = pasts[step] if step < len(trace) else order.past_of(goroutine)
        for look in range(arrival(trace, goroutine, step), step + 1):
            for add in adds if counter[look] > 0 else ():
                ordered = past >> add.step & 1 if add.step < look else pasts[add.step] >> step & 1
                if not ordered:
                    yield add.participants[0].location, place


def by_the_twin(every: Explored) -> set[Pair]:
    """The racing places, of all executions, as far as they go before a panic."""
    return {
        frozenset(pair)
        for (trace, _), waiting in zip(every.traces, every.waiting, strict=True)
        for pair in racing(trace, waiting)
    }


def by_the_detector(every: Explored) -> set[Pair]:
    return {
        frozenset((race.first.location, race.second.location))
        for (trace, _), waiting in zip(every.traces, every.waiting, strict=True)
        for race in races(trace, waiting)
        if race.variable == "group"
    }


def test_the_programs_are_worth_looking_at(explored: list[tuple[RandomProgram, Explored]]) -> None:
    assert len(explored) >= 100
    assert len([every for _, every in explored if by_the_twin(every)]) >= 40
    assert len([every for _, every in explored if not by_the_twin(every) and len(every.traces) > 1]) >= 20


def test_the_detector_finds_what_gos_would(explored: list[tuple[RandomProgram, Explored]]) -> None:
    assert [program.source for program, every in explored if by_the_twin(every) != by_the_detector(every)] == []


def test_a_race_with_a_wait_that_never_completes_counts(explored: list[tuple[RandomProgram, Explored]]) -> None:
    """The twin is awake: without those who are left waiting it would find less."""
    deaf = [Explored(every.traces, every.pending, [()] * len(every.traces)) for _, every in explored]
    assert any(by_the_detector(every) < by_the_twin(heard) for every, (_, heard) in zip(deaf, explored, strict=True))
