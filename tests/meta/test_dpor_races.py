"""A data race that some schedule shows, the reduced search shows, too: its classes are no coarser than the detector."""

from itertools import islice
from typing import Any

import pytest

from harness import Falsified, Panic, Shared, go, gosched, prove
from harness.detect.races import races
from harness.model.execution import Settings
from harness.oracles import no_data_race
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.dpor.strategy import DPOR
from harness.search.exhaustive import Exhaustive
from harness.search.strategy import Strategy
from tests.meta.random_programs import program

THEMES: list[str | None] = ["channels", "memory", "locks", "sync", None]
SEEDS = [*range(12), 230]  # 230: the race is concurrent with a panic
MOST = 1_500


def has_race(subject: Subject, strategy: Strategy, most: int) -> bool | None:
    """Does some execution show a data race? None if there are more executions than `most`."""
    found = False
    for number, execution in enumerate(islice(executions(subject, strategy), most + 1)):
        if number == most:
            return None
        found = found or bool(execution.shared and races(execution.skeleton, execution.waiting))
    return found


def test_both_searches_find_data_races_in_the_same_random_programs() -> None:
    compared = racy = 0
    for seed in SEEDS:
        for theme in THEMES:
            subject = Subject(program(seed, theme, statements=2), (), Settings(max_steps=60))
            expected = has_race(subject, Exhaustive(), MOST)
            if expected is not None:
                compared += 1
                racy += expected
                assert has_race(subject, DPOR(), MOST) == expected, (seed, theme)
    assert compared >= 50
    assert racy >= 5


@pytest.mark.parametrize("panics_first", [True, False])
def test_a_race_that_a_panic_could_hide_is_found(panics_first: bool) -> None:
    """Whichever goroutine the search happens to run first."""

    async def main() -> None:
        x = Shared(0, name="x")

        async def panicking() -> None:
            await gosched()
            raise Panic("unrelated")

        async def storing(value: Any) -> None:
            await x.store(value)

        if panics_first:
            go(panicking)
        go(storing, 1)
        go(storing, 2)
        if not panics_first:
            go(panicking)

    with pytest.raises(Falsified):
        prove(main, oracles=(no_data_race,))
