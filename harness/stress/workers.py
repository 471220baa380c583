"""Workers, and results in the order of the work: what comes of a batch does not depend on who was quicker.

A worker ends with the process that it works for, even if that is killed: somebody else may go on with the campaign by
then, and has the processors to himself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from harness.search.parallel.pool import ThisProcess, bury

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
    pool = ProcessPoolExecutor(jobs, initializer=_begin)
    try:
        pool.submit(os.getpid).result()
        yield pool
    finally:
        own = [child for child in multiprocessing.active_children() if child not in others]
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in own:
            worker.terminate()
        for worker in own:
            bury(worker)


def _begin() -> None:
    """In a worker: an interrupt or SIGTERM ends it without a word, and so does the end of its parent."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True, name="harness-parent").start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def in_order(ahead: int, start: Callable[[T], Future[R]], work: Iterable[T]) -> Iterator[R]:
    """The results of what `start` starts, in the order of `work`; `ahead` pieces at a time."""
    pending: deque[Future[R]] = deque()
    for piece in work:
        pending.append(start(piece))
        if len(pending) >= ahead:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()
