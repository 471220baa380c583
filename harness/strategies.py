"""The strategies: who chooses the schedules."""

from harness.search.exhaustive import Exhaustive
from harness.search.random_walk import RandomWalk
from harness.search.replay import Replay
from harness.search.strategy import Strategy

__all__ = ["Exhaustive", "RandomWalk", "Replay", "Strategy"]
