"""Results in the order of the work: what comes of a batch does not depend on which worker was quicker."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_order(ahead: int, start: Callable[[T], Future[R]], work: Iterable[T]) -> Iterator[R]:
    """The results of what `start` starts, in the order of `work`; `ahead` pieces at a time."""
    pending: deque[Future[R]] = deque()
    for piece in work:
        pending.append(start(piece))
        if len(pending) >= ahead:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()
