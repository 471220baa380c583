"""Whoever reachability calls stuck, in an execution cut off at any step, never moves again: tried on random programs.

The slow twin of a claim about the future is the future.
"""

import pytest

from harness.model.execution import Settings
from harness.runtime.execute import Subject, drive, following
from harness.runtime.reachability import stuck
from harness.search.campaign import executions
from harness.search.random_walk import RandomWalk
from tests.meta.random_programs import program

THEMES: list[str | None] = ["channels", "locks", "sync", "time", "context", None]
SETTINGS = [Settings(max_steps=60), Settings("adversarial", early_firings=1, max_steps=60)]


def claims(subject: Subject, schedule: tuple[int, ...]) -> list[dict[str, int]]:
    """After every step: who is called stuck, with the number of operations it had completed by then."""
    found = []
    for length in range(len(schedule) + 1):
        with subject.begun() as scheduler:
            drive(scheduler, following(schedule[:length]), None, length, always_ask=True)
            if scheduler.panic is None:
                found.append({goroutine.name: length for goroutine in stuck(scheduler)})
    return found


@pytest.mark.parametrize("settings", SETTINGS, ids=["idle", "adversarial"])
def test_whoever_is_called_stuck_takes_no_further_step(settings: Settings) -> None:
    claimed = early = 0
    for seed in range(40):
        for theme in THEMES:
            subject = Subject(program(seed, theme), (), settings)
            execution = next(executions(subject, RandomWalk(seed=seed)))
            moves = [{part.goroutine for part in action.participants} for action in execution.trace]
            for stuck_now in claims(subject, execution.schedule):
                for name, length in stuck_now.items():
                    claimed += 1
                    early += length < len(moves)
                    assert not any(name in movers for movers in moves[length:]), (seed, theme, name, length)
    assert claimed > 200
    assert early > 20
