"""A step as partial-order reduction sees it: in numbers that mean the same in every execution of a program.

A key names what is consumed and how: `(goroutine, its how-manieth operation, way)`, twice in a row for a rendezvous,
and `(timer, its how-manieth firing, 0)` for the clock, whose timers have negative numbers. Two executions that take the
same keys up to the order of independent steps are of one class.
"""

from __future__ import annotations

from typing import TypeAlias

from harness.model.dependence import CONFLICTING, RECEIVE, SEND, Label, tickets_conflict
from harness.model.operation import Operation
from harness.search.dpor.options import Options

Key: TypeAlias = tuple[int, ...]
Touch: TypeAlias = tuple[int, Label, int, int]
"""Object, label, ticket (how many sends, or receives, came before on a channel) and the channel's capacity."""


class Step:
    """One transition that was taken, or that is planned to be.

    Attributes:
        key: see above.
        goroutines: bits of the goroutines that take part.
        objects: bits of the objects touched.
        touches: how they are touched; `labels` are bits of the labels in it.
        barrier: it moves time, so it depends on everything.
        operations: the operations that it completes.
        consequences: those of `touches` that showed only when the step was taken.
        early: it moved time although goroutines could still run, which may happen a limited number of times.
        plain: its operation could be completed in one way only.
        options: what else its operations allow, once somebody has asked.
    """

    __slots__ = (
        "barrier",
        "consequences",
        "early",
        "goroutines",
        "key",
        "labels",
        "objects",
        "operations",
        "options",
        "plain",
        "touches",
    )

    def __init__(
        self, key: Key, goroutines: int, touches: tuple[Touch, ...], barrier: bool, operations: tuple[Operation, ...]
    ) -> None:
        self.key = key
        self.goroutines = goroutines
        self.touches = touches
        self.barrier = barrier
        self.operations = operations
        self.consequences: tuple[Touch, ...] = ()
        self.early = False
        self.plain = len(operations) == 1 and operations[0][0].plain
        self.options: tuple[Options, ...] | None = None
        objects = labels = 0
        for touched, label, _, _ in touches:
            objects |= 1 << touched
            labels |= 1 << label
        self.objects = objects
        self.labels = labels

    def with_consequences(self, touches: tuple[Touch, ...]) -> Step:
        """The same step, which also turned out to touch this."""
        if not touches:
            return self
        step = Step(self.key, self.goroutines, self.touches + touches, self.barrier, self.operations)
        step.consequences = touches
        step.early = self.early
        return step

    def __repr__(self) -> str:
        return f"<step {self.key} {self.touches}>"


def dependent(one: Step, other: Step) -> bool:
    """May the order of these two steps matter?"""
    if one.goroutines & other.goroutines or one.barrier or other.barrier:
        return True
    if not one.objects & other.objects:
        return False
    for touched, label, ticket, capacity in one.touches:
        for touched_too, other_label, other_ticket, _ in other.touches:
            if touched == touched_too and CONFLICTING[label] >> other_label & 1:
                if label == SEND and other_label == RECEIVE:
                    if tickets_conflict(ticket, other_ticket, capacity):
                        return True
                elif label == RECEIVE and other_label == SEND:
                    if tickets_conflict(other_ticket, ticket, capacity):
                        return True
                else:
                    return True
    return False
