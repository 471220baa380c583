"""What a campaign consists of: batches, numbered from 0, each a pure function of the campaign and its number.

So a campaign can be shared out among processes, broken off, gone on with and repeated, and every batch is the same
whoever runs it and when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from harness.model.errors import BadInput
from harness.model.execution import ADVERSARIAL, IDLE, Settings
from harness.search.mixed import Mixed
from harness.search.options import whole_number
from harness.search.pct import PCT
from harness.search.pos import POS
from harness.search.random_walk import RandomWalk
from harness.search.strategy import Strategy
from harness.search.uniform_random_walk import UniformRandomWalk
from harness.stream.plan import ENDLESS, ERROR, PANIC, STALL, StreamPlan

PER_BATCH = 100
MAX_STEPS = 400  # no session of a plan drawn here comes near, unless its executor never ends
STALLED_STEPS = 150  # enough to see what an executor that never ends leaves behind; pings would go on for ever
EARLY_FIRINGS = 2
STRATEGIES: Mapping[str, Callable[[int], Strategy]] = {
    "Mixed": lambda seed: Mixed(seed=seed),
    "RandomWalk": lambda seed: RandomWalk(seed=seed),
    "UniformRandomWalk": lambda seed: UniformRandomWalk(seed=seed),
    "POS": lambda seed: POS(seed=seed),
    "PCT": lambda seed: PCT(depth=1 + seed % 3, seed=seed),
}
FAULTS_PER_PLAN = (0, 1, 1, 1, 2, 2, 3)
FAULTS = ("children", "late", "nils", "delay", "error", "panic", "stall", "oblivious", "disconnect", "slow", "failing",
          "no_flusher", "keep_alive", "rogue", "endless")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Campaign:
    """What decides everything about a campaign, except how much of it is run.

    Attributes:
        seed: of all that is drawn.
        designs: their names; batch after batch it is the next one's turn.
        per_batch: executions of a batch.
    """

    seed: int
    designs: tuple[str, ...]
    per_batch: int = PER_BATCH

    def __post_init__(self) -> None:
        whole_number(self.seed, "a seed")
        whole_number(self.per_batch, "the number of executions per batch", 1)
        if not self.designs or len(set(self.designs)) < len(self.designs):
            raise BadInput(f"a campaign needs designs, each named once; found {', '.join(self.designs) or 'none'}")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some executions of one design under one plan.

    Attributes:
        strategy: the name of the one that chooses, one of `STRATEGIES`.
        seed: of the strategy.
    """

    number: int
    design: str
    plan: StreamPlan
    settings: Settings
    strategy: str
    seed: int
    executions: int


def drawn(campaign: Campaign, number: int) -> Batch:
    """The batch with this number."""
    draw = Random(f"{campaign.seed}/{number}")
    plan = drawn_plan(draw)
    timed = bool(plan.slow or plan.delay)
    clock = ADVERSARIAL if timed and draw.random() < 0.5 else IDLE
    return Batch(
        number,
        campaign.designs[number % len(campaign.designs)],
        plan,
        Settings(clock, STALLED_STEPS if plan.ending == STALL else MAX_STEPS, EARLY_FIRINGS),
        draw.choice(tuple(STRATEGIES)),
        draw.getrandbits(32),
        campaign.per_batch,
    )


def drawn_plan(draw: Random) -> StreamPlan:
    """A plan with a few faults, any of those there are.

    Few, because a plan in which everything goes wrong at once says little about the cause of a finding.
    """
    faults = set(draw.sample(FAULTS, draw.choice(FAULTS_PER_PLAN)))
    workers = draw.choice((1, 1, 2, 3))
    children = draw.randint(1, 2) if faults & {"children", "late", "rogue"} else 0
    late = draw.randint(1, workers * children) if faults & {"late", "rogue"} else 0
    return StreamPlan(
        events=draw.choice((0, 1, 1, 2, 2, 3, 4, 6, 8)),
        workers=workers,
        capacity=draw.choice((0, 1, 2, 3, 5, 100)),
        children=children,
        late=late,
        rogue="rogue" in faults,
        nils=draw.randint(1, 2) if "nils" in faults else 0,
        delay=draw.choice((5.0, 10.0, 30.0, 40.0)) if faults & {"delay", "keep_alive"} else 0.0,
        ending=drawn_ending(draw, faults),
        watches_context="oblivious" not in faults,
        disconnect=bool(faults & {"disconnect", "endless"}),  # which is how what is endless ends
        slow=draw.choice((1.0, 20.0)) if "slow" in faults else 0.0,
        failing_write=draw.randint(1, 6) if "failing" in faults else 0,
        flusher="no_flusher" not in faults,
        keep_alive=draw.choice((5.0, 10.0, 15.0)) if "keep_alive" in faults else 30.0,
    )


def drawn_ending(draw: Random, faults: set[str]) -> str:
    """How the executor ends."""
    return draw.choice(sorted(faults & {ERROR, PANIC, STALL, ENDLESS}) or [StreamPlan().ending])


def strategy_of(batch: Batch) -> Strategy:
    """The strategy that chooses this batch's schedules, fresh."""
    return STRATEGIES[batch.strategy](batch.seed)
