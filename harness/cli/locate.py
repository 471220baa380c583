"""Where problems show in the source: their executions are run again, and paths are made relative to the project."""

from __future__ import annotations

import dataclasses
import inspect
import os
from collections.abc import Mapping, Sequence
from typing import Any

from harness.cli.replay import executed
from harness.detect.access import Access
from harness.detect.decisive import decisive
from harness.model.execution import Execution
from harness.model.place import split_place
from harness.model.problem import Place, Problem
from harness.model.trace import Action, judged
from harness.stream.design import Design


def located(problems: Sequence[Problem], designs: Sequence[Design], baseline: Mapping[Problem, Place]) -> list[Problem]:
    """The problems with their places: of a counterexample, the operations to look at and every step.

    What has no counterexample is at its line of the `baseline`, or else where its design is defined.
    """
    root = project_root()
    definitions = {design.name: definition(design.handler, root) for design in designs}
    found = []
    for problem in problems:
        if problem.token:
            found.append(_with_counterexample(problem, root, definitions.get(problem.design)))
        else:
            place = baseline.get(problem) or definitions.get(problem.design)
            found.append(dataclasses.replace(problem, places=(place,) if place else ()))
    return found


def _with_counterexample(problem: Problem, root: str, design: Place | None) -> Problem:
    _, execution = executed(problem.token)
    places = [place for access in decisive(execution, problem.property) if (place := _of(access, root)) is not None]
    places.sort(key=lambda place: not place.own)  # the user's own code first
    if design is not None and not any(place.own for place in places):
        places.insert(0, dataclasses.replace(design, text="the handler under test"))
    return dataclasses.replace(problem, places=tuple(places), steps=tuple(steps(execution, root)))


def steps(execution: Execution, root: str) -> list[Place]:
    """Every step that Go would have taken and whose line is known."""
    return [place for action in judged(execution.trace) if (place := _step(action, root)) is not None]


def _step(action: Action, root: str) -> Place | None:
    if not action.participants:
        return None  # the clock
    first = action.participants[0]
    return at(first.location, root, action.text, first.goroutine)


def _of(access: Access, root: str) -> Place | None:
    return at(access.location, root, access.operation, access.goroutine)


def at(location: str, root: str, text: str = "", goroutine: str = "") -> Place | None:
    """The place that a trace calls "file:line"; None if it does not say."""
    short, _, line = location.rpartition(":")
    if not short or not line.isdigit():
        return None
    path, _ = split_place(location)
    name, own = relative(path, root) if os.path.isfile(path) else (short, False)
    return Place(name, int(line), text, goroutine, own)


def definition(handler: Any, root: str) -> Place | None:
    """Where a handler is defined."""
    function = inspect.unwrap(getattr(handler, "func", handler))
    code = getattr(function, "__code__", None)
    if code is None:
        return None
    name, own = relative(code.co_filename, root)
    return Place(name, code.co_firstlineno, own=own)


def relative(path: str, root: str) -> tuple[str, bool]:
    """A path as it reads from the project's root, and whether it is in the project; else its last parts."""
    real = os.path.realpath(path)
    inside = real.startswith(root + os.sep) and "site-packages" not in real.split(os.sep)
    name = os.path.relpath(real, root) if inside else os.sep.join(real.split(os.sep)[-3:])
    return name.replace(os.sep, "/"), inside


def project_root() -> str:
    """The folder at or above the current one that is under version control; without one, the current folder."""
    here = folder = os.path.realpath(os.curdir)
    while not os.path.exists(os.path.join(folder, ".git")):
        folder, before = os.path.dirname(folder), folder
        if folder == before:
            return here
    return folder
