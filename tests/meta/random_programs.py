"""Small random programs over all primitives, each made from a seed: the same seed, the same program, everywhere.

A program is a list of goroutines, each a list of statements; a statement is a tuple. Every goroutine keeps a log of
what it saw, and what it saw decides how it goes on. Statements that could go on for ever do not occur. What an unlucky
program does (panics, fatal errors, deadlocks, leaks) is part of what the tests compare.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from harness import Panic, Recv, Send, choose, go, select
from tests.meta.programs import Observe, Program, ignore
from tests.meta.random_verbs import AFTER, DONE, TICKER, TIMER, VERBS, Objects

Statement: TypeAlias = tuple[Any, ...]
Text: TypeAlias = list[list[Statement]]

SECONDS = (0, 0.1, 0.2, 0.3)
TIMED = ("sleep", "after", "after_func", "reset", "reset_ticker", "timeout")
WITH_TIMERS = ("timer", "timer_length", "stop", "reset", "tick", "stop_ticker", "reset_ticker")
NESTING = ("go", "recover", "if", "repeat")
THEMES: dict[str, tuple[str, ...]] = {
    "channels": (
        *("send", "recv", "send", "recv", "select", "select", "close", "length", "load", "store", "gosched"),
        *("range", "request", "serve", "call"),
    ),
    "memory": (
        *("load", "store", "add", "swap", "cas", "atomic_load", "atomic_store", "choose"),
        *("value_load", "value_store", "value_swap", "value_cas"),
    ),
    "locks": (
        *("critical", "read", "write", "try_lock", "try_rlock", "try_wlock", "lock", "unlock", "load", "once"),
        *("rlock", "runlock", "wlock", "wunlock"),
    ),
    "sync": ("wg_add", "wg_done", "wg_done", "wg_wait", "wg_round", "once", "wait", "signal", "broadcast", "store"),
    "conds": ("wait", "wait", "wait_for", "announce", "announce", "signal", "broadcast"),
    "context": (
        *("cancel", "cancel", "err", "watch", "derive", "send", "recv", "select", "timeout", "deadline"),
        *("once_send", "load", "siblings", "grandchild", "context_after"),
    ),
    "time": (
        *("sleep", "after", "timer", "stop", "reset", "tick", "stop_ticker", "reset_ticker", "timer_length", "now"),
        *("send", "recv", "timeout", "select", "select", "after_func", "context_after"),
    ),
}
EVERYTHING = tuple(sorted({verb for verbs in THEMES.values() for verb in verbs}))
CASES = {"time": (0, 0, 1, TIMER, TICKER, AFTER), "context": (0, 0, 1, DONE), None: (0, 0, 1, 1, 2, DONE, TIMER, AFTER)}


class Log:
    """What a goroutine saw, written and read by it alone; and the logs of the goroutines that it started."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.branches: list[Log] = []

    def branch(self) -> Log:
        """A log for another goroutine."""
        self.branches.append(Log())
        return self.branches[-1]

    def __repr__(self) -> str:
        return f"{self.seen}{self.branches}"


class Writer:
    """Draws the statements of one program."""

    def __init__(self, seed: int, theme: str | None) -> None:
        self.source = random.Random(f"{seed}/{theme}")
        self.verbs = THEMES[theme] if theme else EVERYTHING
        self.channels = CASES.get(theme, (0, 0, 1, 1, 2))

    def body(self, most: int, depth: int) -> list[Statement]:
        """A few statements, of which one in eight contains others, down to a depth of 2."""
        return [self.statement(depth) for _ in range(self.source.randint(1, most))]

    def statement(self, depth: int) -> Statement:
        """One statement."""
        source = self.source
        if depth < 2 and source.random() < 0.125:
            return self.nesting(source.choice(NESTING), depth + 1)
        verb = source.choice(self.verbs)
        if verb == "select":
            cases = [(source.choice("sr"), source.choice(self.channels)) for _ in range(source.randint(1, 3))]
            return verb, [("r" if channel >= DONE else way, channel) for way, channel in cases], source.random() < 0.4
        if verb in TIMED:
            return verb, source.choice(SECONDS)
        return verb, source.choice((0, 0, 0, 1, 1, 1, 2)), source.randrange(3)

    def nesting(self, verb: str, depth: int) -> Statement:
        """A statement that contains others."""
        if verb == "if":
            return verb, [self.statement(2)], self.body(1, depth), self.body(1, depth)
        return verb, self.body(2 if verb == "go" else 1, depth)


def text_of(seed: int, theme: str | None = None, goroutines: int = 3, statements: int = 3) -> tuple[Text, Any]:
    """The statements of a program, and the capacities of its channels."""
    writer = Writer(seed, theme)
    capacities = tuple(writer.source.choice((0, 0, 1, 2)) for _ in range(2))
    return [writer.body(statements, 0) for _ in range(writer.source.randint(2, goroutines))], capacities


def program(seed: int, theme: str | None = None, goroutines: int = 3, statements: int = 3) -> Program:
    """The program with this seed."""
    return program_of(*text_of(seed, theme, goroutines, statements))


def program_of(text: Text, capacities: tuple[int, ...]) -> Program:
    """The program with these statements."""
    timers = any(_needs_timers(statement) for body in text for statement in flat(body))

    async def main(observe: Observe = ignore, objects_to: Callable[[Objects], Any] = ignore) -> Any:
        objects = Objects(capacities, timers)
        log = Log()
        observe(lambda: (log, objects.values()))
        objects_to(objects)
        for body in text[1:]:
            go(perform, objects, body, log.branch())
        await perform(objects, text[0], log)
        return repr(log.seen)

    return main


def flat(body: list[Statement]) -> Iterator[Statement]:
    """All statements that contain no others."""
    for statement in body:
        if statement[0] in NESTING:
            for inner in statement[1:]:
                yield from flat(inner)
        else:
            yield statement


def _needs_timers(statement: Statement) -> bool:
    if statement[0] == "select":
        return any(channel in (TIMER, TICKER) for _, channel in statement[1])
    return statement[0] in WITH_TIMERS


async def perform(objects: Objects, body: list[Statement], log: Log) -> None:
    """Run statements one after the other."""
    for statement in body:
        match statement:
            case ("go", inner):
                go(perform, objects, inner, log.branch())
            case ("recover", inner):
                try:
                    await perform(objects, inner, log)
                except Panic as panic:
                    log.seen.append(("recovered", str(panic)))
            case ("if", condition, then, otherwise):
                await perform(objects, condition, log)
                await perform(objects, then if _holds(log.seen[-1][1]) else otherwise, log)
            case ("repeat", inner):
                for _ in range(2):
                    if await choose(2):
                        await perform(objects, inner, log)
            case ("select", cases, default):
                listed = [
                    Send(objects.channel(number), f"selected {way}") if verb == "s" else Recv(objects.channel(number))
                    for way, (verb, number) in enumerate(cases)
                ]
                log.seen.append(("selected", await select(*listed, default=default)))
            case _:
                log.seen.append((statement[0], await VERBS[statement[0]](objects, *statement[1:])))


def _holds(result: Any) -> bool:
    """What an `if` makes of a result: of several values the first counts."""
    return bool(result[0]) if isinstance(result, tuple | list) and result else bool(result)
