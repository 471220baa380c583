"""A mutant: a design with one small mistake in its source, which the gate is to notice.

The list is kept by hand. What mutation testers generate (mutmut, cosmic-ray: another operator, another constant) is
mostly not about concurrency, is not argued about where it survives, and changes with the tool; here each mistake is
one that somebody might make, and the text it replaces must still be there.
"""

from __future__ import annotations

import importlib
import inspect
import linecache
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from harness.stream import Design, judged
from tests.scenarios.judging import DESIGNS

PACKAGE = "scenarios.stream"
ENDLESS = "terminates ?"
"""Every execution is cut off, so nothing else is known."""


class NoLongerApplies(Exception):
    """The source has changed under the mutant: the text that it replaces does not stand there exactly once."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`old`, which must stand in the source exactly once, becomes `new`.

    A text of several lines stands for whole lines, wherever they are indented to.
    """

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A design with a mistake.

    Attributes:
        design: the name of the design.
        name: what is wrong with it.
        edits: what is replaced in the source of `module`.
        dies: fault class to what the gate is to object to there, exactly: the properties that are violated now, and
            with a minus those whose known violation is not found any more, with < and > those that are violated under
            fewer plans, or under more, and with a question mark those left open (alone: all others).
        equivalent: why nobody outside could tell it from the original; empty if somebody could.
        module: where the edits belong; the design's own by default.
    """

    design: str
    name: str
    edits: tuple[Edit, ...]
    dies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    equivalent: str = ""
    module: str = ""

    def __str__(self) -> str:
        """How tests and the table call it."""
        where = f" ({self.module})" if self.module else ""
        return f"{self.design}{where}: {self.name}"


def mutant(design: str, name: str, *texts: str, module: str = "", equivalent: str = "", **dies: str) -> Mutant:
    """A mutant whose edits are written as old, new, old, new ..., and `dies` as strings of names."""
    edits = tuple(Edit(old, new) for old, new in zip(texts[::2], texts[1::2], strict=True))
    changes = {fault: frozenset(in_full(design, names.split())) for fault, names in dies.items()}
    return Mutant(design, name, edits, changes, equivalent, module)


def in_full(design: str, names: list[str]) -> Iterator[str]:
    """The names, with the question mark alone written out."""
    for name in names:
        if name == "?":
            yield from (f"?{other}" for other in judged(DESIGNS[design].handler) if other not in names)
        else:
            yield name


def mutated(mutant: Mutant) -> Design:
    """The design with the mistake.

    Raises:
        NoLongerApplies: the design has been edited where the mutant applies.
    """
    own = importlib.import_module(f"{PACKAGE}.{mutant.design}")
    changed = importlib.import_module(f"{PACKAGE}.{mutant.module or mutant.design}")
    source = inspect.getsource(changed)
    for edit in mutant.edits:
        source = edited(source, edit)
    names = compiled(changed, source, mutant)
    if changed is not own:
        importing = compiled(own, inspect.getsource(own), mutant)
        importing.update({name: names[name] for name in importing.keys() & vars(changed).keys() if name[0] != "_"})
        names = importing
    return replace(DESIGNS[mutant.design], handler=names[mutant.design])


def edited(source: str, edit: Edit) -> str:
    """The source after one edit.

    Raises:
        NoLongerApplies: the text does not stand there exactly once, or nothing changes.
    """
    found = list(placed(source, edit)) if "\n" in edit.old else [(edit.old, edit.new)]
    times = sum(source.count(old) for old, _ in found)
    if times != 1 or edit.old == edit.new:
        raise NoLongerApplies(
            f"a mutant replaces what stands in the source exactly once; found {times} times:\n{edit.old}"
        )
    old, new = next((old, new) for old, new in found if old in source)
    return source.replace(old, new)


def placed(source: str, edit: Edit) -> Iterator[tuple[str, str]]:
    """Both texts as whole lines, for every indentation that occurs in the source."""
    old, new = (textwrap.dedent(text).strip("\n") for text in (edit.old, edit.new))
    for indent in sorted({line[: len(line) - len(line.lstrip())] for line in source.splitlines()}):
        yield f"\n{textwrap.indent(old, indent)}\n", f"\n{textwrap.indent(new, indent)}\n" if new else "\n"


def compiled(module: ModuleType, source: str, mutant: Mutant) -> dict[str, Any]:
    """What a module of its own with this source defines.

    It has a file name of its own as well, so that whoever looks for a line finds that of the mutant.
    """
    file = f"{module.__file__} ({mutant.name})"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names: dict[str, Any] = {"__name__": f"{module.__name__} ({mutant.name})", "__file__": file}
    exec(compile(source, file, "exec"), names)
    return names
