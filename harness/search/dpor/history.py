"""The steps taken so far and which of them happen before which: a stack, so that going back is cheap.

A set of steps is an integer with one bit for each. For every object and label it keeps where the label occurs and
everything that happens before those steps, so that taking a step never searches the past.
"""

from __future__ import annotations

from typing import TypeAlias

from harness.model.dependence import CONFLICTING, RECEIVE, SEND
from harness.search.dpor.step import Key, Step, Touch

Bits = int
Undo: TypeAlias = tuple[dict[int, Bits], Bits, dict[int, Bits], Bits]
"""What an object's entries in `joined` and `places` were, and where they are."""
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
        self.tickets: dict[tuple[int, int, int], Bits] = {}
        self.takers: dict[int, Bits] = {}
        self.barriers: Bits = 0
        self.undo: list[Undo] = []

    def __len__(self) -> int:
        return len(self.steps)

    def count(self, touched: int, label: int, within: Bits = -1) -> int:
        """How many steps in the set `within` touch the object in this way."""
        places = self.places.get(touched)
        return (places.get(label, 0) & within).bit_count() if places else 0

    def push(self, step: Step, bases: tuple[Bits, ...]) -> Bits:
        """Append a step; returns its past."""
        steps, pasts = self.steps, self.pasts
        position = len(steps)
        here = past = 1 << position
        for base in bases:
            past |= base
        if step.barrier:
            past |= here - 1
            self.barriers |= here
        elif self.barriers:
            past |= pasts[self.barriers.bit_length() - 1]
        touches = step.touches
        for touch in touches:
            past |= self.before(touch)
        for touch in touches:
            self.record(touch, here, past)
        key, takers = step.key, self.takers
        takers[key[0]] = takers.get(key[0], 0) | here
        if len(key) > 3:
            takers[key[3]] = takers.get(key[3], 0) | here
        steps.append(step)
        pasts.append(past)
        self.bases.append(bases)
        self.index[key] = position
        return past

    def record(self, touch: Touch, here: Bits, past: Bits) -> None:
        """Note how the step at bit `here` touches an object, and what `cut` needs to forget it."""
        touched, label, ticket, _ = touch
        places = self.places.get(touched)
        if places is None:
            places = self.places[touched] = {}
            self.joined[touched] = {}
        joined = self.joined[touched]
        before, placed = joined.get(label, 0), places.get(label, 0)
        joined[label] = before | past
        places[label] = placed | here
        if label == SEND or label == RECEIVE:  # noqa: PLR1714, SIM109 - faster than a tuple
            self.tickets[touched, label, ticket] = here
        self.undo.append((joined, before, places, placed))

    def before(self, touch: Touch) -> Bits:
        """Everything that happens before a step that touches an object in this way now."""
        touched, label, ticket, capacity = touch
        joined = self.joined.get(touched)
        if not joined:
            return 0
        found = 0
        conflicting = CONFLICTING[label]
        for other, past in joined.items():
            if conflicting >> other & 1:
                if label == SEND and other == RECEIVE:
                    found |= self._past_of(touched, RECEIVE, ticket - capacity)
                elif label == RECEIVE and other == SEND:
                    found |= self._past_of(touched, SEND, ticket)
                else:
                    found |= past
        return found

    def _past_of(self, touched: int, label: int, ticket: int) -> Bits:
        here = self.tickets.get((touched, label, ticket))
        return self.pasts[here.bit_length() - 1] if here is not None else 0

    def cut(self, length: int) -> None:
        """Take back all but the first `length` steps."""
        index, takers, tickets, undo = self.index, self.takers, self.tickets, self.undo
        kept = (1 << length) - 1
        for step in reversed(self.steps[length:]):
            key = step.key
            del index[key]
            takers[key[0]] &= kept
            if len(key) > 3:
                takers[key[3]] &= kept
            for touched, label, ticket, _ in reversed(step.touches):
                joined, before, places, placed = undo.pop()
                joined[label] = before
                places[label] = placed
                if label == SEND or label == RECEIVE:  # noqa: PLR1714, SIM109
                    del tickets[touched, label, ticket]
        del self.steps[length:], self.pasts[length:], self.bases[length:]
        self.barriers &= kept

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
        found, tickets = self.barriers, self.tickets
        for goroutine in step.key[::3]:
            found |= self.takers.get(goroutine, 0)
        for touched, label, ticket, capacity in step.touches:
            places = self.places.get(touched)
            if places:
                for other, bits in places.items():
                    if CONFLICTING[label] >> other & 1:
                        if label == SEND and other == RECEIVE:
                            found |= tickets.get((touched, RECEIVE, ticket), 0)
                            found |= tickets.get((touched, RECEIVE, ticket - capacity), 0)
                        elif label == RECEIVE and other == SEND:
                            found |= tickets.get((touched, SEND, ticket), 0)
                            found |= tickets.get((touched, SEND, ticket + capacity), 0)
                        else:
                            found |= bits
        return found
