"""Which oracles are asked about a program, what they say, and which of them a command must name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.cli import catalog
from harness.model.answers import Counterexample
from harness.model.errors import BadInput, HarnessError
from harness.model.execution import Execution
from harness.oracles import SAFE
from harness.search.campaign import Oracle, checked_oracles, name_of, said
from harness.stream.promises import judged
from harness.stream.serve import StreamProgram

Program = Callable[..., Any]


def oracles_of(program: Program) -> Sequence[Oracle]:
    """The program's own, if it has an attribute `oracles`; else what fits its kind."""
    own = getattr(program, "oracles", None)
    if own is not None:
        if not isinstance(own, tuple | list):
            raise BadInput(f"a program's attribute oracles is a tuple of functions; found {own!r}")
        return checked_oracles(own)
    return tuple(judged(program.handler).values()) if isinstance(program, StreamProgram) else SAFE


def asked_about(program: Program, names: Sequence[str] | None) -> Sequence[Oracle]:
    """The oracles with these names, of `harness list`, of the program's own, or MODULE:ORACLE; else `oracles_of`."""
    own = oracles_of(program)
    return catalog.oracles_named(names, isinstance(program, StreamProgram), own) if names else own


def objections(program: Program, execution: Execution, names: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """The names and sentences of those oracles that object; see `asked_about`."""
    sentences = [(name_of(oracle), said(oracle, execution)) for oracle in asked_about(program, names)]
    return [(name, sentence) for name, sentence in sentences if sentence is not None]


def to_be_named(program: Program, found: Counterexample, names: Sequence[str] | None = None) -> str:
    """The oracle that a command must name, so that it tells this violation, and tells it first; empty if it need not.

    `names` are those that were given when it was found.
    """
    try:
        if objections(program, found.execution)[:1] == [(found.oracle, found.message)]:
            return ""
    except HarnessError:
        pass  # one of the program's own cannot judge this execution
    named = (name for name in names or () if name_of(*asked_about(program, [name])) == found.oracle)
    return next(named, found.oracle)
