"""What goroutines are called where there is little room: as much of the spawn path as tells them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

ELLIPSIS = "…"


def titles(names: Sequence[str]) -> dict[str, str]:
    """Per name, such as `main/w#2/child#1`, the shortest end that no other has, without #1 where there is no #2."""
    parts = {part for name in names for part in name.split("/")}
    plain = {name: "/".join([_without_first(part, parts) for part in name.split("/")]) for name in names}
    found: dict[str, str] = {}
    for name in names:
        steps = plain[name].split("/")
        ends = ["/".join(steps[-length:]) for length in range(1, len(steps) + 1)]
        others = [plain[other] for other in names if other != name]
        found[name] = next((end for end in ends if not _is_end_of(end, others)), plain[name])
    counts = Counter(found.values())
    return {name: title if counts[title] == 1 else name for name, title in found.items()}


def _is_end_of(end: str, names: list[str]) -> bool:
    return any(name == end or name.endswith("/" + end) for name in names)


def _without_first(part: str, parts: set[str]) -> str:
    """A part of a path without its number, if there is nowhere another of this kind."""
    stem, mark, number = part.rpartition("#")
    return stem if mark and number == "1" and f"{stem}#2" not in parts else part


def middle(text: str, limit: int, ellipsis: str = ELLIPSIS) -> str:
    """At most `limit` characters, shortened in the middle: both ends of a name say more than what lies between."""
    if len(text) <= limit:
        return text
    room = max(0, limit - len(ellipsis))
    head = room - room // 2
    return (text[:head] + ellipsis + text[len(text) - room // 2 :])[:limit] if room else ellipsis[:limit]
