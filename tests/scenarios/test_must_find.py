"""What is known in advance of the seed's designs, found by the harness itself: by proof and by chance, both ways.

Every counterexample goes by its token to one other process with another hash seed, which must tell the same story.
"""

import json
import os
from collections.abc import Iterator

import pytest

from harness import Counterexample, Falsified, check, prove
from harness.model.token import decode
from harness.report.timeline import timeline
from harness.strategies import RandomWalk
from harness.stream import PROPERTIES, SAFE_STREAM, StreamPlan, serve
from tests.elsewhere import printed
from tests.scenarios.judging import DESIGNS, counterexample

ONE_LATE = StreamPlan(events=1, capacity=2, children=1, late=1)
GONE_AND_FULL = StreamPlan(events=2, capacity=1, disconnect=True, watches_context=False)

BROKEN: dict[str, tuple[str, StreamPlan, str]] = {
    "done_channel loses a late event": ("done_channel", ONE_LATE, "no_event_lost"),
    "a late sender panics close_channel": ("close_channel", ONE_LATE, "no_panic"),
    "a late sender races with the close": ("close_channel", ONE_LATE, "no_data_race"),
    "an oblivious executor leaks when the client leaves": ("close_channel", GONE_AND_FULL, "no_goroutine_leak"),
    "wait_group deadlocks with more events than capacity": (
        "wait_group",
        StreamPlan(events=2, capacity=1),
        "no_deadlock",
    ),
    "atomic_error panics on success": ("atomic_error", StreamPlan(events=1), "no_panic"),
}

SOUND: dict[str, tuple[str, StreamPlan, str]] = {
    "execErr is no data race on success": ("done_channel", StreamPlan(events=2, capacity=1), "no_data_race"),
    "execErr is no data race on failure": ("done_channel", StreamPlan(events=1, ending="error"), "no_data_race"),
    "nor with a late sender, for nothing is closed under it": ("done_channel", ONE_LATE, "no_data_race"),
    "done_channel loses nothing without late senders": (
        "done_channel",
        StreamPlan(events=3, capacity=1),
        "no_event_lost",
    ),
    "nor with two workers": ("done_channel", StreamPlan(events=1, workers=2, capacity=1), "no_event_lost"),
    "nor with a child that is joined": ("done_channel", StreamPlan(events=1, capacity=1, children=1), "no_event_lost"),
    "a joined child does not panic close_channel": ("close_channel", StreamPlan(events=1, children=1), "no_panic"),
    "supervised joins a late sender": ("supervised", ONE_LATE, "no_panic"),
    "a watching executor does not leak": (
        "close_channel",
        StreamPlan(events=2, capacity=1, disconnect=True),
        "no_goroutine_leak",
    ),
    "nor an oblivious one whose events fit": (
        "close_channel",
        StreamPlan(events=2, capacity=2, disconnect=True, watches_context=False),
        "no_goroutine_leak",
    ),
    "nor an oblivious one whose client stays": (
        "close_channel",
        StreamPlan(events=2, capacity=1, watches_context=False),
        "no_goroutine_leak",
    ),
    "atomic_error does not panic on failure": ("atomic_error", StreamPlan(events=1, ending="error"), "no_panic"),
}

broken = pytest.mark.parametrize("name", BROKEN)
sound = pytest.mark.parametrize("name", SOUND)


def found_by_proof(name: str) -> Counterexample:
    design, plan, oracle = BROKEN[name]
    with pytest.raises(Falsified) as falsified:
        prove(serve(DESIGNS[design].handler, plan), oracles=[PROPERTIES[oracle]])
    return falsified.value.counterexample


def found_by_chance(name: str) -> Counterexample:
    design, plan, oracle = BROKEN[name]
    with pytest.raises(Falsified) as falsified:
        check(
            serve(DESIGNS[design].handler, plan),
            strategy=RandomWalk(seed=1),
            executions=1_000,
            oracles=[PROPERTIES[oracle]],
        )
    return falsified.value.counterexample


@broken
def test_exploring_every_schedule_finds_it(name: str) -> None:
    assert found_by_proof(name).oracle == BROKEN[name][2]


@broken
def test_walking_at_random_finds_it(name: str) -> None:
    assert found_by_chance(name).oracle == BROKEN[name][2]


@sound
def test_exploring_every_schedule_finds_nothing_where_nothing_is(name: str) -> None:
    design, plan, oracle = SOUND[name]
    assert prove(serve(DESIGNS[design].handler, plan), oracles=[PROPERTIES[oracle]]).executions >= 1


@sound
def test_walking_at_random_finds_nothing_where_nothing_is(name: str) -> None:
    design, plan, oracle = SOUND[name]
    program = serve(DESIGNS[design].handler, plan)
    passed = check(program, strategy=RandomWalk(seed=1), executions=200, oracles=[PROPERTIES[oracle]])
    assert passed.executions == 200


def test_wait_group_deadlocks_exactly_when_the_events_exceed_the_capacity() -> None:
    sizes = [(events, capacity) for events in range(5) for capacity in range(4)]
    stuck = {
        (events, capacity)
        for events, capacity in sizes
        if counterexample(DESIGNS["wait_group"].handler, StreamPlan(events=events, capacity=capacity), "no_deadlock")
    }
    assert stuck == {(events, capacity) for events, capacity in sizes if events > capacity}


# -- in another process --------------------------------------------------------------------------------------------

REPLAY = """
import json, sys
from harness.model.token import decode
from harness.report.timeline import timeline
from harness.search.programs import resolve
from harness.stream import PROPERTIES
from harness.verify import replay_recipe

for line in sys.stdin:
    oracle, token = json.loads(line)
    recipe = decode(token)
    execution = replay_recipe(resolve(recipe.reference), (), recipe, [])
    print(json.dumps([timeline(execution), PROPERTIES[oracle](execution), hash("a word")]))
"""


def replayed_elsewhere(found: list[Counterexample]) -> Iterator[tuple[str, str, int]]:
    """What another process makes of the tokens: the story, the oracle's sentence, and what a word hashes to there."""
    another = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    lines = "".join(json.dumps([one.oracle, one.token]) + "\n" for one in found)
    told = printed("-c", REPLAY, hash_seed=another, given=lines)
    return (tuple(json.loads(line)) for line in told.splitlines())


def test_every_counterexample_replays_in_another_process_byte_for_byte() -> None:
    found = [find(name) for name in BROKEN for find in (found_by_proof, found_by_chance)]
    here = [(timeline(one.execution), one.message) for one in found]
    there = list(replayed_elsewhere(found))
    assert [(story, message) for story, message, _ in there] == here
    assert {word for _, _, word in there} != {hash("a word")}


def test_a_token_names_its_design_and_the_smallest_plan() -> None:
    reference = decode(found_by_proof("done_channel loses a late event").token).reference
    assert reference == "stream scenarios.stream.done_channel:done_channel events=0 capacity=1 children=1 late=1"


def test_supervised_survives_every_plan_that_breaks_another_design() -> None:
    for _, plan, _ in BROKEN.values():
        assert prove(serve(DESIGNS["supervised"].handler, plan), oracles=SAFE_STREAM).executions >= 1
