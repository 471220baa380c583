"""What goroutines are called where there is little room: as much of the spawn path as tells them apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

BELOW = re.compile(r"(.*?#\d+)(?:/|$)", re.DOTALL)  # a name may have a slash in it, but every one has its number


def titles(names: Sequence[str]) -> dict[str, str]:
    """Per name, such as `main/w#2/child#1`, the shortest end that no other has, without #1 where there is no #2."""
    paths = {name: path(name) for name in names}
    parts = {part for name in names for part in paths[name]}
    short = {name: [_without_first(part, parts) for part in paths[name]] for name in names}
    plain = {name: "/".join(steps) for name, steps in short.items()}
    found: dict[str, str] = {}
    for name, steps in short.items():
        ends = ["/".join(steps[-length:]) for length in range(1, len(steps) + 1)]
        others = [plain[other] for other in names if other != name]
        found[name] = next((end for end in ends if not _is_end_of(end, others)), plain[name])
    counts = Counter(found.values())
    return {name: title if counts[title] == 1 else name for name, title in found.items()}


def path(name: str) -> list[str]:
    """A spawn path, part by part: main, and those below it."""
    top, _, rest = name.partition("/")
    below = BELOW.findall(rest)
    return [top, *below] if rest and "/".join(below) == rest else name.split("/")


def _is_end_of(end: str, names: list[str]) -> bool:
    return any(name == end or name.endswith("/" + end) for name in names)


def _without_first(part: str, parts: set[str]) -> str:
    """A part of a path without its number, if there is nowhere another of this kind."""
    stem, mark, number = part.rpartition("#")
    return stem if mark and stem and number == "1" and f"{stem}#2" not in parts else part
