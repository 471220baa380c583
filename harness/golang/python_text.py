"""Statements in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harness.golang.statements import Body, Statement, filled, received
from harness.golang.verbs import VERBS


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
            yield from special(*statement[1:]) if special else filled(VERBS[statement[0]].python, statement)
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
            f"Send({channel}, {value})" if way == "send" else f"Recv({received(channel, '.c', '.done()')})"
            for way, channel, value in cases
        ]
        yield f"i, v, ok = await select({', '.join([*listed, *['default=True'] * default])})"
        yield f'log("case", i, *((v or 0, ok) if i in {told} else ()))'
