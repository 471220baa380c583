"""Which steps of a trace happen before which: the Go memory model (version of June 6, 2022), as a fold.

A set of steps is an integer with one bit for each step: the information of a vector clock, and joining two is `|`.
Every goroutine has its past: the steps that happen before its next one. An operation that is synchronized before
others leaves its past, itself included, at the object; those others pick it up there (`harness.detect.rules`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from harness.detect.rules import RULES, Objects, Steps
from harness.model.trace import Action, Trace


def with_pasts(trace: Trace) -> Iterator[tuple[Action, Steps]]:
    """Each action with the steps that happen before its goroutine starts it (the sender, in a rendezvous).

    Ends where an unrecovered panic would have ended the process.
    """
    order = Order()
    for action in trace:
        if action.after_panic:
            return
        yield action, order.advance(action)


def predecessors(trace: Trace) -> tuple[tuple[int, ...], ...]:
    """For each step, those that happen immediately before its completion: the transitive reduction, ascending.

    Unlike `with_pasts` this counts what an operation picks up by completing: a receive comes after its send.
    """
    order, pasts, found = Order(), list[Steps](), list[tuple[int, ...]]()
    for action in trace:
        if action.after_panic:
            break
        order.advance(action)
        past = 0
        for participant in action.participants:
            past |= order.past_of(participant.goroutine)
        pasts.append(past & ~(1 << action.step))
        found.append(_maximal(pasts[-1], pasts))
    return tuple(found)


def _maximal(steps: Steps, pasts: list[Steps]) -> tuple[int, ...]:
    """Those of `steps` that happen before no other of them, given everybody's past."""
    found: list[int] = []
    while steps:
        last = steps.bit_length() - 1  # nothing after it is left, so it is maximal
        found.append(last)
        steps &= ~(pasts[last] | 1 << last)
    return tuple(found[::-1])


class Order:
    """What happens before whatever comes next, after some actions of a trace."""

    def __init__(self) -> None:
        self.past: defaultdict[str, Steps] = defaultdict(int)
        self.objects = Objects()

    def advance(self, action: Action) -> Steps:
        """Take one action; returns the past of the goroutine that took it, as it was before."""
        if not action.participants:
            for channel in action.objects[1:]:  # a deadline was set before it closes the done channel
                self.objects.left[channel] = self.objects.left_by_reset[action.objects[0]]
            self.begin(action, 0)
            return 0
        goroutines = [participant.goroutine for participant in action.participants]
        before = self.past[goroutines[0]]
        here = before | 1 << action.step
        for receiver in goroutines[1:]:
            here |= self.past[receiver]
        rule = RULES.get(action.kind)
        if rule is not None:
            here |= rule(self.objects, action, here)
        for goroutine in goroutines:
            self.past[goroutine] = here
        if action.spawned or action.armed:
            self.begin(action, here)
        return before

    def begin(self, action: Action, here: Steps) -> None:
        """Goroutines have started in this step, and timers were told to start some later.

        Package time and package context do not say so, but in Go the call of AfterFunc, or of Reset, comes before the
        function starts, and so does the call of a cancel function: all of them hand over under a lock.
        """
        launched = dict(action.launched)
        self.arm(action, [armer for armer, _ in action.armed if armer not in action.spawned])
        for child in action.spawned:
            launcher = launched.get(child)
            if launcher is None:
                self.past[child] = self.past[self.parent(child)]
            else:
                self.past[child] = self.objects.left_by_reset[launcher] | here
            self.arm(action, [child])

    def arm(self, action: Action, armers: list[str]) -> None:
        """Some goroutines have told timers to start others later."""
        for armer, launcher in action.armed:
            if armer in armers:
                self.objects.left_by_reset[launcher] = self.past[armer]

    def past_of(self, goroutine: str) -> Steps:
        """What happens before the next step of a goroutine, which may not have taken any."""
        return self.past.get(goroutine, 0)

    def parent(self, child: str) -> str:
        """The nearest ancestor, by name, that lived to reach an operation.

        Section "Goroutine creation": the go statement is synchronized before the child starts. Children start in
        the step that their parent has just completed, so the parent's past is what it was at the go statement.
        """
        parent = child.rpartition("/")[0]
        while parent and parent not in self.past:
            parent = parent.rpartition("/")[0]
        return parent
