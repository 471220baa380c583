"""Whether the designs, and the harness that runs them, are still those that a campaign began with."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from harness.model import place
from harness.search.programs import reference_of
from harness.stream.design import Design

RUNNING = ("detect", "model", "primitives", "runtime", "search", "stream", "stress", "oracles.py", "verify.py")
"""What of the harness decides about executions and verdicts."""


def digest_of_designs(designs: Sequence[Design]) -> str:
    """Of the sources of the designs: for each its module, with those beside it if it is part of a package."""
    files: set[Path] = set()
    for design in designs:
        for name in _modules(design.handler):
            module = sys.modules.get(name)
            source = getattr(module, "__file__", None)
            if source is not None:
                path = Path(source)
                files |= set(path.parent.glob("*.py")) if getattr(module, "__package__", "") else {path}
    return _digest(files)


def _modules(handler: Any) -> set[str]:
    """Where a handler is, by the name that leads to it, and where it is written: a closure or a partial, say."""
    found = {reference_of(handler).partition(":")[0]}
    while (inner := getattr(handler, "func", None)) is not None:
        handler = inner
    return found | {inspect.unwrap(handler).__module__}


def digest_of_harness() -> str:
    """Of the sources of the harness, as far as they matter here."""
    root = Path(place.OWN_FOLDER)
    found = [root / name for name in RUNNING]
    return _digest(file for path in found for file in (path.rglob("*.py") if path.is_dir() else [path]))


def _digest(files: Iterable[Path]) -> str:
    """The same on every machine: of names below the folder that two files share, and contents."""
    digest = sha256()
    for file in sorted(files):
        content = file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{file.parent.name}/{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()
