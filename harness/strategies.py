"""The strategies: who chooses the schedules."""

from harness.search.delay_bounded import DelayBounded
from harness.search.dpor.strategy import DPOR
from harness.search.exhaustive import Exhaustive
from harness.search.mixed import Mixed
from harness.search.pct import PCT
from harness.search.pos import POS
from harness.search.preemption_bounded import PreemptionBounded
from harness.search.random_walk import RandomWalk
from harness.search.replay import Replay
from harness.search.strategy import Strategy
from harness.search.uniform_random_walk import UniformRandomWalk

__all__ = [
    "DPOR",
    "PCT",
    "POS",
    "DelayBounded",
    "Exhaustive",
    "Mixed",
    "PreemptionBounded",
    "RandomWalk",
    "Replay",
    "Strategy",
    "UniformRandomWalk",
]
