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
from dataclasses import dataclass

from harness.golang.go_text import Go
from harness.golang.python_text import Python
from harness.golang.statements import NIL_CHANNEL, Body, flat
from harness.golang.verbs import PRIMITIVES, VERBS


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
