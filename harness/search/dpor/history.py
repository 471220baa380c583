"""The steps taken so far and which of them happen before which: a stack, so that going back is cheap.

A set of steps is an integer with one bit for each. For every object and label it keeps where the label occurs and
everything that happens before those steps, so that taking a step never searches the past.
"""

from __future__ import annotations

from harness.model.dependence import CONFLICTING, CONFLICTS, RECEIVE, SEND
from harness.search.dpor.step import Key, Step, Touch

Bits = int
NOWHERE: dict[int, Bits] = {}


class History:
    """A sequence of steps.

    Attributes:
        steps: the steps, in the order in which they were taken.
        pasts: for each, the steps that happen before it, and itself.
        bases: for each, the past of every participant when it came to the operation.
        index: where a key occurs.
        places: for each object, where each label occurs.
        takers: for each goroutine, which steps it took part in.
        barriers: the steps that moved time.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.pasts: list[Bits] = []
        self.bases: list[tuple[Bits, ...]] = []
        self.index: dict[Key, int] = {}
        self.places: dict[int, dict[int, Bits]] = {}
        self.joined: dict[int, dict[int, Bits]] = {}
        self.tickets: dict[tuple[int, int, int], int] = {}
        self.takers: dict[int, Bits] = {}
        self.barriers: Bits = 0
        self.undo: list[list[Bits]] = []

    def __len__(self) -> int:
        return len(self.steps)

    def count(self, touched: int, label: int, within: Bits = -1) -> int:
        """How many steps in the set `within` touch the object in this way."""
        places = self.places.get(touched)
        return (places.get(label, 0) & within).bit_count() if places else 0

    def push(self, step: Step, bases: tuple[Bits, ...]) -> Bits:
        """Append a step; returns its past."""
        position = len(self.steps)
        here = 1 << position
        past = here
        for base in bases:
            past |= base
        if step.barrier:
            past |= here - 1
        elif self.barriers:
            past |= self.pasts[self.barriers.bit_length() - 1]
        for touch in step.touches:
            past |= self.before(touch)
        undo = []
        for touched, label, ticket, _ in step.touches:
            joined = self.joined.setdefault(touched, {})
            places = self.places.setdefault(touched, {})
            undo.append(joined.get(label, 0))
            joined[label] = joined.get(label, 0) | past
            places[label] = places.get(label, 0) | here
            if label == SEND or label == RECEIVE:  # noqa: PLR1714, SIM109 - faster than a tuple
                self.tickets[touched, label, ticket] = position
        for goroutine in step.key[::3]:
            self.takers[goroutine] = self.takers.get(goroutine, 0) | here
        self.barriers |= here if step.barrier else 0
        self.steps.append(step)
        self.pasts.append(past)
        self.bases.append(bases)
        self.index[step.key] = position
        self.undo.append(undo)
        return past

    def before(self, touch: Touch) -> Bits:
        """Everything that happens before a step that touches an object in this way now."""
        touched, label, ticket, capacity = touch
        joined = self.joined.get(touched)
        if not joined:
            return 0
        found = 0
        for other in CONFLICTS[label]:
            if other in joined:
                if label == SEND and other == RECEIVE:
                    found |= self._past_of(touched, RECEIVE, ticket - capacity)
                elif label == RECEIVE and other == SEND:
                    found |= self._past_of(touched, SEND, ticket)
                else:
                    found |= joined[other]
        return found

    def _past_of(self, touched: int, label: int, ticket: int) -> Bits:
        position = self.tickets.get((touched, label, ticket))
        return self.pasts[position] if position is not None else 0

    def pop(self) -> Step:
        """Take back the last step."""
        step = self.steps.pop()
        self.pasts.pop()
        self.bases.pop()
        del self.index[step.key]
        kept = ~(1 << len(self.steps))
        for (touched, label, ticket, _), before in zip(reversed(step.touches), reversed(self.undo.pop()), strict=True):
            self.joined[touched][label] = before
            self.places[touched][label] &= kept
            if label == SEND or label == RECEIVE:  # noqa: PLR1714, SIM109 - faster than a tuple
                del self.tickets[touched, label, ticket]
        for goroutine in step.key[::3]:
            self.takers[goroutine] &= kept
        self.barriers &= kept
        return step

    def touching(self, objects: Bits) -> Bits:
        """All steps that touch one of some objects."""
        found = 0
        while objects:
            lowest = objects & -objects
            objects ^= lowest
            for bits in self.places.get(lowest.bit_length() - 1, NOWHERE).values():
                found |= bits
        return found

    def dependent(self, step: Step) -> Bits:
        """All steps that depend on `step`, which need not be one of them."""
        if step.barrier:
            return (1 << len(self.steps)) - 1
        found = self.barriers
        for goroutine in step.key[::3]:
            found |= self.takers.get(goroutine, 0)
        for touched, label, ticket, capacity in step.touches:
            places = self.places.get(touched)
            if places:
                for other, bits in places.items():
                    if CONFLICTING[label] >> other & 1:
                        if label == SEND and other == RECEIVE:
                            found |= self._at(touched, RECEIVE, ticket) | self._at(touched, RECEIVE, ticket - capacity)
                        elif label == RECEIVE and other == SEND:
                            found |= self._at(touched, SEND, ticket) | self._at(touched, SEND, ticket + capacity)
                        else:
                            found |= bits
        return found

    def _at(self, touched: int, label: int, ticket: int) -> Bits:
        position = self.tickets.get((touched, label, ticket))
        return 1 << position if position is not None else 0
