"""What matters in a failing execution, in sentences: which operations came in the wrong order, or in the wrong way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.model.explanation import Explanation, Looked, OrderedPair, OtherWay
from harness.model.listing import joined
from harness.model.trace import Action
from harness.report.text import printable
from harness.report.words import Words
from harness.report.wrong import SHOWN, listed


class Changes:
    """Tells what makes the difference; `trace` is the failing execution, and `there` the passing one."""

    def __init__(self, explanation: Explanation, words: Words) -> None:
        self.explanation = explanation
        self.words = words
        self.trace = explanation.failing.execution.trace
        self.there = explanation.passing.execution.trace if explanation.passing is not None else ()

    def told(self) -> Iterator[str]:
        """What came too early, what happened until then, and that the other order passes."""
        explanation = self.explanation
        if not explanation.pairs and not explanation.otherwise:
            return
        told = [self.pair(pair) for pair in explanation.pairs]
        known = {pair.first for pair in explanation.pairs}
        told += [self.other_way(each, again=each.step in known) for each in explanation.otherwise]
        yield "what matters is that " + listed(told, ", and that ")
        if len(explanation.pairs) == 1 and (between := self.between(explanation.pairs[0])):
            yield f"in between, {between}"
        yield self.executed()

    def pair(self, pair: OrderedPair) -> str:
        """Two operations in the order in which they came, and what the other order makes of them."""
        if pair.second is None:
            return f"{self.step(pair.first)} without waiting for {self.words.to_do(pair.other, 'to')}"
        action, who = self.trace[pair.second], pair.actors[1]
        first = f"{self.words.deed(self.trace[pair.first], pair.actors[0])} (step {pair.first})"
        then, other, changed = self.words.deed(action, who), self.otherwise(pair, 1), self.otherwise(pair, 0)
        if other and any(
            part.goroutine == who and part.operation.startswith("select {") for part in action.participants
        ):
            subject = self.words.title(who)
            come = f"{subject} comes to its select (step {pair.second}), which then {then.removeprefix(f'{subject} ')}"
            return f"{first} before {come}; had the select come first, {other}"
        had = f"; had that come first, {other or changed}" if other or changed else ""
        return f"{first} before {then} (step {pair.second}){had}"

    def otherwise(self, pair: OrderedPair, which: int) -> str:
        """What one of the two would have come to in the other order, if that is different, and all that is changed."""
        here, there, who = (pair.first, pair.second)[which], pair.there[which], pair.actors[which]
        several = len(self.explanation.pairs) + len(self.explanation.otherwise) > 1
        if several or here is None or there is None or there >= len(self.there):
            return ""
        found = self.words.had(self.there[there], who)
        return found if found != self.words.had(self.trace[here], who) else ""

    def other_way(self, way: OtherWay, *, again: bool) -> str:
        """A step that could have been another one; `again`, if it has been told of already."""
        which = "this" if again else f"{self.step(way.step)}, which"
        if way.there is None or way.there >= len(self.there):
            return f"{which} could have been done in another way"
        had = self.words.had(self.there[way.there], way.actor)
        return (
            f"{'there' if again else self.step(way.step) + ', where'} {had.replace(' would have ', ' could have ', 1)}"
        )

    def step(self, number: int) -> str:
        """Who does what in a step, with its number."""
        return f"{self.words.deed(self.trace[number])} (step {number})"

    def between(self, pair: OrderedPair) -> str:
        """What whoever came first went on to do until the other one came; empty if that is nothing."""
        who = {part.goroutine for part in self.trace[pair.first].participants}
        steps = [
            action
            for action in self.trace[pair.first + 1 : pair.second if pair.second is not None else pair.first]
            if who.intersection(part.goroutine for part in action.participants)
        ]
        return joined([self.step(action.step) for action in _telling(steps)], SHOWN)

    def executed(self) -> str:
        """That the changes are enough."""
        changes = len(self.explanation.pairs) + len(self.explanation.otherwise)
        order = "the other order" if self.explanation.pairs else "the other way"
        if changes > 1:
            order = "all of this the other way round"
        looked = self.explanation.looked
        unsure = "" if looked is None or looked.nearest else " (not all that is nearer was tried)"
        passes = "passes"
        if looked is not None and looked.but[0]:
            passes = f"does not violate it, but violates {but(looked, self.words)}"
        return f"an execution with {order}, and all else as it was as far as that is possible, {passes}{unsure}"


def but(looked: Looked, words: Words) -> str:
    """What is wrong with another execution."""
    oracle, message = looked.but
    return f"`{printable(oracle)}` ({words.short(message.partition(': ')[0]).rstrip(' .:')})"


def _telling(steps: Sequence[Action]) -> Sequence[Action]:
    """A few of these steps: writes to the client say most, else the first ones."""
    if len(steps) <= SHOWN:
        return steps
    chosen = sorted(steps, key=lambda action: action.kind != "write")[:SHOWN]
    return sorted(chosen, key=lambda action: action.step)
