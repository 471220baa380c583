"""An order followed by its indices, by its names, and decision by decision is the same execution."""

import random
from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import go, gosched
from harness.model.answers import Recipe
from harness.model.execution import Execution, Settings
from harness.model.order import MOST_TURNS, Order
from harness.model.token import decode, encode
from harness.runtime.execute import Subject
from harness.search.campaign import decisions_of, executions
from harness.search.dpor.strategy import DPOR
from harness.search.guided import again, by_indices, by_names
from harness.search.order import order_of
from harness.search.replay import Replay
from tests.meta.random_programs import THEMES, program

CLOCKS = (Settings(max_steps=60), Settings("adversarial", 60, 2))


def agree(subject: Subject, execution: Execution) -> Order:
    """All ways lead to this execution; its order."""
    order = order_of(subject, execution)
    assert isinstance(order, Order)
    recipe = Recipe("m:p", subject.settings, order)
    assert decode(encode(recipe)) == recipe
    exact = by_indices(subject, order)
    guided = by_names(subject, order)
    plain = subject.execute(Replay(decisions_of(execution)).choose)
    assert exact is not None and (exact.replayed, exact.kept) == ("exactly", "every step")
    assert exact.schedule == plain.schedule == execution.schedule
    assert guided.schedule[: execution.steps] == execution.schedule and guided.replayed == "guided"
    assert guided.missed == ()
    return order


def drawn(seed: int, theme: str | None, settings: Settings) -> Iterator[tuple[Subject, Execution]]:
    """Executions under random schedules, of a random program: of uniform ones, and of ones with few switches."""
    subject, source = Subject(program(seed, theme), (), settings), random.Random(seed)
    yield subject, subject.execute(lambda enabled: source.randrange(len(enabled)), always_ask=True)
    yield subject, subject.execute(lambda enabled: source.randrange(len(enabled)) if source.random() < 0.2 else 0)


@pytest.mark.parametrize("theme", [None, *THEMES])
def test_all_ways_to_replay_agree(theme: str | None) -> None:
    turns = 0
    for seed in range(30):
        for settings in CLOCKS:
            for subject, execution in drawn(seed, theme, settings):
                turns += len(agree(subject, execution).turns)
    assert turns > 50


@given(st.integers(0, 10**6), st.sampled_from([None, *THEMES]), st.sampled_from(CLOCKS), st.data())
def test_any_schedule_of_any_program_comes_back(
    seed: int, theme: str | None, settings: Settings, data: st.DataObject
) -> None:
    subject = Subject(program(seed, theme), (), settings)
    agree(subject, subject.execute(lambda enabled: data.draw(st.integers(0, len(enabled) - 1))))


def test_every_class_of_schedules_of_a_program_comes_back() -> None:
    for seed in range(12):
        subject = Subject(program(seed), (), CLOCKS[0])
        found = {execution.schedule: execution for execution in islice(executions(subject, DPOR()), 40)}
        assert len({agree(subject, execution) for execution in found.values()}) == len(found)


def test_an_order_with_very_many_turns_is_told_by_its_decisions() -> None:
    async def main() -> None:
        async def worker() -> None:
            for _ in range(MOST_TURNS):
                await gosched()

        go(worker)
        await worker()

    subject, flip = Subject(main, (), Settings(fair_bound=0)), [0]

    def alternate(enabled: object) -> int:
        flip[0] ^= 1
        return flip[0]

    execution = subject.execute(alternate)
    order = order_of(subject, execution)
    assert order == decisions_of(execution)
    recipe = Recipe("m:p", subject.settings, order)
    assert encode(recipe).startswith("h1.") and decode(encode(recipe)) == recipe
    assert again(subject, order).schedule == execution.schedule
