"""Places in source code, written so that they read the same on every machine."""

from __future__ import annotations

import os
import sys
from functools import cache
from types import TracebackType

from harness.model.errors import Fatal

OWN_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
PRIMITIVES = os.path.join(OWN_FOLDER, "primitives") + os.sep
RUNTIME = os.path.join(OWN_FOLDER, "runtime") + os.sep

shortened: dict[str, set[str]] = {}  # short path to the paths that it stands for


@cache
def short_path(path: str) -> str:
    """The path below the import root it was found in."""
    roots = [os.path.abspath(root) + os.sep for root in sys.path]
    below = [path[len(root) :] for root in roots if path.startswith(root)]
    short = min(below, key=len).replace(os.sep, "/") if below else os.path.basename(path)
    shortened.setdefault(short, set()).add(path)
    return short


def split_place(place: str) -> tuple[str, int]:
    """The path and the line of a `file:line` that this process has written; ("", 0) if it is none.

    Two files may have the same short path. Then neither is given, so that nobody is shown the wrong lines.
    """
    short, _, line = place.rpartition(":")
    paths = shortened.get(short, set())
    if len(paths) != 1 or not (line.isascii() and line.isdigit()):
        return "", 0
    return next(iter(paths)), int(line)


def innermost(places: list[tuple[str, int]]) -> str:
    """`file:line` of the last of `places` (path, line) in the user's code, else in a kit's; empty if there is none.

    Frames of the primitives and the runtime do not count: they are the same for everybody.
    """
    users = [place for place in places if not place[0].startswith(OWN_FOLDER)]
    kits = [place for place in places if not place[0].startswith((PRIMITIVES, RUNTIME))]
    found = users or kits
    return f"{short_path(found[-1][0])}:{found[-1][1]}" if found else ""


def raised_at(error: BaseException | None) -> str:
    """Where `error` was raised, as `innermost` says it; empty if unknown.

    Frames that ask pytest to hide them do not count: what was raised concerns who called pytest.fail.
    """
    places: list[tuple[str, int]] = []
    if isinstance(error, Fatal):
        return error.place
    entry: TracebackType | None = error.__traceback__ if error is not None else None
    while entry is not None:
        if not entry.tb_frame.f_locals.get("__tracebackhide__", False):
            places.append((entry.tb_frame.f_code.co_filename, entry.tb_lineno))
        entry = entry.tb_next
    return innermost(places)
