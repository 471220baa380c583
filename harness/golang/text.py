"""A small concurrent program as data, and its two renderings: the harness's Python and Go.

The body is a tuple of statements. Those that contain others are

    ("go", body)  ("once", number, body)  ("recover", body)  ("if", then, otherwise)  ("repeat", body)
    ("after_func", tenths, stopped, body)  ("when_done", number, body)
    ("select", ((direction, channel, value), ...), default)      direction "recv" or "send", channel "c0", "t0", "d0"

and all others are those of `harness.golang.verbs`. `if` asks whether what was logged last is not zero, `repeat` chooses
up to two rounds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from harness.golang.verbs import PRIMITIVES, VERBS

Statement: TypeAlias = tuple[Any, ...]
Body: TypeAlias = tuple[Statement, ...]

NIL_CHANNEL = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A program.

    Attributes:
        name: a Go identifier.
        capacities: of the channels c0 and c1; c2 is nil.
        body: what main does.
        timed: whether time passes in it; its Go form then runs in a bubble, where time is virtual.
    """

    name: str
    capacities: tuple[int, ...]
    body: Body
    timed: bool = False

    @property
    def python(self) -> str:
        """An async function `program(log)`."""
        lines = list(Python().body(self.body))
        declared = self._declarations("\n".join(lines), 0)
        return "async def program(log):\n" + "\n".join(f"    {line}" for line in [*declared, *lines]) + "\n"

    @property
    def go(self) -> str:
        """A function of a `*gate.G`, called as the program."""
        text = "\n".join(Go().body(self.body))
        declared = "\n".join(self._declarations(text, 1))
        return f"func {self.name}(g *gate.G) {{\n{declared}\n{text}\n}}\n"

    @property
    def verbs(self) -> frozenset[str]:
        """Which sorts of statements it has."""
        return frozenset(statement[0] for statement in flat(self.body))

    @property
    def primitives(self) -> frozenset[str]:
        """Which of Go's primitives it is about."""
        found: set[str] = set()
        for statement in flat(self.body):
            if statement[0] == "select":
                found.add("select with default" if statement[2] else "select without default")
                found.update(self._channel(channel) for _, channel, _ in statement[1])
            elif statement[0] in VERBS and VERBS[statement[0]].kinds == "c":
                found.add(self._channel(f"c{statement[1]}"))
            found.add(PRIMITIVES.get(statement[0], ""))
        return frozenset(found - {""})

    def _channel(self, name: str) -> str:
        """Which sort of channel `name` is."""
        if name[0] != "c":
            return {"t": "timer", "d": "context"}[name[0]]
        number = int(name[1:])
        if number == NIL_CHANNEL:
            return "nil channel"
        return "buffered channel" if self.capacities[number] else "unbuffered channel"

    def _declarations(self, text: str, column: int) -> list[str]:
        """Those of the objects that `text` mentions, and of what these need."""
        found: list[str] = []
        for name, languages in reversed(declarations(self.capacities, self.timed).items()):
            if re.search(rf"\b(?:{name}|cancel{name[1:]})\b" if name[0] == "d" else rf"\b{name}\b", text):
                found.insert(0, languages[column])
                text += languages[column]
        return found


def flat(body: Body) -> Iterator[Statement]:
    """Every statement of a body and of the bodies in it."""
    for statement in body:
        yield statement
        for part in statement[1:]:
            if statement[0] != "select" and isinstance(part, tuple):
                yield from flat(part)


