"""Programs whose threads share an array of variables, all of them Atomics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness import Atomic, go
from tests.meta.programs import Observe, Program, ignore

Body = Callable[..., Any]


def threads(variables: int, *bodies: Body, initial: Any = 0) -> Program:
    """One goroutine for each body; each is called with the variables."""

    async def main(observe: Observe = ignore) -> None:
        x = [Atomic(initial) for _ in range(variables)]
        observe(lambda: [variable.value for variable in x])
        for body in bodies:
            go(body, x)

    return main
