"""Names given on the command line, and what they stand for. A wrong name is answered with the nearest, and with all."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from harness import strategies
from harness.model.errors import BadInput
from harness.oracles import SAFE, terminates
from harness.search.campaign import Oracle, checked_oracles, name_of
from harness.search.programs import find
from harness.search.strategy import Strategy
from harness.stream.faults import FAULT_CLASSES, FaultClass
from harness.stream.lifetime import LIFETIME
from harness.stream.oracles import PROPERTIES

T = TypeVar("T")


def named(name: str, known: Mapping[str, T], what: str) -> T:
    """What `name` stands for.

    Raises:
        BadInput: nothing.
    """
    if name in known:
        return known[name]
    folded = {_folded(each): each for each in known}
    near = difflib.get_close_matches(_folded(name), folded, 1, 0.5)
    hint = f" (did you mean {folded[near[0]]}?)" if near else ""
    raise BadInput(f"there is no {what} {name!r}{hint}; choose from {', '.join(known)}")


def selected(names: Sequence[str] | None, known: Mapping[str, T], what: str) -> tuple[T, ...]:
    """Those with the given names, in canonical order; all of them without names."""
    wanted = {name: named(name, known, what) for name in names or known}
    return tuple(value for name, value in known.items() if name in wanted)


def faults_named(names: Sequence[str] | None) -> tuple[FaultClass, ...]:
    """The fault classes with these names; all of them without names."""
    return selected(names, {fault.name: fault for fault in FAULT_CLASSES}, "fault class")


def strategy_classes() -> dict[str, type[Any]]:
    """The strategies that need nothing but, perhaps, a seed: name to class."""
    found = {name: getattr(strategies, name) for name in strategies.__all__}
    return {name: value for name, value in found.items() if value is not Strategy and not _required(value)}


def strategy(name: str, seed: int | None) -> Strategy:
    """A strategy by its name, in whatever spelling of upper and lower case, dashes and underscores.

    Raises:
        BadInput: there is none with this name, or it takes no seed.
    """
    known = strategy_classes()
    spelled = {_folded(each): each for each in known}
    made = named(spelled.get(_folded(name), name), known, "strategy")
    takes_seed = "seed" in inspect.signature(made).parameters
    if seed is not None and not takes_seed:
        raise BadInput(f"strategy {made.__name__} draws nothing, so it takes no seed: leave out --seed")
    chosen: Strategy = made(seed=seed or 0) if takes_seed else made()
    return chosen


def oracles_named(names: Sequence[str], streaming: bool, own: Sequence[Oracle] = ()) -> tuple[Oracle, ...]:
    """Oracles by name, or by MODULE:ORACLE where they are the user's own.

    A name that stands for two of them means the program's `own`, else the stream kit's where it is `streaming`.

    Raises:
        BadInput: there is none with this name.
    """
    plain: dict[str, Oracle] = {name_of(oracle): oracle for oracle in (*SAFE, terminates)}
    kit = {**PROPERTIES, **LIFETIME}
    known = {**plain, **kit} if streaming else {**kit, **plain}
    known |= {name_of(oracle): oracle for oracle in own}
    found = [find(name) if ":" in name and name not in known else named(name, known, "oracle") for name in names]
    return tuple(checked_oracles(found))


def opening(described: object) -> str:
    """The first paragraph of a docstring, in one line."""
    return " ".join((inspect.getdoc(described) or "").partition("\n\n")[0].split())


def _folded(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _required(made: type[Any]) -> list[str]:
    parameters = inspect.signature(made).parameters.values()
    return [p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
