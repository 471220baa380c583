"""Workers: units of work go in, results come out in any order, and a unit that was lost is done again.

A unit is a function of the module level with its arguments, without effects: doing it twice does no harm. When a worker
dies, its whole pool is broken; what was not finished is given to a fresh pool, and after `POOLS` of those, or where the
executor is the caller's, it is done in this process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any

from harness.model.errors import BadInput
from harness.search.options import whole_number

POOLS = 3
SECONDS = 0.1
TIMES = 50
PAUSE = 0.01


@dataclass(frozen=True, slots=True)
class Unit:
    """A call to make, and what the caller knows it by."""

    tag: Any
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class ThisProcess(Executor):
    """Does what is submitted, at once."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        """A future that has its result."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*arguments, **options))
        except Exception as error:
            future.set_exception(error)
        return future


def checked_jobs(jobs: Any, executor: Any) -> int:
    """`jobs`, if it makes sense, also together with the executor.

    Raises:
        BadInput: it does not.
    """
    number = whole_number(jobs, "jobs", 1)
    if executor is not None and not isinstance(executor, Executor):
        raise BadInput(f"an executor is a concurrent.futures.Executor, or None; found {executor!r}")
    if executor is not None and number == 1:
        raise BadInput("jobs=1 searches in this process: with an executor, say how many jobs to give it, 2 or more")
    return number


class Pool:
    """`jobs` workers: those of the caller's executor, or processes that live as long as the `with` block.

    Raises (from `submit` and `next`):
        BadInput: the executor has been shut down by somebody else.
    """

    def __init__(self, jobs: int, executor: Executor | None = None) -> None:
        self.jobs = jobs
        self.own = executor is None
        self.pools = 0
        self.others = set(multiprocessing.active_children())
        self.executor = executor if executor is not None else self.fresh()
        self.pending: dict[Future[Any], Unit] = {}

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(at_once=error is not None)

    def fresh(self) -> Executor:
        """New processes, see `begin`; none any more after a few pools."""
        self.pools += 1
        if not self.own or self.pools > POOLS:
            return ThisProcess()
        return ProcessPoolExecutor(self.jobs, initializer=begin)

    def submit(self, tag: Any, function: Callable[..., Any], *arguments: Any) -> None:
        """Have a unit done."""
        self.start(Unit(tag, function, arguments))

    def start(self, unit: Unit) -> None:
        """Hand a unit to the executor."""
        try:
            future = self.executor.submit(unit.function, *unit.arguments)
        except BrokenExecutor:
            self.recover([unit])
        except RuntimeError as error:
            raise shut_down() from error
        else:
            self.pending[future] = unit

    def next(self) -> tuple[Any, Future[Any]]:
        """The tag and the future of a unit that has been done."""
        while True:
            done, _ = wait(self.pending, return_when=FIRST_COMPLETED)
            future = next(future for future in self.pending if future in done)
            unit = self.pending.pop(future)
            if future.cancelled():
                raise shut_down()
            if not isinstance(future.exception(), BrokenExecutor):
                return unit.tag, future
            self.recover([unit])

    def recover(self, lost: list[Unit]) -> None:
        """Do again what was lost with a worker: everything that its pool had not finished."""
        kept = {future: unit for future, unit in self.pending.items() if finished(future)}
        lost += [unit for future, unit in self.pending.items() if future not in kept]
        self.pending = kept
        self.executor.shutdown(wait=False)
        self.executor = self.fresh()
        where = "in this process" if isinstance(self.executor, ThisProcess) else "by new workers"
        warnings.warn(f"a worker died; what it was doing is done again {where}", RuntimeWarning, stacklevel=2)
        for unit in lost:
            self.start(unit)

    def drop(self) -> None:
        """Nobody wants what is not finished."""
        for future in self.pending:
            future.cancel()
        self.pending = {}

    def close(self, at_once: bool) -> None:
        """Give up what is not finished, and leave no process behind."""
        at_once = at_once or bool(self.pending)
        self.drop()
        if not self.own:
            return
        end(self.executor, self.others, wait=not at_once)


@contextmanager
def workers(jobs: int) -> Iterator[Executor]:
    """`jobs` processes, or for one job this process. None is left afterwards, and none is waited for.

    They are there from the beginning, so that they inherit nothing that is opened later: an SQLite connection must not
    be carried across a fork (sqlite.org/howtocorrupt.html, section 2.6).
    """
    if jobs == 1:
        yield ThisProcess()
        return
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, initializer=begin)
    try:
        pool.submit(os.getpid).result()
        yield pool
    finally:
        end(pool, others, wait=False)


def begin() -> None:
    """In a worker: an interrupt or SIGTERM ends it without a word, and so does the end of its parent, even by SIGKILL.

    What was begun may then be done by somebody else, who has the processors to himself.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True, name="harness-parent").start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def end(executor: Executor, others: Collection[BaseProcess], *, wait: bool) -> None:
    """End the workers of an executor, which are all children of this process but `others`."""
    own = [child for child in multiprocessing.active_children() if child not in others]
    executor.shutdown(wait=wait, cancel_futures=True)
    for worker in own:
        worker.terminate()
    for worker in own:
        bury(worker)


def bury(worker: BaseProcess) -> None:
    """See a process that was told to end to its end.

    The thread of a broken pool waits for the same process. If it is told first, joining does not wait any more, and the
    process counts as running until that thread has had the interpreter (some milliseconds where processors are busy):
    so pause.
    """
    for _ in range(TIMES):
        worker.join(SECONDS)
        if worker.exitcode is not None:
            return
        time.sleep(PAUSE)
    worker.kill()
    worker.join(SECONDS)


def finished(future: Future[Any]) -> bool:
    """Has it a result, or an error of its own?"""
    return future.done() and not future.cancelled() and not isinstance(future.exception(), BrokenExecutor)


def shut_down() -> BadInput:
    """The complaint about an executor that takes no more work."""
    return BadInput("the executor was shut down before the search was over: shut it down afterwards")
