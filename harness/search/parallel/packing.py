"""What of a search travels between processes: steps in numbers, without the operations, which replaying fills in again.

Wakeup trees, which can be as deep as executions are long, travel flat. Every worker goes on numbering the goroutines,
objects and timers that it sees for the first time; what it sends back is renumbered into the numbers of all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from harness.search.dpor.history import Bits, History
from harness.search.dpor.names import Names
from harness.search.dpor.step import Key, Step, Touch
from harness.search.dpor.wakeup import Node, Sequence

Packed: TypeAlias = tuple[Key, tuple[Touch, ...], bool, bool, bool, int]
"""A step: key, touches, barrier, early, plain, and how many of the touches, the last ones, are consequences."""

Flat: TypeAlias = list[tuple[int, Packed]]
"""A wakeup tree: the depth and the step of each branch, every one before those that come after it."""


Sleeping: TypeAlias = tuple[Packed, ...]
"""What sleeps at a point."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Where a search stands: the moves, and for each point from the first that has a tree on, what sleeps there.

    `tree` is the wakeup tree of the first of these points; along the moves it contains those of the others.
    """

    moves: tuple[Key, ...]
    sleeps: tuple[Sleeping, ...]
    tree: Flat


@dataclass(frozen=True, slots=True)
class Plan:
    """A sequence to be explored from `position` on: steps, each with its past within the sequence, and a last one."""

    position: int
    steps: tuple[tuple[Packed, Bits], ...]
    last: Packed | None

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys of all steps."""
        found = tuple([step[0] for step, _ in self.steps])
        return found if self.last is None else (*found, self.last[0])

    def sequence(self) -> Sequence:
        """It, for a look at wakeup trees."""
        history = History()
        for step, past in self.steps:
            history.push(unpacked(step), (past,))
        sequence = Sequence(history, (1 << len(history)) - 1, NO_STEP, {})
        sequence.last = None if self.last is None else unpacked(self.last)
        return sequence


def packed(step: Step) -> Packed:
    """A step, ready to travel."""
    return step.key, step.touches, step.barrier, step.early, step.plain, len(step.consequences)


def unpacked(found: Packed) -> Step:
    """A step that has arrived."""
    key, touches, barrier, early, plain, consequences = found
    goroutines = 0
    if key[0] >= 0:
        for goroutine in key[::3]:
            goroutines |= 1 << goroutine
    step = Step(key, goroutines, touches, barrier, ())
    step.early, step.plain = early, plain
    step.consequences = touches[len(touches) - consequences :]
    return step


NO_STEP = unpacked(((-1, 0, 0), (), False, False, False, 0))


def flat(tree: Iterable[Node]) -> Flat:
    """A wakeup tree, ready to travel."""
    found: Flat = []
    stack = [(0, node) for node in reversed(list(tree))]
    while stack:
        depth, node = stack.pop()
        found.append((depth, packed(node.step)))
        stack += [(depth + 1, branch) for branch in reversed(node.branches)]
    return found


def tree_of(found: Flat) -> list[Node]:
    """A wakeup tree that has arrived."""
    levels: list[list[Node]] = [[]]
    for depth, step in found:
        node = Node(unpacked(step))
        levels[depth].append(node)
        levels[depth + 1 :] = [node.branches]
    return levels[0]


def plan_of(position: int, sequence: Sequence) -> Plan:
    """What is left of a sequence of the current history, ready to travel."""
    history = sequence.history
    places = [place for place in range(len(history)) if sequence.steps >> place & 1]
    steps: list[tuple[Packed, Bits]] = []
    for place in places:
        past, remaining = 0, history.pasts[place]
        for at, other in enumerate(places[: len(steps) + 1]):
            if remaining >> other & 1:
                past |= 1 << at
        steps.append((packed(history.steps[place]), past))
    return Plan(position, tuple(steps), None if sequence.last is None else packed(sequence.last))


# -- names -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tables:
    """Names that travel: what has each number, in the order of the numbers."""

    goroutines: tuple[tuple[int, int], ...] = ()
    objects: tuple[tuple[int, int], ...] = ()
    timers: tuple[Any, ...] = ()
    totally_ordered: frozenset[int] = frozenset()
    consequences: bool = False


def tables(names: Names) -> Tables:
    """All names that have been given."""
    return Tables(
        tuple(names.goroutines),
        tuple(names.objects),
        tuple(names.timers),
        frozenset(names.totally_ordered),
        names.consequences,
    )


def names_of(found: Tables) -> Names:
    """Names that have arrived."""
    names = Names()
    for goroutine in found.goroutines:
        names.goroutine(*goroutine)
    for touched in found.objects:
        names.object(*touched)
    for timer in found.timers:
        names.timer(timer)
    names.totally_ordered = set(found.totally_ordered)
    names.consequences = found.consequences
    return names


class Renumbering:
    """From the numbers of a worker to those of `names`, which learn what they do not know yet."""

    def __init__(self, names: Names, theirs: Tables) -> None:
        self.goroutines = {-1: -1}
        self.objects = {0: 0}
        self.timers: dict[int, int] = {}
        for number, (parent, position) in enumerate(theirs.goroutines):
            self.goroutines[number] = names.goroutine(self.goroutines[parent], position)
        for number, (creator, position) in enumerate(theirs.objects, 1):
            self.objects[number] = names.object(self.goroutines[creator], position)
        for number, timer in enumerate(theirs.timers, 1):
            known = (self.goroutines[timer[0]], timer[1]) if type(timer) is tuple else timer
            self.timers[-number] = names.timer(known)
        every = *self.goroutines.items(), *self.objects.items(), *self.timers.items()
        self.changes = any(before != after for before, after in every)

    def key(self, key: Key) -> Key:
        """A key in our numbers."""
        if key[0] < 0:
            return (self.timers[key[0]], *key[1:])
        found = self.goroutines
        return tuple([number if place % 3 else found[number] for place, number in enumerate(key)])

    def step(self, step: Packed) -> Packed:
        """A step in our numbers."""
        if not self.changes:
            return step
        touches = tuple([(self.objects[touch[0]], *touch[1:]) for touch in step[1]])
        return self.key(step[0]), touches, *step[2:]

    def stack(self, stack: Stack) -> Stack:
        """A stack in our numbers."""
        if not self.changes:
            return stack
        sleeps = tuple([tuple(map(self.step, sleeping)) for sleeping in stack.sleeps])
        tree = [(depth, self.step(step)) for depth, step in stack.tree]
        return Stack(tuple(map(self.key, stack.moves)), sleeps, tree)

    def plan(self, plan: Plan) -> Plan:
        """A plan in our numbers."""
        if not self.changes:
            return plan
        steps = tuple([(self.step(step), past) for step, past in plan.steps])
        return Plan(plan.position, steps, None if plan.last is None else self.step(plan.last))
