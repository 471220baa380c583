"""The programs of the comparison as `frontrun` runs them: threads, and a scheduler that watches their bytecode.

A process of its own runs one program in one way, under the launcher that frontrun requires:

    python -m frontrun.cli python -m benchmarks.peer_frontrun "S2b, queue.Queue" exhaust 1.0

Ways: `first` is `frontrun.explore` as its documentation begins, which stops at the first violation; `exhaust` neither
stops nor bounds preemptions; `random` is its random strategy, once for each of some seeds. Counterexamples are not
replayed, which costs time and changes no answer.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from statistics import median
from typing import Any

DONE = "done"
ATTEMPTS, SEEDS = 200, 10
LIMIT = 20


class Counter:
    """S1: an update can be lost."""

    def __init__(self) -> None:
        self.value = 0

    def increment(self) -> None:
        """Load, and store one more."""
        value = self.value
        self.value = value + 1


class LockedCounter(Counter):
    """S1F: none can."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def increment(self) -> None:
        """As above, under a lock."""
        with self.lock:
            value = self.value
            self.value = value + 1


class ListChannel:
    """A list that is watched, where `queue.Queue` is not looked into."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.lock, self.present = threading.Lock(), threading.Semaphore(0)

    def put(self, item: Any) -> None:
        """There is always room."""
        with self.lock:
            self.items.append(item)
        self.present.release()

    def get(self) -> Any:
        """Waits for an item."""
        self.present.acquire()
        with self.lock:
            return self.items.pop(0)

    def get_nowait(self) -> Any:
        """Does not wait, and raises what `queue.Queue` raises."""
        if not self.present.acquire(blocking=False):
            raise queue.Empty
        with self.lock:
            return self.items.pop(0)


class Stream:
    """S2b: the producer does not wait for its child, whose event can be lost."""

    def __init__(self, channel: Callable[[], Any], *, join_first: bool) -> None:
        self.channel, self.ended, self.join_first = channel(), threading.Event(), join_first
        self.consumed = 0

    def child(self) -> None:
        """The late event."""
        self.channel.put(99)
        self.ended.set()

    def produce(self) -> None:
        """Three events and DONE."""
        for event in range(3):
            self.channel.put(event)
        if self.join_first:
            self.ended.wait()
        self.channel.put(DONE)
        if not self.join_first:
            self.ended.wait()

    def consume(self) -> None:
        """Until DONE, and then what is left."""
        while self.channel.get() != DONE:
            self.consumed += 1
        try:
            while True:
                self.channel.get_nowait()
                self.consumed += 1
        except queue.Empty:
            return


def counting(counter: type[Counter], threads: int) -> dict[str, Any]:
    """Arguments of `explore` for S1 and S1F."""
    workers = [counter.increment] * threads
    return {"setup": counter, "workers": workers, "invariant": lambda state: state.value == threads}


def streaming(channel: Callable[[], Any], join_first: bool) -> dict[str, Any]:
    """Arguments of `explore` for S2."""
    return {
        "setup": lambda: Stream(channel, join_first=join_first),
        "workers": [Stream.produce, Stream.child, Stream.consume],
        "invariant": lambda state: state.consumed == 4,
    }


def channel_of_queue() -> Any:
    """A queue; looked up late, because frontrun puts its own in its place."""
    return queue.Queue()


PROGRAMS: dict[str, dict[str, Any]] = {
    "S1": counting(Counter, 2),
    **{f"S1F({threads})": counting(LockedCounter, threads) for threads in (2, 3, 4)},
    "S2b, queue.Queue": streaming(channel_of_queue, join_first=False),
    "S2b, list and semaphore": streaming(ListChannel, join_first=False),
    "S2F, queue.Queue": streaming(channel_of_queue, join_first=True),
    "S2F, list and semaphore": streaming(ListChannel, join_first=True),
}
WAYS: dict[str, dict[str, Any]] = {
    "first": {},
    "exhaust": {"stop_on_first": False, "preemption_bound": None},
    "random": {"strategy": "random", "max_attempts": ATTEMPTS},
}


def measure(explore: Callable[..., Any], program: str, way: str, seconds: float) -> dict[str, Any]:
    """The answer, after how many executions it came, how many were bad, and executions per second of processor time.

    Repeats what takes less than `seconds`, and cuts off what takes `LIMIT` times as long.
    """
    found: list[Any] = []
    began, start = time.monotonic(), time.process_time()
    while not found or time.process_time() - start < seconds or (way == "random" and len(found) < SEEDS):
        seeded = {"seed": len(found)} if way == "random" else {"total_timeout": LIMIT * seconds}
        found.append(explore(**PROGRAMS[program], **WAYS[way], **seeded, reproduce_on_failure=0))
        if found[-1].property_holds is None:
            break
    elapsed = time.process_time() - start
    answer = next((result for result in found if result.property_holds is False), found[-1])
    return {
        "executions": median(result.num_explored for result in (found[:SEEDS] if way == "random" else found[:1])),
        "bad": len(answer.failures),
        "rate": sum(result.num_explored for result in found) / elapsed,
        "holds": answer.property_holds,
        "complete": way == "random" or len(found) > 1 or time.monotonic() - began < LIMIT * seconds,
    }


if __name__ == "__main__":
    print(
        json.dumps(measure(importlib.import_module("frontrun").explore, sys.argv[1], sys.argv[2], float(sys.argv[3])))
    )
    sys.stdout.flush()
    os._exit(0)  # threads of an execution that frontrun gave up may still run
