"""What a handler promises beyond the properties of every streaming handler.

    @promises(no_work_after_return, no_lost_cancel)
    async def handler(ctx, client, execute, *, capacity):
        ...

A promise is an oracle, and judged like the properties wherever the handler is: by `harness verify`, the gate, stress
campaigns, and when a token is replayed. `harness.stream.lifetime` has some that many a handler may want to make.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from harness.model.errors import BadInput
from harness.search.campaign import Oracle, checked_oracles, name_of
from harness.stream.oracles import PROPERTIES

H = TypeVar("H", bound=Callable[..., Any])


def promises(*oracles: Oracle) -> Callable[[H], H]:
    """Decorates a handler that keeps these promises, or is to.

    Raises:
        BadInput: one is no function, two have one name, or one has the name of a property.
    """
    named = {name_of(oracle): oracle for oracle in checked_oracles(oracles)}
    if len(named) < len(oracles) or named.keys() & PROPERTIES.keys():
        names = ", ".join(map(name_of, oracles))
        raise BadInput(f"promises have names of their own, other than those of the properties; found {names}")

    def decorate(handler: H) -> H:
        vars(handler)["promised"] = named
        return handler

    return decorate


def judged(handler: Callable[..., Any]) -> Mapping[str, Oracle]:
    """All that a handler is judged by: the properties, and what it promises."""
    return {**PROPERTIES, **getattr(handler, "promised", {})}
