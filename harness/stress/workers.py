"""Workers, and results in the order of the work: what comes of a batch does not depend on who was quicker."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from harness.search.parallel.pool import ThisProcess, begin, end

T = TypeVar("T")
R = TypeVar("R")


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


def in_order(ahead: int, start: Callable[[T], Future[R]], work: Iterable[T]) -> Iterator[R]:
    """The results of what `start` starts, in the order of `work`; `ahead` pieces at a time."""
    pending: deque[Future[R]] = deque()
    for piece in work:
        pending.append(start(piece))
        if len(pending) >= ahead:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()
