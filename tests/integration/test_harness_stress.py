"""Random plans under random schedules, scheduled by the harness: `pytest -m stress --count N -n auto`.

Each repetition is another batch, so it explores what none before it has; the real event loop has its own:
`test_realtime_stress`.
"""

from dataclasses import replace

import pytest

from harness.stream import StreamPlan
from harness.stream.plan import PANIC
from harness.stress import Campaign, drawn, known_because, run_batch
from tests.scenarios.judging import DESIGNS

pytestmark = pytest.mark.stress

SUPERVISED = DESIGNS["supervised"]


@pytest.mark.parametrize("seed", [1, 2])
def test_supervised_holds_under_whatever_is_drawn(seed: int, repetition: int) -> None:
    batch = drawn(Campaign(seed, ("supervised",)), repetition)
    ran = run_batch(SUPERVISED, batch)
    unexpected = [each for each in ran.sightings if not known_because(SUPERVISED, batch.plan, each.property)]
    assert (unexpected, ran.executions) == ([], batch.executions), batch


def test_the_same_batch_is_objected_to_where_the_executor_panics_and_nobody_recovers(repetition: int) -> None:
    batch = drawn(Campaign(1, ("done_channel",)), repetition)
    ran = run_batch(DESIGNS["done_channel"], replace(batch, plan=StreamPlan(ending=PANIC)))
    assert {each.property: each.times for each in ran.sightings} == {"no_panic": batch.executions}
