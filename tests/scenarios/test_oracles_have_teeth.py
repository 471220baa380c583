"""Every property has a faulty handler that exactly its oracle catches, and a sound one that it lets pass."""

from typing import Any

import pytest

from harness import Context, Falsified, Inconclusive, go, prove
from harness.stream import PROPERTIES, SAFE_STREAM, Event, FakeClient, FakeExecutor, Session, StreamPlan, serve
from harness.stream.faulty import DONE, SOUND, Parts, always_report_success, drop_the_second, handler_of, idle_for_ever
from harness.stream.probes import BROKEN, CROWDED, FAILED, JOINED, LEAVING, PROBES, QUIET, Probe, tried
from tests.scenarios.judging import ASKED, STEPS, violated


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_exactly_the_right_oracles_object_to_the_probe(probe: Probe) -> None:
    assert tried(probe) == (probe.violates, probe.executions)


TOGETHER = {
    "no_deadlock": "terminates",  # who waits for ever does not return
    "no_write_after_return": "no_work_after_return",  # who writes is at work
    "no_data_race": "no_work_after_return",  # a peeker whom nothing orders is ordered before no return either
}
"""What comes with what, in the probes."""


def test_every_property_has_a_probe_that_violates_nothing_else_but_what_comes_with_it() -> None:
    alone = {name for probe in PROBES if len(probe.violates) == 1 for name in probe.violates}
    assert alone == set(ASKED) - set(TOGETHER)
    assert all({name, other} in [probe.violates for probe in PROBES] for name, other in TOGETHER.items())


@pytest.mark.parametrize("plan", [QUIET, FAILED, JOINED, LEAVING, CROWDED, BROKEN], ids=str)
def test_no_oracle_objects_to_the_sound_handler(plan: StreamPlan) -> None:
    proof = prove(serve(handler_of(SOUND), plan), oracles=SAFE_STREAM, max_steps=STEPS)
    assert {type(outcome) for outcome in proof.outcomes} == {Session}


@pytest.mark.parametrize("name", PROPERTIES)
def test_only_termination_is_judged_of_a_handler_that_never_comes_to_rest(name: str) -> None:
    program = serve(handler_of(Parts(conclude=idle_for_ever)), QUIET)
    with pytest.raises(Falsified if name == "terminates" else Inconclusive):
        prove(program, oracles=[PROPERTIES[name]], max_steps=STEPS)


def test_a_faulty_handler_escapes_where_its_fault_does_not_show() -> None:
    assert violated(handler_of(Parts(conclude=always_report_success)), QUIET) == frozenset()
    assert violated(handler_of(Parts(deliver=drop_the_second)), FAILED) == frozenset()


class Picky:
    """An outlet that accepts no event with a number from `last` on, and joins nobody."""

    def __init__(self, client: FakeClient, last: int) -> None:
        self.client = client
        self.last = last

    async def send(self, event: Event) -> bool:
        return event.number < self.last and await self.client.write(event)

    async def go(self, function: Any, *arguments: Any) -> None:
        go(function, *arguments)


async def refuses_the_second(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
    await execute(ctx, Picky(client, 2))
    await client.write(DONE)


async def refuses_all(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
    await execute(ctx, Picky(client, 0))
    await client.write(DONE)


@pytest.mark.parametrize("watches", [True, False])
def test_an_outlet_that_turns_events_away_loses_them(watches: bool) -> None:
    plan = StreamPlan(events=2, capacity=1, watches_context=watches)
    assert violated(refuses_the_second, plan) == violated(refuses_all, plan) == {"no_event_lost"}
    assert violated(refuses_the_second, StreamPlan(events=1, capacity=1)) == frozenset()


def test_an_outlet_may_turn_away_whoever_comes_late_or_when_the_client_has_gone() -> None:
    assert violated(refuses_all, StreamPlan(events=0, capacity=1, children=1, late=1)) == frozenset()
    assert violated(refuses_all, StreamPlan(events=1, capacity=1, failing_write=1)) == frozenset()


@pytest.mark.parametrize(
    ("status", "caught_by"), [(200, {"one_final_status"}), (399, {"one_final_status"}), (400, set())]
)
def test_a_refusal_is_an_http_error(status: int, caught_by: set[str]) -> None:
    async def refuses(ctx: Context, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
        client.refuse(status, "no streaming")

    assert violated(refuses, StreamPlan(flusher=False)) == caught_by
