"""How much of a search tree has been seen, while it is being searched depth first.

Every branch of a node counts for an equal share of it, so what is finished adds up to a fraction of the whole, and the
leaves seen so far, divided by that fraction, estimate how many there are (weighted backtrack estimator: Kilby, Slaney,
Thiébaux, Walsh: Estimating Search Tree Size, AAAI 2006). Where branches are still being discovered, as in a reduced
search, it begins too low and gets better.
"""

from __future__ import annotations

from collections.abc import Iterable


def fraction_seen(levels: Iterable[tuple[int, int]]) -> float:
    """The share that is finished, when each level of the current path has (finished, known) branches.

    The path itself has been followed to its end, so its last leaf counts as finished. Between 0 and 1.
    """
    seen, share = 0.0, 1.0
    for finished, known in levels:
        if known:
            seen += share * finished / known
            share /= known
    return min(seen + share, 1.0)
