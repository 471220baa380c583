"""Wakeup trees: what is still to be explored from a point, as sequences of steps that share their beginnings.

Abdulla, Aronis, Jonsson, Sagonas: Source Sets, JACM 64(4), 2017, section 6. A sequence is given as a set of steps of
the current history, in its order, and one further step at the end. It need not be inserted if a branch of the tree is a
weak initial of it all the way down to a leaf: whatever is explored from that leaf covers it.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.search.dpor.history import Bits, History
from harness.search.dpor.step import Step, dependent


class Node:
    """A branch: a step, and what is to come after it. The first branch is the one that is being explored."""

    __slots__ = ("branches", "step")

    def __init__(self, step: Step) -> None:
        self.step = step
        self.branches: list[Node] = []


class Sequence:
    """`steps` of the history, in order, and then `last` (None: not any more)."""

    __slots__ = ("history", "known", "last", "steps")

    def __init__(self, history: History, steps: Bits, last: Step, known: dict[Step, Bits]) -> None:
        self.history = history
        self.steps = steps
        self.last: Step | None = last
        self.known = known

    def without(self, step: Step) -> bool:
        """Could the sequence begin with `step`, or as well come after it? If so, go on without it.

        That is what makes `step` a weak initial of the sequence.
        """
        history, last = self.history, self.last
        position = history.index.get(step.key)
        if position is not None and self.steps >> position & 1:
            if history.pasts[position] & self.steps != 1 << position:
                return False
            self.steps ^= 1 << position
            return True
        if last is not None:
            if step.key == last.key:
                if self.hinders(step) or self.hinders(last):
                    return False
                self.last = None
                return True
            if dependent(step, last):
                return False
        return not self.hinders(step)

    def hinders(self, step: Step) -> bool:
        """Does one of `steps` depend on a step that is not among them?"""
        if not self.steps:
            return False
        dependents = self.known.get(step)
        if dependents is None:
            dependents = self.known[step] = self.history.dependent(step)
        return dependents & self.steps != 0

    def covered_by(self, sleeping: Iterable[Step]) -> bool:
        """Has what begins with the sequence been explored already, after one of the steps that sleep?"""
        steps, last = self.steps, self.last
        for step in sleeping:
            if self.without(step):
                return True
            self.steps, self.last = steps, last
        return False

    def insert(self, tree: list[Node]) -> bool:
        """Make sure that `tree` covers the sequence; False if it did already."""
        while True:
            for node in tree:
                if self.without(node.step):
                    if not node.branches or (not self.steps and self.last is None):
                        return False
                    tree = node.branches
                    break
            else:
                break
        for step in self.listed():
            node = Node(step)
            tree.append(node)
            tree = node.branches
        return True

    def listed(self) -> list[Step]:
        """The steps, in order."""
        found = []
        remaining = self.steps
        while remaining:
            lowest = remaining & -remaining
            found.append(self.history.steps[lowest.bit_length() - 1])
            remaining ^= lowest
        return found if self.last is None else found + [self.last]
