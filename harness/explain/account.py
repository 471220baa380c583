"""An execution with its happens-before order and the source lines of its steps."""

from __future__ import annotations

import linecache
from collections.abc import Iterator

from harness.detect.happens_before import predecessors
from harness.model.answers import Counterexample
from harness.model.execution import Execution
from harness.model.explanation import Account, Explanation, Snippet
from harness.model.place import split_place
from harness.model.trace import Trace

AROUND = 3
LONGEST = 240  # characters of a source line; minified files have lines of megabytes


def account(execution: Execution) -> Account:
    """Runs the execution once more, for its trace, and reads the files that the trace names."""
    trace = execution.trace
    ending = execution.ending
    places = [*_places(trace), *(left.location for left in (*ending.stuck, *ending.running))]
    found = {place: snippet(place) for place in dict.fromkeys(places)}
    return Account(
        execution, predecessors(trace), {place: lines for place, lines in found.items() if lines is not None}
    )


def explanation_of(found: Counterexample, *, program: str = "", plan: str = "") -> Explanation:
    """A counterexample as a finding whose causes nobody has searched for: what a page or a diagram needs at least."""
    shown = account(found.execution)
    return Explanation(found.oracle, found.message, found.token, shown, program, plan, minimal=found.minimal)


def snippet(place: str) -> Snippet | None:
    """The lines around `file:line`; None if the file cannot be read or has no such line."""
    path, number = split_place(place)
    lines = linecache.getlines(path) if path else []
    if not 0 < number <= len(lines):
        return None
    first = max(1, number - AROUND)
    return Snippet(first, tuple([line.rstrip()[:LONGEST] for line in lines[first - 1 : number + AROUND]]))


def _places(trace: Trace) -> Iterator[str]:
    for action in trace:
        yield from (participant.location for participant in action.participants)
        yield from (made.place for made in action.made)
