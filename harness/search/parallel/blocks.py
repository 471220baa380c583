"""Random search in blocks of executions, each with a strategy of its own; so it matters to none who searches it.

The first violation is the one in the first block that has any, whatever came to an end earlier; the same goes for
errors. The first block is searched by the strategy itself, in this process: it may have a history.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol, runtime_checkable

from harness.model.answers import Passed, ReplayDiverged, risk
from harness.model.errors import BadInput, NondeterministicProgram
from harness.model.execution import Execution
from harness.model.outcome import CutOff
from harness.runtime.execute import Subject
from harness.runtime.watchdog import guarded
from harness.search.campaign import Oracle, decisions_of, executions, objection
from harness.search.parallel.pool import Pool
from harness.search.parallel.task import ONE_AT_A_TIME, Decisions, Task, check_sendable, sendable
from harness.search.replay import Replay
from harness.search.seen import ClassCount, Seen
from harness.search.strategy import Strategy

BLOCK = 1_000
AHEAD = 3
"""How many blocks each worker is given at a time: they must not run out while the first one is searched here."""


@runtime_checkable
class Divisible(Protocol):
    """A strategy whose executions are independent of those of other blocks."""

    def block(self, number: int) -> Strategy:
        """The strategy for the block with this number; itself for the first, whose number is 0."""


@dataclass(frozen=True, slots=True)
class Searched:
    """How many executions were tried, of which classes, and how many of them did not come to an end.

    If an oracle objects to the last one, that execution and the oracle. `first` is the first of all, if none objects
    to it and it was looked at in this process.
    """

    tried: int
    violation: tuple[Execution, Oracle] | None = None
    seen: Seen = field(default_factory=Seen)
    cut_off: int = 0
    first: Execution | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The same, as a worker tells it: an execution by its decisions, and an oracle by its number."""

    tried: int
    violation: tuple[Decisions, int] | None = None
    seen: Seen = field(default_factory=Seen)
    cut_off: int = 0


def passed(found: Searched, strategy: Strategy, cover: bool = False) -> Passed:
    """What `check` answers where no oracle objects; how likely what was not seen is, only if the strategy draws.

    That bound is exact for independent executions; it is on the mean of their chances, where these differ.
    """
    seen, draws = found.seen, isinstance(strategy, Divisible) and found.tried > 0
    return Passed(
        found.tried,
        repr(strategy),
        classes=len(seen.classes),
        unseen=seen.unseen(found.tried) if draws else None,
        risk=risk(found.tried) if draws else None,
        counted=seen.counted,
        coverage=seen.covering.coverage() if cover else None,
        cut_off=found.cut_off,
        digests=frozenset(seen.classes),
    )


def search(task: Task, strategy: Strategy, most: int) -> Searched:
    """Look at `most` executions, in this process, until there is a violation."""
    tried, cut_off, seen, begun = 0, 0, Seen(), None
    with guarded(task.patience):
        for number, size in blocks(strategy, most):
            found = searched(task, block_of(strategy, number), size, first=not number)
            tried += found.tried
            cut_off += found.cut_off
            seen.add(found.seen)
            begun = begun or found.first
            if found.violation is not None:
                return Searched(tried, found.violation, first=begun)
    return Searched(tried, seen=seen, cut_off=cut_off)


def blocks(strategy: Strategy, most: int) -> Iterator[tuple[int, int]]:
    """The number and the size of every block; a strategy that cannot be divided has a single one."""
    size = BLOCK if isinstance(strategy, Divisible) else most
    return ((number, min(size, most - number * size)) for number in range(-(-most // size)))


def block_of(strategy: Strategy, number: int) -> Strategy:
    """The strategy for one block."""
    return strategy.block(number) if isinstance(strategy, Divisible) else strategy


def searched(task: Task, strategy: Strategy, size: int, first: bool = False) -> Searched:
    """One block, perhaps the first."""
    tried, cut_off, count, begun = 0, 0, ClassCount(task.subject, first, task.cover), None
    for execution in islice(executions(task.subject, strategy), size):
        tried += 1
        cut_off += isinstance(execution.outcome, CutOff)
        verdict = objection(execution, task.oracles)
        if verdict is not None:
            return Searched(tried, (execution, verdict[0]), first=begun)
        begun = begun or execution
        count.look_at(execution)
    return Searched(tried, seen=count.seen, cut_off=cut_off, first=begun)


def report(task: Task, strategy: Strategy, size: int) -> Report:
    """One block, by a worker."""
    with ONE_AT_A_TIME, guarded(task.patience):
        found = searched(task, strategy, size)
        if found.violation is None:
            return Report(found.tried, seen=found.seen, cut_off=found.cut_off)
        execution, oracle = found.violation
        return Report(found.tried, (decisions_of(execution), task.oracles.index(oracle)))


def search_in_parallel(pool: Pool, task: Task, strategy: Strategy, most: int) -> Searched:
    """As `search`, by the workers of `pool`.

    Raises:
        BadInput: the strategy cannot be divided into blocks, or something cannot be sent to the workers.
    """
    if not isinstance(strategy, Divisible):
        raise BadInput(f"{strategy!r} has no method block(number), which more than one job needs: use jobs=1")
    return Campaign(pool, task, strategy, most).run()


class Campaign:
    """The blocks of one search: which are given out, and what came back of those whose turn has not come."""

    def __init__(self, pool: Pool, task: Task, strategy: Strategy, most: int) -> None:
        self.pool = pool
        self.task = task
        self.sent = sendable(task, pool.executor)
        self.strategy = strategy
        self.ahead = blocks(strategy, most)
        self.first = next(self.ahead)[1]
        self.done: dict[int, Future[Any]] = {}

    def run(self) -> Searched:
        """The first block here, then the others in order."""
        for _ in range(AHEAD * self.pool.jobs):
            self.give()
        with ONE_AT_A_TIME, guarded(self.task.patience):
            found = searched(self.task, self.strategy, self.first, first=True)
        tried, cut_off, turn, seen = found.tried, found.cut_off, 1, found.seen
        if found.violation is not None:
            return found
        while self.pool.pending or turn in self.done:
            while turn not in self.done:
                number, future = self.pool.next()
                self.done[number] = future
                self.give()
            block: Report = self.done.pop(turn).result()
            tried += block.tried
            cut_off += block.cut_off
            seen.add(block.seen)
            turn += 1
            if block.violation is not None:
                decisions, oracle = block.violation
                violation = replayed(self.task.subject, decisions), self.task.oracles[oracle]
                return Searched(tried, violation, first=found.first)
        return Searched(tried, seen=seen, cut_off=cut_off)

    def give(self) -> None:
        """Give out the next block, if there is one."""
        following = next(self.ahead, None)
        if following is not None:
            number, size = following
            strategy = block_of(self.strategy, number)
            check_sendable(strategy, f"the strategy {strategy!r}", self.pool.executor)
            self.pool.submit(number, report, self.sent, strategy, size)


def replayed(subject: Subject, decisions: Decisions) -> Execution:
    """The execution that a worker has seen.

    Raises:
        NondeterministicProgram: there is no such execution here.
    """
    script = Replay(decisions)
    try:
        execution = subject.execute(script.choose)
        script.end()
    except ReplayDiverged as error:
        raise NondeterministicProgram(f"an execution of another process cannot be had in this one ({error})") from error
    return execution
