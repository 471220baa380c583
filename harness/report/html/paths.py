"""The ways that arrows take, so that they cross no label: labels stand to the right of nodes, each within its row.

What is free is a gutter to the left of every lifeline, and the boundaries between rows.
"""

from __future__ import annotations

GUTTER = 10
BOUNDARY = 16  # from a row's middle up to the way between it and the row above
BEND = 7


def across(source: int, target: int, y: int) -> str:
    """From sender to receiver in one row, above the labels."""
    ahead = 14 if source < target else -14
    up, over = y - 13, target - 2 * ahead
    rising = f"M{source} {y - 4}C{source + ahead} {up - 4} {source + ahead} {up} {source + 2 * ahead} {up}"
    return f"{rising}H{over}C{over + ahead} {up} {target - ahead // 2} {up} {target - ahead // 3} {y - 6}"


def down(x1: int, y1: int, x2: int, y2: int) -> str:
    """To a node further down: along the gutter, then above the target's row, and into it from above."""
    gutter, way = x1 - GUTTER, y2 - BOUNDARY
    start = f"M{x1} {y1}C{gutter} {y1 + 4} {gutter} {y1 + 8} {gutter} {y1 + BEND + 4}"
    if x1 == x2:
        return f"{start}V{y2 - 8}Q{gutter} {y2 - 2} {x2 - 5} {y2 - 1}"
    ahead = BEND if x1 < x2 else -BEND
    turn = f"V{way - BEND}Q{gutter} {way} {gutter + ahead} {way}"
    return f"{start}{turn}H{x2 - ahead}Q{x2} {way} {x2} {y2 - 6}"
