"""Several jobs answer what one job answers, whatever becomes of the workers."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from harness import (
    Atomic,
    Channel,
    Falsified,
    Inconclusive,
    Passed,
    Proof,
    Returned,
    Shared,
    WaitGroup,
    check,
    go,
    outcomes,
    prove,
)
from harness.errors import BadInput
from harness.model.execution import Execution
from harness.oracles import returns
from harness.search.parallel.pool import ThisProcess, bury
from harness.strategies import PCT, POS, DelayBounded, Exhaustive, Mixed, RandomWalk, UniformRandomWalk

ROOT = Path(__file__).parents[2]


async def counting(goroutines: int) -> int:
    """Everybody reads, then writes: an update can be lost."""
    x, group = Atomic(0), WaitGroup()
    await group.add(goroutines)

    async def add() -> None:
        await x.store(await x.load() + 1)
        await group.done()

    for _ in range(goroutines):
        go(add)
    await group.wait()
    return await x.load()


async def racy() -> None:
    """Rare under a random walk: one store after ten others."""
    x, done = Shared(0), Channel()

    async def late() -> None:
        await x.load()

    go(late)
    for _ in range(10):
        await done.length()
    await x.store(1)


async def listing() -> list[int]:
    """It returns what cannot be hashed."""
    x = await counting(2)
    return [x]


class Plain:
    """Equal to nothing but itself."""


PLAIN = Plain()


async def returning_an_object() -> Plain:
    await counting(2)
    return PLAIN


class Referring:
    """It cannot be pickled, but says where it is found."""

    reference = "tests.unit.test_parallel:listing"

    def __init__(self) -> None:
        self.unsendable = lambda: None

    async def __call__(self) -> list[int]:
        return await listing()


async def fatal(marker: str) -> int:
    """The first worker that gets to it dies; whoever comes later finds the marker."""
    found = await counting(3)
    if multiprocessing.parent_process() is not None and not os.path.exists(marker):
        Path(marker).touch()
        os._exit(1)
    return found


async def deadly() -> int:
    """Every worker dies of it."""
    found = await counting(2)
    if multiprocessing.parent_process() is not None:
        os._exit(1)
    return found


def never_one(execution: Execution) -> str | None:
    return "one" if execution.outcome == Returned(1) else None


def answer(call: Any, *arguments: Any, **options: Any) -> Any:
    """What a verb answers, in a form that can be compared."""
    try:
        return call(*arguments, **options)
    except Falsified as falsified:
        found = falsified.counterexample
        return falsified.executions, found.oracle, found.message, found.token, found.schedule
    except Inconclusive as inconclusive:
        return inconclusive.reason, inconclusive.executions


@pytest.fixture(autouse=True)
def nobody_is_left_behind() -> Iterator[None]:
    yield
    for child in multiprocessing.active_children():
        bury(child)  # a broken executor's workers have been told to end, and may still be at it
    assert multiprocessing.active_children() == []


# -- check -------------------------------------------------------------------------------------------------------

STRATEGIES = (
    RandomWalk(seed=3),
    Mixed(seed=3),
    PCT(depth=2, seed=3),
    POS(seed=3),
    UniformRandomWalk(seed=3, selective=True),
    DelayBounded(seed=3),
)


@pytest.mark.parametrize("strategy", STRATEGIES, ids=repr)
def test_a_block_is_a_fresh_strategy_with_a_seed_of_its_own(strategy: Any) -> None:
    assert strategy.block(0) is strategy
    seeds = [strategy.block(number).seed for number in range(5)]
    assert len(set(seeds)) == 5 and seeds == [strategy.block(number).seed for number in range(5)]
    assert repr(strategy.block(1)) == repr(strategy).replace("seed=3", f"seed={seeds[1]}")


def rare(execution: Execution) -> str | None:
    """Rare: it objects to one schedule in thousands."""
    return "rare" if hash(execution.schedule) % 1_301 == 7 else None


@pytest.mark.parametrize("jobs", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_the_first_violation_is_the_same_for_any_number_of_jobs(jobs: int, seed: int) -> None:
    with ThisProcess() as executor:
        arguments = {"executions": 6_000, "oracles": [rare]}
        alone = answer(check, counting, 4, strategy=RandomWalk(seed=seed), **arguments)
        together = answer(check, counting, 4, strategy=RandomWalk(seed=seed), **arguments, jobs=jobs, executor=executor)
    assert alone == together
    assert alone[0] > 1


def test_processes_find_what_one_process_finds() -> None:
    for seed in range(2):
        options = {"strategy": RandomWalk(seed=seed), "executions": 4_000, "oracles": [rare]}
        assert answer(check, counting, 4, **options) == answer(
            check, counting, 4, **{**options, "strategy": RandomWalk(seed=seed)}, jobs=2
        )


def test_without_a_violation_all_blocks_are_counted() -> None:
    answer = check(counting, 2, executions=2_500, jobs=2)
    assert answer == check(counting, 2, executions=2_500)
    assert (type(answer), answer.executions, answer.strategy) == (Passed, 2_500, "Mixed(seed=0)")
    assert check(counting, 2, executions=10, jobs=2).executions == 10


def test_a_data_race_found_by_workers_has_the_same_token() -> None:
    assert answer(check, racy, executions=3_000) == answer(check, racy, executions=3_000, jobs=2)


def test_a_strategy_that_cannot_be_divided_searches_alone() -> None:
    assert check(counting, 2, strategy=Exhaustive(), executions=5_000).executions < 5_000
    with pytest.raises(BadInput, match=r"Exhaustive\(\) has no method block.* use jobs=1"):
        check(counting, 2, strategy=Exhaustive(), jobs=2)


# -- prove -------------------------------------------------------------------------------------------------------


def test_processes_prove_what_one_process_proves() -> None:
    alone, together = prove(counting, 4), prove(counting, 4, jobs=2)
    assert together == alone
    assert together.outcomes == outcomes(counting, 4) == {1, 2, 3, 4}
    assert together.executions > 500 and together.blocked == 0


def test_the_counterexample_is_that_of_one_process() -> None:
    for oracles in ([never_one], [returns(4)]):
        alone, together = (answer(prove, counting, 4, oracles=oracles, jobs=jobs) for jobs in (1, 2))
        assert alone == together


def test_outcomes_that_do_not_travel_are_made_here() -> None:
    assert prove(listing, jobs=2).outcomes == {"[1]", "[2]"}
    assert prove(returning_an_object, jobs=2).outcomes == {PLAIN}


def test_a_program_is_found_by_its_reference() -> None:
    assert prove(Referring(), jobs=2).outcomes == {"[1]", "[2]"}


@pytest.mark.parametrize("most", [1, 24, 26, 100])
def test_a_limit_is_kept_exactly(most: int) -> None:
    assert answer(prove, counting, 4, max_executions=most) == answer(prove, counting, 4, max_executions=most, jobs=2)


def test_a_limit_that_suffices_does_not_stop_the_search() -> None:
    classes = prove(counting, 3).executions
    assert isinstance(answer(prove, counting, 3, max_executions=classes, jobs=2), Proof)
    assert answer(prove, counting, 3, max_executions=classes - 1, jobs=2)[1] == classes - 1


def test_cut_off_executions_prove_nothing() -> None:
    assert answer(prove, counting, 2, max_steps=3) == answer(prove, counting, 2, max_steps=3, jobs=2)


def test_progress_is_told() -> None:
    told: list[tuple[int, float]] = []
    proof = prove(counting, 4, jobs=2, on_progress=lambda *so_far: told.append(so_far))
    assert told[-1][0] == proof.executions
    assert all(0 <= before[1] <= after[1] <= 1 for before, after in pairwise(told))
    assert told[-1][1] == pytest.approx(1)


def test_threads_take_turns() -> None:
    with ThreadPoolExecutor(2) as executor:
        assert prove(counting, 3, jobs=2, executor=executor) == prove(counting, 3)
        assert check(counting, 2, executions=3_000, jobs=2, executor=executor).executions == 3_000


def test_an_error_of_the_program_is_raised_as_by_one_process() -> None:
    async def wrong() -> None:
        await counting(2)
        raise LookupError("of the program")

    with ThisProcess() as executor:
        alone, together = (answer(prove, wrong, **options) for options in ({}, {"jobs": 2, "executor": executor}))
    assert alone == together


# -- what can go wrong -------------------------------------------------------------------------------------------


def test_the_work_of_a_dead_worker_is_done_again(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="a worker died; what it was doing is done again by new workers"):
        proof = prove(fatal, str(tmp_path / "marker"), jobs=2)
    assert (proof.executions, proof.outcomes) == (prove(counting, 3).executions, {1, 2, 3})


def test_what_kills_every_worker_is_done_in_this_process() -> None:
    with pytest.warns(RuntimeWarning) as caught:
        assert prove(deadly, jobs=2).outcomes == {1, 2}
    ours = [warning for warning in caught if issubclass(warning.category, RuntimeWarning)]  # not Python's own, of forks
    assert [str(warning.message).rpartition("again ")[2] for warning in ours] == [
        *["by new workers"] * 2,
        "in this process",
    ]


def test_the_death_of_a_worker_of_the_callers_executor(tmp_path: Path) -> None:
    with (
        ProcessPoolExecutor(2) as executor,
        pytest.warns(RuntimeWarning, match="done again in this process"),
    ):
        proof = prove(fatal, str(tmp_path / "marker"), jobs=2, executor=executor)
    assert proof.outcomes == {1, 2, 3}


class ToldToAnother:
    """A process that has ended, as another thread was told, which has yet to say so."""

    def __init__(self) -> None:
        self.exitcode: int | None = None
        self.killed = False
        self.asked = threading.Event()
        threading.Thread(target=self.say).start()

    def say(self) -> None:
        self.asked.wait()
        self.exitcode = 0

    def join(self, seconds: float) -> None:
        self.asked.set()

    def kill(self) -> None:
        self.killed = True


def test_a_process_whose_end_another_thread_was_told_is_waited_for() -> None:
    worker = ToldToAnother()
    bury(worker)  # type: ignore[arg-type]
    assert worker.exitcode == 0 and not worker.killed


class ShutDown(ThisProcess):
    """Somebody shuts it down after a few units."""

    units = 0

    def submit(self, *arguments: Any, **options: Any) -> Future[Any]:
        self.units += 1
        if self.units > 3:
            raise RuntimeError("cannot schedule new futures after shutdown")
        return super().submit(*arguments, **options)


def test_an_executor_that_is_shut_down_meanwhile_is_named() -> None:
    with pytest.raises(BadInput, match="the executor was shut down before the search was over"):
        prove(counting, 4, jobs=2, executor=ShutDown())
    with pytest.raises(BadInput, match="the executor was shut down before the search was over"):
        check(counting, 2, executions=9_000, jobs=2, executor=ShutDown())
    finished = ProcessPoolExecutor(1)
    finished.shutdown()
    with pytest.raises(BadInput, match="the executor was shut down"):
        prove(counting, 2, jobs=2, executor=finished)


@pytest.mark.parametrize("verb", [check, prove])
@pytest.mark.parametrize("jobs", [0, -1, 1.5, "2", True, None])
def test_bad_jobs_are_named(verb: Any, jobs: Any) -> None:
    with pytest.raises(BadInput, match=r"jobs is a whole number of at least 1; found"):
        verb(counting, 2, jobs=jobs)


@pytest.mark.parametrize("verb", [check, prove])
def test_a_bad_executor_is_named(verb: Any) -> None:
    with pytest.raises(BadInput, match=r"an executor is a concurrent\.futures\.Executor"):
        verb(counting, 2, jobs=2, executor=4)
    with pytest.raises(BadInput, match=r"say how many jobs"):
        verb(counting, 2, executor=Executor())


@pytest.mark.parametrize("verb", [check, prove])
def test_what_cannot_be_sent_is_named(verb: Any) -> None:
    async def local() -> None:
        """Found in no module."""

    with pytest.raises(BadInput, match=r"the program .*local.* cannot be sent .*: define it at the top level"):
        verb(local, jobs=2)
    with pytest.raises(BadInput, match=r"the oracle <lambda> cannot be sent"):
        verb(counting, 2, oracles=[lambda execution: None], jobs=2)
    with pytest.raises(BadInput, match=r"an argument of the program cannot be sent"):
        verb(counting, lambda: 2, jobs=2)


def test_preemptions_are_bounded_by_one_job_only() -> None:
    with pytest.raises(BadInput, match=r"max_preemptions .* use jobs=1"):
        prove(counting, 2, max_preemptions=1, jobs=2)


INTERRUPTED = """
import sys
from harness import prove
from tests.unit.test_parallel import counting
if __name__ == "__main__":
    prove(counting, 7, jobs=2, oracles=(), on_progress=lambda *_: print("busy", flush=True))
"""


@pytest.mark.parametrize("to_group", [True, False])
def test_an_interrupt_leaves_no_process_behind(to_group: bool) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "busy\n"
    (os.killpg if to_group else os.kill)(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode != 0 and "KeyboardInterrupt" in errors
    assert not alive(process.pid)


def alive(group: int) -> bool:
    """Is there anybody in the process group, after a moment in which the dead are buried?"""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True
