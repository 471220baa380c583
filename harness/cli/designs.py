"""Which designs a command is about: registered ones, those of a scenario folder, and any handler by its name."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence

from harness.cli.catalog import named
from harness.model.errors import BadInput
from harness.stream.design import Design, load_designs
from harness.stream.loading import design_named, designs_in, distinct, put_on_path

SCENARIOS = "scenarios.stream"


def chosen(names: Sequence[str] | None, folder: str | None = None) -> tuple[Design, ...]:
    """The designs with these names, each once; all of the scenarios without names.

    A name with a colon is `MODULE:HANDLER` and needs no registration; it comes after the others, in the order given.
    With a `folder`, its designs take the place of the harness's own.

    Raises:
        BadInput: there is no such design, or no such folder.
    """
    references = [name for name in names or () if ":" in name]
    plain = [name for name in names or () if ":" not in name]
    scenarios: tuple[Design, ...] = ()
    if plain or not references or folder is not None:
        scenarios = registered(folder)
    known = {design.name: design for design in scenarios}
    wanted = {name: _named(name, known) for name in plain}
    picked = [design for design in scenarios if design.name in wanted or not names]
    return distinct([*picked, *map(design_named, references)])


def registered(folder: str | None) -> tuple[Design, ...]:
    """The designs of a scenario folder; without one, those that the harness brings."""
    return load_designs(SCENARIOS) if folder is None else designs_in(folder)


def _named(name: str, known: Mapping[str, Design]) -> Design:
    try:
        return named(name, known, "design")
    except BadInput as error:
        raise BadInput(f"{error}; or write MODULE:HANDLER for any handler of yours") from error


def where_to_replay(folder: str | None) -> str:
    """What to know before pasting a replay command; empty where that is nothing."""
    if folder is None or put_on_path(folder) == os.path.realpath(os.curdir):
        return ""
    return f"From this folder, replay with: harness replay --scenarios {shlex.quote(folder)} TOKEN"