def declarations(capacities: tuple[int, ...], timed: bool) -> dict[str, tuple[str, str]]:
    """How every object comes to be, in Python and in Go; one that needs another comes after it."""
    channels = {
        f"c{i}": (f'c{i} = Channel({size}, name="c{i}")', f"c{i} := make(chan int, {size}); _ = c{i}")
        for i, size in enumerate(capacities)
    }
    simple = {
        f"{letter}{i}": (f'{letter}{i} = {python}, name="{letter}{i}")', f"var {letter}{i} {go}; _ = &{letter}{i}")
        for letter, python, go in (
            ("x", "Shared(0", "int"),
            ("a", "Atomic(0", "atomic.Int64"),
            ("v", "AtomicValue(", "atomic.Value"),
            ("m", "Mutex(", "sync.Mutex"),
            ("r", "RWMutex(", "sync.RWMutex"),
            ("w", "WaitGroup(", "sync.WaitGroup"),
            ("o", "Once(", "sync.Once"),
        )
        for i in range(2)
    }
    simple = {name: (python.replace("(, ", "("), go) for name, (python, go) in simple.items()}
    child = ("with_timeout(d0, 0.2", 'context.WithTimeout(d0, g.Tenths("d1", 2))')
    if not timed:
        child = ("with_cancel(d0", "context.WithCancel(d0)")
    return {
        **channels,
        "c2": ("c2 = NIL", "var c2 chan int; _ = c2"),
        **simple,
        "k0": ('k0 = Cond(m0, name="k0")', 'k0 := g.NewCond(&m0, "m0"); _ = k0'),
        "d0": (
            'd0, cancel0 = with_cancel(background(), name="d0")',
            "d0, cancel0 := context.WithCancel(context.Background()); _, _ = d0, cancel0",
        ),
        "d1": (f'd1, cancel1 = {child[0]}, name="d1")', f"d1, cancel1 := {child[1]}; _, _ = d1, cancel1"),
        "t0": ('t0 = Timer(0.2, name="t0")', 't0 := time.NewTimer(g.Tenths("t0", 2)); _ = t0'),
        "t1": ('t1 = Timer(0.1, name="t1")', 't1 := time.NewTimer(g.Tenths("t1", 1)); _ = t1'),
    }


def _filled(template: str, statement: Statement) -> list[str]:
    number = statement[1] if len(statement) > 1 else 0
    return template.format(*statement[1:], n="nil" if number == NIL_CHANNEL else f"c{number}").split("\n")


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


class Python:
    """Renders statements in Python; goroutines are called g1, g2, ... in the order of the text."""

    def __init__(self) -> None:
        self.count = 0

    def body(self, body: Body) -> Iterator[str]:
        """The lines of a body."""
        for statement in body:
            special: Callable[..., Iterator[str]] | None = getattr(self, f"{statement[0]}_", None)
            yield from special(*statement[1:]) if special else _filled(VERBS[statement[0]].python, statement)
        if not body:
            yield "pass"

    def _function(self, prefix: str, parameters: str, body: Body) -> Iterator[str]:
        self.count += 1
        yield f"async def {prefix}{self.count}({parameters}):"
        yield from _indented(self.body(body))

    def go_(self, body: Body) -> Iterator[str]:
        """`go g1(log)`."""
        name = f"g{self.count + 1}"
        yield from self._function("g", "log", body)
        yield f'go({name}, log.child("{name}"))'

    def once_(self, number: int, body: Body) -> Iterator[str]:
        """`once.Do`."""
        name = f"once{self.count + 1}"
        yield from self._function("once", "", body)
        yield f'await o{number}.do({name}); log("once")'

    def after_func_(self, tenths: int, stopped: bool, body: Body) -> Iterator[str]:
        """`time.AfterFunc`, perhaps stopped at once."""
        name = f"f{self.count + 1}"
        yield from self._function("f", "log", body)
        yield f'{name}s = after_func(0.1 * {tenths}, partial({name}, log.child("{name}")), name="{name}")'
        if stopped:
            yield f'log("stopped", await {name}s.stop())'

    def when_done_(self, number: int, body: Body) -> Iterator[str]:
        """`context.AfterFunc`."""
        name = f"f{self.count + 1}"
        yield from self._function("f", "log", body)
        yield f'context_after_func(d{number}, partial({name}, log.child("{name}")))'

    def recover_(self, body: Body) -> Iterator[str]:
        """A panic in it is logged and goes no further."""
        yield "try:"
        yield from _indented(self.body(body))
        yield "except Panic as panic:"
        yield '    log("recovered", str(panic))'

    def if_(self, then: Body, otherwise: Body) -> Iterator[str]:
        """By what was logged last."""
        yield "if log.last:"
        yield from _indented(self.body(then))
        yield "else:"
        yield from _indented(self.body(otherwise))

    def repeat_(self, body: Body) -> Iterator[str]:
        """Up to two rounds."""
        yield "for _ in range(2):"
        yield "    if await choose(2):"
        yield from _indented(_indented(self.body(body)))

    def select_(self, cases: tuple[Statement, ...], default: bool) -> Iterator[str]:
        """`select`."""
        told = [i for i, (way, channel, _) in enumerate(cases) if way == "recv" and channel[0] == "c"]
        listed = [
            f"Send({channel}, {value})" if way == "send" else f"Recv({_received(channel, '.c', '.done()')})"
            for way, channel, value in cases
        ]
        yield f"i, v, ok = await select({', '.join([*listed, *['default=True'] * default])})"
        yield f'log("case", i, *((v or 0, ok) if i in {told} else ()))'


