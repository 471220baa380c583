"""The points of a search that several workers are behind: what sleeps there, and which branches there are.

The order of the branches is that in which a single process would explore them, one after the other: in each of them all
earlier ones sleep. When they are really explored does not matter, provided that every plan arrives where it would have
arrived then. What a branch plans for a later one goes into that one's wakeup tree; so wakeup trees are kept here, and
workers are given their leaves only. Nothing sleeps behind a leaf, because a step that does is no weak initial of what
leads there: whoever explores it needs to hear nothing from others, and need not be told of what it covers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.search.dpor.names import Names
from harness.search.dpor.step import Key, Step, dependent
from harness.search.dpor.wakeup import Node, Sequence
from harness.search.parallel.branch import Batch, Branch, Point
from harness.search.parallel.packing import Flat, Plan, Stack, flat, packed, tables, tree_of, unpacked


@dataclass(slots=True)
class Child:
    """A branch: its first step, and the point behind it, unless it is a leaf or somebody explores what is there."""

    step: Step
    frame: Frame | None = None


@dataclass(slots=True, eq=False)
class Frame:
    """A point: what slept there from the beginning, and the branches, in order."""

    sleep: list[Step]
    children: list[Child] = field(default_factory=list)
    heard: set[tuple[Key, tuple[Key, ...]]] = field(default_factory=set)

    def news(self, own: Key, plan: Plan) -> bool:
        """Is it the first time that the branch that begins with `own` plans this? The second time changes nothing."""
        keys = own, plan.keys
        first = keys not in self.heard
        self.heard.add(keys)
        return first

    def add(self, node: Node) -> Frame | None:
        """Another branch, the last; the point behind it, unless it is a leaf."""
        child = Child(node.step)
        if node.branches:
            earlier = self.sleep + [other.step for other in self.children]
            child.frame = Frame([step for step in earlier if not dependent(step, node.step)])
        self.children.append(child)
        return child.frame

    def place(self, key: Key) -> int:
        """Which of the branches begins with this key."""
        return next(place for place, child in enumerate(self.children) if child.step.key == key)

    def point(self) -> Point:
        """It, as workers are told of it."""
        leaves = tuple([place for place, child in enumerate(self.children) if child.frame is None])
        children = tuple([packed(child.step) for child in self.children])
        return Point(tuple(map(packed, self.sleep)), children, leaves)

    def takes(self, sequence: Sequence, own: Key | None) -> tuple[bool, Child | None]:
        """Is the sequence explored by one of the branches, and by which one that it must be planned behind, if any?

        It comes from the branch that begins with `own`, if that is one of these; what is earlier covers it then.
        """
        later = own is None
        for child in self.children:
            if child.step.key == own:
                later = True
            elif sequence.without(child.step):
                unplanned = later and (sequence.steps or sequence.last is not None)
                return True, child if unplanned and child.frame is not None else None
        return False, None


Leaf = tuple[list[Frame], list[Step]]
"""The points that lead to a leaf, and the steps that are taken there."""


def grow(frame: Frame, tree: list[Node]) -> Iterator[Leaf]:
    """Add all branches of a wakeup tree; the leaves."""
    stack: list[tuple[list[Frame], list[Step], Node]] = [([frame], [], node) for node in reversed(tree)]
    while stack:
        path, steps, node = stack.pop()
        steps = [*steps, node.step]
        behind = path[-1].add(node)
        if behind is None:
            yield path, steps
        else:
            stack += [([*path, behind], steps, branch) for branch in reversed(node.branches)]


def insert(frame: Frame, sequence: Sequence, own: Key) -> Leaf | None:
    """Make sure that what the branch `own` of a point plans for it is explored; the new leaf, if it takes one."""
    if sequence.covered_by(frame.sleep):
        return None
    path, steps = [frame], list[Step]()
    taken, child = frame.takes(sequence, own)
    while child is not None and child.frame is not None:
        steps.append(child.step)
        path.append(child.frame)
        taken, child = child.frame.takes(sequence, None)
    if taken:
        return None
    tree: list[Node] = []
    sequence.insert(tree)
    ((further, new),) = grow(path[-1], tree)
    return path + further[1:], steps + new


@dataclass(slots=True)
class Part:
    """A part of the search for one worker, behind the points of `path`: what is left of a stack, or a leaf.

    `moves` are the keys of steps that somebody has taken; a leaf's own come after them. `share` is how much of the
    whole search it is, as far as one can tell.
    """

    path: list[Frame]
    moves: tuple[Key, ...]
    work: Stack | list[Step]
    share: float

    @property
    def keys(self) -> tuple[Key, ...]:
        """The steps taken at the points of `path`, and maybe more."""
        return self.moves if isinstance(self.work, Stack) else self.moves + tuple([step.key for step in self.work])

    def branch(self, numbers: dict[Frame, int]) -> Branch:
        """It, as a worker is told of it; points are numbered as they come up."""
        stack = self.work if isinstance(self.work, Stack) else Stack(self.moves, ((),), chain(self.work))
        ways = zip(self.path, self.keys, strict=False)
        places = tuple([(numbers.setdefault(frame, len(numbers)), frame.place(key)) for frame, key in ways])
        return Branch(stack, len(self.path), places)

    def planned(self, found: Plan) -> Part | None:
        """What its worker plans; the new part, if it takes one."""
        position = found.position
        frame, own = self.path[position], self.keys[position]
        leaf = insert(frame, found.sequence(), own) if frame.news(own, found) else None
        if leaf is None:
            return None
        return Part(self.path[:position] + leaf[0], self.keys[:position], leaf[1], 0.0)

    def divided(self) -> list[Part]:
        """What is left of a stack in several parts: its first point with other branches than the current one."""
        stack = self.work
        assert isinstance(stack, Stack)
        path, levels = list(self.path), tree_of(stack.tree)
        while True:
            frame = Frame([unpacked(step) for step in stack.sleeps[len(path) - len(self.path)]])
            path.append(frame)
            current = levels[: len(path) <= len(stack.moves)]
            frame.children = [Child(node.step) for node in current]
            if len(levels) > len(current):
                break
            levels = levels[0].branches
        taken = stack.moves[: len(path) - 1]
        parts = [Part(path[:-1] + to, taken, steps, 0.0) for to, steps in grow(frame, levels[len(current) :])]
        if current:
            sleeps = stack.sleeps[len(path) - len(self.path) :]
            parts.append(Part(path, stack.moves, Stack(stack.moves, sleeps, flat(levels[0].branches)), 0.0))
        for part in parts:
            part.share = self.share / len(parts)
        return parts


def batch(parts: list[Part], names: Names, limit: int) -> Batch:
    """Parts of the search, as a worker is told of them."""
    numbers: dict[Frame, int] = {}
    branches = tuple([part.branch(numbers) for part in parts])
    return Batch(branches, tuple([frame.point() for frame in numbers]), tables(names), limit)


def chain(steps: list[Step]) -> Flat:
    """A wakeup tree, ready to travel, that is these steps."""
    return [(depth, packed(step)) for depth, step in enumerate(steps)]
