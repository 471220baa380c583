"""Random straight-line programs, all their interleavings, and what is simultaneously pending in them.

Every operation stands on a line of its own, so that a location names "this goroutine's n-th operation". No program
looks at a value, so what one goroutine does never depends on what another one did: only on whether it can go on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from harness import (
    Atomic,
    Channel,
    Cond,
    Mutex,
    Once,
    Recv,
    RWMutex,
    Send,
    Shared,
    WaitGroup,
    after_func,
    background,
    context_after_func,
    go,
    select,
    with_cancel,
)
from harness.model.ending import Waiting
from harness.model.trace import Trace
from harness.runtime.execute import Subject, waiting_at
from harness.runtime.location import location
from harness.runtime.recorder import Recorder
from harness.runtime.scheduler import Scheduler

NAMES = {
    "Atomic": Atomic,
    "Channel": Channel,
    "Mutex": Mutex,
    "RWMutex": RWMutex,
    "Recv": Recv,
    "Send": Send,
    "Shared": Shared,
    "WaitGroup": WaitGroup,
    "Once": Once,
    "Cond": Cond,
    "after_func": after_func,
    "background": background,
    "context_after_func": context_after_func,
    "with_cancel": with_cancel,
    "go": go,
    "select": select,
}
Block = tuple[str, ...]

ACCESSES: list[Block] = [("x.store(0)",), ("x.store(0)",), ("x.load()",), ("y.store(0)",)]
HAND_OVERS: list[Block] = [("x.store(0)", "c0.send(0)"), ("c0.recv()", "x.load()"), ("c0.send(0)",), ("c0.recv()",)]
BUFFERED: list[Block] = [
    ("c1.send(0)", "c1.send(0)", "x.load()"),
    ("x.store(0)", "c1.recv()"),
    ("c1.recv()", "x.load()"),
]
LARGER: list[Block] = [("x.store(0)", "c2.recv()"), ("c2.send(0)", "c2.send(0)"), ("c2.send(0)", "x.store(0)")]
SELECTS: list[Block] = [
    ("select(Recv(c0), Recv(c1))", "x.load()"),
    ("select(Send(c1, 0), Recv(c0))",),
    ("select(Send(c0, 0), Recv(c2))",),
]
CLOSES: list[Block] = [
    ("x.store(0)", "done.close()"),
    ("done.recv()", "x.load()"),
    ("x.store(0)", "c1.close()"),
    ("c1.recv()", "x.load()"),
    ("c1.send(0)",),
]
GROUPS: list[Block] = [("x.store(0)", "group.done()"), ("group.wait()", "x.load()"), ("group.add(0)",)]
RAISES: list[Block] = [
    ("group.add(1)",),
    ("group.add(1)", "group.done()"),
    ("group.add(1)", "c1.send(0)", "group.done()"),
    ("c1.recv()", "group.wait()"),
    ("group.wait()",),
]
ONCES: list[Block] = [("once.do(lambda: x.store(0))",), ("once.do(lambda: x.store(0))", "x.load()"), ("x.load()",)]
CONDS: list[Block] = [
    ("m.lock()", "cond.wait()", "m.unlock()", "x.load()"),
    ("x.store(0)", "cond.signal()"),
    ("x.store(0)", "cond.broadcast()"),
    ("m.lock()", "x.store(0)", "m.unlock()"),
]
CONTEXTS: list[Block] = [
    ("x.store(0)", "cancel()"),
    ("ctx.done().recv()", "x.load()"),
    ("child.done().recv()", "x.load()"),
    ("child.err()", "x.load()"),
    ("x.store(0)", "cancel_child()"),
]
TIMERS: list[Block] = [("x.store(0)", "timer.reset(0)"), ("x.store(0)",), ("timer.stop()", "x.store(0)")]
LATER: list[Block] = [("x.store(0)", "cancel()"), ("x.store(0)",), ("stop()", "x.store(0)")]
LOCKS: list[Block] = [("m.lock()", "x.store(0)", "m.unlock()")]
READERS: list[Block] = [("rw.lock()", "x.store(0)", "rw.unlock()"), ("rw.rlock()", "x.load()", "rw.runlock()")]
ATOMICS: list[Block] = [
    ("x.store(0)", "a.store(0)"),
    ("x.store(0)", "a.add(1)"),
    ("a.store(0)", "x.load()"),
    ("a.load()", "x.load()"),
    ("a.add(1)", "x.load()"),
    ("a.swap(0)", "x.load()"),
    ("a.compare_and_swap(0, 0)", "x.load()"),
    ("a.compare_and_swap(1, 0)", "x.load()"),
]
PALETTES = [
    HAND_OVERS,
    BUFFERED,
    LARGER,
    HAND_OVERS + BUFFERED + SELECTS,
    CLOSES,
    GROUPS,
    LOCKS,
    READERS,
    ATOMICS,
    ONCES,
    CONDS,
    CONTEXTS,
    TIMERS,
    LATER,
    RAISES,
]
SETUPS = {
    "    once = Once()": ("once.",),
    "    cond = Cond(m)": ("cond.",),
    "    ctx, cancel = with_cancel(background())": ("ctx.", "cancel", "child", "stop"),
    "    child, cancel_child = with_cancel(ctx)": ("child",),
    "    async def fired():\n        await x.load()": ("timer.", "stop"),
    "    timer = after_func(0, fired)": ("timer.",),
    "    stop = context_after_func(ctx, fired)": ("stop()",),
}
"""What a program needs besides, if one of its operations contains one of the words."""
VARIABLES = 2  # x and y
CONFLICTS = {("store", "store"), ("store", "load"), ("close", "send")}


@dataclass(frozen=True)
class RandomProgram:
    """A program with its source, one operation to a line."""

    source: str

    def __call__(self) -> Any:
        namespace: dict[str, Any] = dict(NAMES)
        exec(compile(self.source, "<random>", "exec"), namespace)
        return namespace["main"]()


def random_program(seed: int, largest: int = 8, palette: list[Block] | None = None) -> RandomProgram:
    """A program of main and one or two others, with about `largest` operations at most."""
    draw = random.Random(seed)
    if palette is None:
        palette = PALETTES[seed % len(PALETTES)] + (draw.choice(PALETTES) if draw.random() < 0.2 else [])
    count = draw.randint(2, 3)
    room = draw.randint(5, largest) // count
    bodies = [_body(draw, palette, room) for _ in range(count)]
    lines_of_all = [line for body in bodies for line in body]
    missing = lines_of_all.count("group.done()") - lines_of_all.count("group.add(1)")
    start = draw.choice([0, 0, draw.randint(0, len(bodies[0]))])
    lines = ["async def main():", "    x, y, a = Shared(0, name='x'), Shared(0, name='y'), Atomic(0)"]
    lines += ["    c0, c1, c2, done = Channel(name='c0'), Channel(1, name='c1'), Channel(2, name='c2'), Channel()"]
    lines += ["    m, rw, group = Mutex(), RWMutex(), WaitGroup(name='group')"]
    lines += [f"    await group.add({missing})"] if missing > 0 else []
    lines += [line for line, words in SETUPS.items() if any(word in each for word in words for each in lines_of_all)]
    for name, body in zip("fg", bodies[1:], strict=False):
        lines += [f"    async def {name}():", *(f"        await {line}" for line in body)]
    first, rest = bodies[0][:start], bodies[0][start:]
    lines += [f"    await {line}" for line in first]
    lines += [f"    go({name})" for name, _ in zip("fg", bodies[1:], strict=False)]
    lines += [f"    await {line}" for line in rest]
    return RandomProgram("\n".join(lines) + "\n")


def _body(draw: random.Random, palette: list[Block], room: int) -> list[str]:
    lines: list[str] = []
    while len(lines) < room:
        lines += draw.choice(ACCESSES if draw.random() < 0.2 else palette)
    return lines


@dataclass
class Explored:
    """Every interleaving's trace, each with what the fast precondition says of it; and the pairs of locations that
    are pending at conflicting accesses in some state that Go would reach."""

    traces: list[tuple[Trace, int]]
    pending: set[frozenset[str]]
    waiting: list[tuple[Waiting, ...]] = field(default_factory=list)


def explore(program: Callable[[], Any], limit: int) -> Explored | None:
    """All interleavings, depth first; None if there are more than `limit`."""
    explored = Explored([], set())
    path: list[list[int]] = []
    while len(explored.traces) < limit:
        with Subject(program).begun() as scheduler:
            recorder = Recorder(scheduler, readable=True)
            depth = 0
            while enabled := recorder.enabled():
                if scheduler.panic is None:
                    explored.pending.update(conflicts(scheduler))
                if depth == len(path):
                    path.append([0, len(enabled)])
                recorder.take(enabled[path[depth][0]])
                depth += 1
            explored.traces.append((recorder.trace(), scheduler.shared))
            explored.waiting.append(() if scheduler.panic else tuple(map(waiting_at, scheduler.left())))
        while path and path[-1][0] + 1 == path[-1][1]:
            path.pop()
        if not path:
            return explored
        path[-1][0] += 1
    return None


def conflicts(scheduler: Scheduler) -> Iterator[frozenset[str]]:
    """The pairs of locations where two goroutines are pending at conflicting accesses right now.

    Closing a closed channel panics before it is an access.
    """
    waiting = [
        (case[0].name, case[1], location(goroutine.coroutine))
        for goroutine in scheduler.live
        if goroutine.operation is not None
        for case in (goroutine.operation[1] if goroutine.operation[0].name == "select" else (goroutine.operation,))
    ]
    for kind, subject, place in waiting:
        for other, other_subject, other_place in waiting:
            conflict = (kind, other) in CONFLICTS and not (kind == "close" and subject.closed)
            if conflict and subject is other_subject and place != other_place:
                yield frozenset((place, other_place))
