"""Which conflicting operations came in which order, for people and as a JSON value."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from harness.model.coverage import Coverage, Pair
from harness.report.text import count, printable


def coverage(found: Coverage, proved: bool) -> str:
    """A line that counts, and then every pair; first those that were not seen in both orders.

    If all classes were explored (`proved`), it is the program that orders a pair seen in one order only.
    """
    one, never, both = found.one, found.never, found.both
    total = len(one) + len(never) + len(both)
    lines = [
        f"interleavings: {count(total, 'pair')} of conflicting operations; "
        f"{len(both):,} seen in both orders, {len(one):,} in one only, {len(never):,} never in one execution"
    ]
    why = "the program orders them" if proved else "the program orders them, or no other was tried"
    for title, pairs, between in (
        (f"in one order only: {why}", one, "before"),
        ("never in one execution", never, "and"),
        ("in both orders", both, "and"),
    ):
        if pairs:
            lines += [title + (":" if between == "and" else ""), *(_line(pair, between) for pair in pairs)]
    return "\n".join(lines)


def _line(pair: Pair, between: str) -> str:
    return f"  {printable(str(pair.first))} {between} {printable(str(pair.second))}"


def coverage_value(found: Coverage) -> dict[str, Any]:
    """The lists "both", "one" and "never" of pairs, each pair a list of two objects: goroutine, operation, place."""
    return {
        name: [[asdict(pair.first), asdict(pair.second)] for pair in pairs]
        for name, pairs in (("both", found.both), ("one", found.one), ("never", found.never))
    }
