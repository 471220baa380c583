"""A design: a handler under test, with its story, its contract, and the verdicts that its authors expect."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model.errors import BadInput
from harness.model.verdict import HOLDS, VIOLATED
from harness.stream.serve import Handler


@dataclass(frozen=True, slots=True)
class Design:
    """One way of ending a stream.

    Attributes:
        name: how it is called on the command line.
        handler: the async function `(ctx, client, execute, *, capacity)`.
        story: one line: what it does.
        contract: what it asks of the executor; empty if nothing.
        violates: fault class to the properties that are expected to be violated; all others are to hold.
    """

    name: str
    handler: Handler
    story: str
    contract: str = ""
    violates: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def expected(self, fault: str, property_name: str) -> str:
        """The verdict that this design's authors expect."""
        return VIOLATED if property_name in self.violates.get(fault, frozenset()) else HOLDS


def load_designs(module: str = "scenarios.stream") -> tuple[Design, ...]:
    """The designs that a scenario package lists as `DESIGNS`.

    Raises:
        BadInput: there is no such package, or it lists none.
    """
    try:
        found = importlib.import_module(module).DESIGNS
    except (ImportError, AttributeError) as error:
        raise BadInput(f"a scenario package has a tuple DESIGNS; {module!r} does not: {error}") from error
    designs: tuple[Design, ...] = tuple(found)
    return designs
