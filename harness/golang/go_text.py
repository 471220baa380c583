"""Statements in Go, each operation announced to the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harness.golang.statements import Body, Statement, filled, received
from harness.golang.verbs import VERBS


class Go:
    """Renders statements in Go."""

    def __init__(self) -> None:
        self.count = 0

    def body(self, body: Body) -> Iterator[str]:
        """The lines of a body."""
        for statement in body:
            special: Callable[..., Iterator[str]] | None = getattr(self, f"{statement[0]}_", None)
            yield from special(*statement[1:]) if special else filled(VERBS[statement[0]].go, statement)

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
                yield f'case <-gate.Recv(g, {i}, {received(channel, ".C", ".Done()")}): g.Log("case", {i})'
        if default:
            yield 'default: g.Log("case", -1)'
        yield "}"
