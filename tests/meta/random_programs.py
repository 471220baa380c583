"""Small random programs over all primitives, each made from a seed: the same seed, the same program, everywhere.

A program is a list of goroutines, each a list of statements; a statement is a tuple. Every goroutine keeps a log of
what it saw. Statements that could go on for ever do not occur. What an unlucky program does (panics, fatal errors,
deadlocks, leaks) is part of what the tests compare.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, TypeAlias

from harness import (
    NIL,
    Atomic,
    Channel,
    Cond,
    Mutex,
    Once,
    Panic,
    Recv,
    RWMutex,
    Send,
    Shared,
    Ticker,
    Timer,
    WaitGroup,
    after,
    background,
    choose,
    go,
    gosched,
    now,
    select,
    sleep,
    with_cancel,
    with_timeout,
)
from tests.meta.programs import Observe, Program, ignore

Statement: TypeAlias = tuple[Any, ...]
Text: TypeAlias = list[list[Statement]]

SECONDS = (0, 0.1, 0.2, 0.3)
THEMES: dict[str, tuple[str, ...]] = {
    "channels": ("send", "recv", "send", "recv", "select", "select", "close", "length", "load", "store", "gosched"),
    "memory": ("load", "store", "add", "swap", "cas", "atomic_load", "choose"),
    "locks": ("critical", "read", "write", "try_lock", "try_rlock", "lock", "unlock", "load", "once"),
    "sync": ("wg_add", "wg_done", "wg_done", "wg_wait", "once", "wait", "signal", "broadcast", "store"),
    "context": ("cancel", "err", "watch", "derive", "send", "recv", "select", "timeout"),
    "time": ("sleep", "after", "timer", "stop", "reset", "tick", "now", "send", "recv", "timeout", "select"),
}
EVERYTHING = tuple(sorted({verb for verbs in THEMES.values() for verb in verbs})) + ("go", "recover")


class Objects:
    """What the goroutines of one execution share."""

    def __init__(self, capacities: tuple[int, ...], timers: bool) -> None:
        self.channels = [Channel(capacity) for capacity in capacities] + [NIL]
        self.x, self.y = Shared(0, name="x"), Atomic(0, name="y")
        self.mutex, self.lock = Mutex(), RWMutex()
        self.cond, self.once, self.group = Cond(self.mutex), Once(), WaitGroup()
        self.context, self.cancel = with_cancel(background())
        self.timer, self.ticker = (Timer(0.2), Ticker(0.1)) if timers else (None, None)

    def check(self) -> None:
        """The invariants of all that have some."""
        for channel in self.channels:
            channel.check()
        self.lock.check()

    def values(self) -> Any:
        """The final state."""
        buffers = [(list(channel.buffer), channel.closed) for channel in self.channels]
        locks = self.mutex.locked, self.lock.readers, self.lock.writing, self.lock.announced
        rest = self.group.counter, self.once.finished, len(self.cond.parked), self.context.cause
        return self.x.value, self.y.value, buffers, locks, rest


def text_of(seed: int, theme: str | None = None, goroutines: int = 3, statements: int = 3) -> tuple[Text, Any]:
    """The statements of a program, and the capacities of its channels."""
    source = random.Random(f"{seed}/{theme}")
    verbs = THEMES[theme] if theme else EVERYTHING
    capacities = tuple(source.choice((0, 0, 1, 2)) for _ in range(2))
    text = [
        [_statement(source, verbs) for _ in range(source.randint(1, statements))]
        for _ in range(source.randint(2, goroutines))
    ]
    return text, capacities


def _statement(source: random.Random, verbs: tuple[str, ...]) -> Statement:
    verb = source.choice(verbs)
    channel = source.choice((0, 0, 0, 1, 1, 1, 2))
    match verb:
        case "select":
            cases = [(source.choice("sr"), source.choice((0, 0, 1, 1, 2))) for _ in range(source.randint(1, 3))]
            return verb, cases, source.random() < 0.4
        case "go" | "recover":
            return verb, [_statement(source, tuple(v for v in verbs if v not in ("go", "recover")))]
        case "sleep" | "after" | "reset" | "timeout":
            return verb, source.choice(SECONDS)
        case _:
            return verb, channel, source.randrange(3)


def program(seed: int, theme: str | None = None, goroutines: int = 3, statements: int = 3) -> Program:
    """The program with this seed."""
    text, capacities = text_of(seed, theme, goroutines, statements)
    timers = any(statement[0] in ("timer", "stop", "reset", "tick") for body in text for statement in _flat(body))

    async def main(observe: Observe = ignore, objects_to: Callable[[Objects], Any] = ignore) -> Any:
        objects = Objects(capacities, timers)
        logs: list[list[Any]] = [[] for _ in text]
        observe(lambda: (logs, objects.values()))
        objects_to(objects)
        for body, log in zip(text[1:], logs[1:], strict=True):
            go(perform, objects, body, log)
        await perform(objects, text[0], logs[0])
        return repr(logs[0])

    return main


def _flat(body: list[Statement]) -> list[Statement]:
    return [inner for s in body for inner in (_flat(s[1]) if s[0] in ("go", "recover") else [s])]


async def perform(objects: Objects, body: list[Statement], log: list[Any]) -> None:
    """Run statements one after the other."""
    for statement in body:
        match statement:
            case ("go", inner):
                go(perform, objects, inner, log)
            case ("recover", inner):
                try:
                    await perform(objects, inner, log)
                except Panic as panic:
                    log.append(f"recovered {panic}")
            case ("select", cases, default):
                listed = [
                    Send(objects.channels[number], f"selected {way}") if verb == "s" else Recv(objects.channels[number])
                    for way, (verb, number) in enumerate(cases)
                ]
                log.append(await select(*listed, default=default))
            case _:
                log.append((statement[0], await VERBS[statement[0]](objects, *statement[1:])))


async def _critical(objects: Objects, channel: int, value: int) -> Any:
    async with objects.mutex:
        seen = await objects.x.load()
        await objects.x.store(value)
        return seen


async def _read(objects: Objects, channel: int, value: int) -> Any:
    await objects.lock.rlock()
    seen = await objects.x.load()
    await objects.lock.runlock()
    return seen


async def _write(objects: Objects, channel: int, value: int) -> None:
    async with objects.lock:
        await objects.x.store(value)


async def _wait(objects: Objects, channel: int, value: int) -> None:
    async with objects.mutex:
        await objects.cond.wait()


async def _derive(objects: Objects, channel: int, value: int) -> Any:
    child, cancel = with_cancel(objects.context)
    if value:
        await cancel()
    return await child.err(), await objects.context.err()


async def _timeout(objects: Objects, seconds: float) -> Any:
    child, _ = with_timeout(objects.context, seconds)
    index, _, _ = await select(Recv(child.done()), Recv(objects.channels[0]))
    return index, await child.err()


async def _now(objects: Objects, channel: int, value: int) -> float:
    await gosched()
    return now()


VERBS: dict[str, Callable[..., Any]] = {
    "send": lambda o, c, v: o.channels[c].send(v),
    "recv": lambda o, c, v: o.channels[c].recv(),
    "close": lambda o, c, v: o.channels[c].close(),
    "length": lambda o, c, v: o.channels[c].length(),
    "gosched": lambda o, c, v: gosched(),
    "choose": lambda o, c, v: choose(2),
    "load": lambda o, c, v: o.x.load(),
    "store": lambda o, c, v: o.x.store(v),
    "atomic_load": lambda o, c, v: o.y.load(),
    "add": lambda o, c, v: o.y.add(v),
    "swap": lambda o, c, v: o.y.swap(v),
    "cas": lambda o, c, v: o.y.compare_and_swap(0, v),
    "lock": lambda o, c, v: o.mutex.lock(),
    "unlock": lambda o, c, v: o.mutex.unlock(),
    "try_lock": lambda o, c, v: o.mutex.try_lock(),
    "try_rlock": lambda o, c, v: o.lock.try_rlock(),
    "critical": _critical,
    "read": _read,
    "write": _write,
    "once": lambda o, c, v: o.once.do(lambda: o.x.store(v)),
    "wait": _wait,
    "signal": lambda o, c, v: o.cond.signal(),
    "broadcast": lambda o, c, v: o.cond.broadcast(),
    "wg_add": lambda o, c, v: o.group.add(1),
    "wg_done": lambda o, c, v: o.group.done(),
    "wg_wait": lambda o, c, v: o.group.wait(),
    "cancel": lambda o, c, v: o.cancel(),
    "err": lambda o, c, v: o.context.err(),
    "watch": lambda o, c, v: o.context.done().recv(),
    "derive": _derive,
    "timeout": _timeout,
    "sleep": lambda o, s: sleep(s),
    "after": lambda o, s: after(s).recv(),
    "timer": lambda o, c, v: o.timer.c.recv(),
    "stop": lambda o, c, v: o.timer.stop(),
    "reset": lambda o, s: o.timer.reset(s),
    "tick": lambda o, c, v: o.ticker.c.recv(),
    "now": _now,
}