class Go:
    """Renders statements in Go."""

    def __init__(self) -> None:
        self.count = 0

    def body(self, body: Body) -> Iterator[str]:
        """The lines of a body."""
        for statement in body:
            special: Callable[..., Iterator[str]] | None = getattr(self, f"{statement[0]}_", None)
            yield from special(*statement[1:]) if special else _filled(VERBS[statement[0]].go, statement)

    def go_(self, body: Body) -> Iterator[str]:
        """`go`."""
        self.count += 1
        yield f'g.Go("g{self.count}", func(g *gate.G) {{'
        yield from self.body(body)
        yield "})"

    def once_(self, number: int, body: Body) -> Iterator[str]:
        """`once.Do`; the end of the function is an operation, too."""
        self.count += 1
        yield f'g.At("once_enter on o{number}"); o{number}.Do(func() {{ defer g.Then("once_leave on o{number}")'
        yield from self.body(body)
        yield '}); g.Log("once")'

    def after_func_(self, tenths: int, stopped: bool, body: Body) -> Iterator[str]:
        """`time.AfterFunc`, perhaps stopped at once."""
        self.count += 1
        name = f"f{self.count}"
        yield f'{name}s := time.AfterFunc(g.Tenths("{name}", {tenths}), g.Later("{name}", func(g *gate.G) {{'
        yield from self.body(body)
        yield f"}})); _ = {name}s"
        if stopped:
            yield f'g.At("stop on {name}"); g.Log("stopped", {name}s.Stop())'

    def when_done_(self, number: int, body: Body) -> Iterator[str]:
        """`context.AfterFunc`."""
        self.count += 1
        yield f'context.AfterFunc(d{number}, g.Later("f{self.count}", func(g *gate.G) {{'
        yield from self.body(body)
        yield "}))"

    def recover_(self, body: Body) -> Iterator[str]:
        """A function that recovers."""
        yield 'func() { defer func() { if cause := recover(); cause != nil { g.Log("recovered", cause) } }()'
        yield from self.body(body)
        yield "}()"

    def if_(self, then: Body, otherwise: Body) -> Iterator[str]:
        """By what was logged last."""
        yield "if g.Last() != 0 {"
        yield from self.body(then)
        yield "} else {"
        yield from self.body(otherwise)
        yield "}"

    def repeat_(self, body: Body) -> Iterator[str]:
        """Up to two rounds."""
        yield "for range 2 { if g.Choose(2) != 0 {"
        yield from self.body(body)
        yield "} }"

    def select_(self, cases: tuple[Statement, ...], default: bool) -> Iterator[str]:
        """`select`, narrowed to one case where a schedule says which."""
        yield 'g.At("select"); select {'
        for i, (way, channel, value) in enumerate(cases):
            if way == "send":
                yield f'case gate.Send(g, {i}, {channel}) <- {value}: g.Log("case", {i})'
            elif channel[0] == "c":
                yield f'case v, ok := <-gate.Recv(g, {i}, {channel}): g.Log("case", {i}, v, ok)'
            else:
                yield f'case <-gate.Recv(g, {i}, {_received(channel, ".C", ".Done()")}): g.Log("case", {i})'
        if default:
            yield 'default: g.Log("case", -1)'
        yield "}"


def _received(channel: str, timer: str, context: str) -> str:
    """The channel that is received from: itself, a timer's, or a context's."""
    return channel + {"t": timer, "d": context}.get(channel[0], "")
