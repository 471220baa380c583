"""One paragraph about a finding, in plain words and in at most six sentences, to be pasted into a bug report.

It says what is violated, what the execution shows by itself, which operations came in the wrong order, what happened
between them, that the other order was executed and passes, and where it was decided: each only as far as it is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harness.model.explanation import (
    Explanation,
    Grounds,
    Looked,
    OrderedPair,
    OtherWay,
    PointOfNoReturn,
    Racing,
    Wait,
)
from harness.model.listing import joined
from harness.model.trace import Action
from harness.model.wording import pending
from harness.report.text import count, printable
from harness.report.words import Words, aliases_of, short

MOST = 6
"""Sentences."""
CIRCLE = 5
"""How many goroutines of a circle are told of."""
SHOWN = 3
"""How many of a list are told one by one."""


def paragraph_of(explanation: Explanation) -> str:
    """The sentences, one after the other; empty if nobody objects."""
    return " ".join(sentences(explanation))


def sentences(explanation: Explanation) -> tuple[str, ...]:
    """At most six, each with its full stop."""
    if not explanation.oracle:
        return ()
    found = tuple(_Teller(explanation).told())
    assert len(found) <= MOST
    return tuple([f"{sentence[0].upper()}{sentence[1:]}." for sentence in found])


class _Teller:
    """Tells of one finding, with the short names of its goroutines; `there` is the passing execution."""

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation
        execution = explanation.failing.execution
        self.trace = execution.trace
        self.there = explanation.passing.execution.trace if explanation.passing is not None else ()
        left = [waiting.goroutine for waiting in (*execution.waiting, *execution.running)]
        named = [part.goroutine for action in (*self.trace, *self.there) for part in action.participants]
        awaited = [each for stuck in execution.ending.stuck for each in stuck.awaited]
        contexts = {f"Channel@{each.identity}": each.name for each in awaited if each.wanted == "done"}
        self.words = Words(tuple(dict.fromkeys([*named, *left])), {**aliases_of(self.trace), **contexts})

    def told(self) -> Iterator[str]:
        """The sentences, without their full stops."""
        yield self.violated()
        yield from self.shown()
        yield from self.ordered()
        yield from self.decided()

    # -- what is wrong -----------------------------------------------------------------------------------------

    def violated(self) -> str:
        """Who objects, and why; in short, if the details come in the next sentence."""
        explanation, grounds = self.explanation, self.explanation.grounds
        brief = grounds.racing is not None or grounds.waits
        message = explanation.message.partition(": ")[0] if brief else explanation.message
        message = self.words.renamed(message).rstrip(" .:")  # the sentence has its own end
        plan = f" under the plan {short(explanation.plan)}" if explanation.plan else ""
        return f"`{printable(explanation.oracle)}` is violated{plan}: {short(message)}"

    def shown(self) -> Iterator[str]:
        """The race, or who waits for whom."""
        grounds = self.explanation.grounds
        if grounds.racing is not None:
            yield self.racing(grounds.racing)
        elif grounds.circle:
            yield self.circle(grounds)
        elif grounds.waits:
            yield "at the end " + _listed(list(self.waiting(grounds.waits)), ", and ")

    def circle(self, grounds: Grounds) -> str:
        """Who waits for whom to do what; of a large circle, the beginning."""
        names = [self.words.title(name) for name, _ in grounds.circle]
        waits = {wait.goroutine: self.words.short(pending(wait.operation)) for wait in grounds.waits}
        next_ones = [*names[1:], names[0] if len(names) > 1 else "itself"]
        deeds = [*grounds.deeds, *["go on"] * len(names)]
        told = [
            f"at {waits.get(name, short(what))} for {other} to {short(deed)}"
            for (name, what), other, deed in zip(grounds.circle, next_ones, deeds, strict=False)
        ]
        circle = ", which waits ".join(told[:CIRCLE])
        more = f", and so on through {len(told) - CIRCLE} more back to {names[0]}" if len(told) > CIRCLE else ""
        return f"{'in a circle, ' if len(told) > 1 else ''}{names[0]} waits {circle}{more}"

    def racing(self, racing: Racing) -> str:
        """The two accesses, and what is missing."""
        first = self.access(racing.first)
        second = self.access(racing.second) if racing.second is not None else "a wait that never ends"
        return f"nothing orders {first} and {second}: {self.words.short(racing.missing)}"

    def access(self, step: int) -> str:
        """One side of a race."""
        part = self.trace[step].participants[0]
        where = f"{printable(part.location)}, step {step}"
        return f"{self.words.short(part.operation)} by {self.words.title(part.goroutine)} ({where})"

    def waiting(self, waits: Sequence[Wait]) -> Iterator[str]:
        """Everybody who is blocked for good, those with the same fate together."""
        alike: dict[tuple[str, str, str, str], list[str]] = {}
        for wait in waits:
            fate = wait.operation, wait.place, wait.because, wait.served
            alike.setdefault(fate, []).append(self.words.title(wait.goroutine))
        for (operation, place, because, served), names in alike.items():
            where = f" ({printable(place)})" if place else ""
            passes = f"; where it passes, {self.words.done(served)}" if served else ""
            verb = "waits" if len(names) == 1 else "wait"
            who = joined(names, SHOWN)
            at, why = self.words.short(pending(operation)), self.words.short(because)
            yield f"{who} {verb} for ever at {at}{where}: {why}{passes}"

    # -- what matters ------------------------------------------------------------------------------------------

    def ordered(self) -> Iterator[str]:
        """What came too early, what happened until then, and that the other order passes."""
        explanation = self.explanation
        if not explanation.pairs and not explanation.otherwise:
            return
        told = [self.pair(pair) for pair in explanation.pairs]
        known = {pair.first for pair in explanation.pairs}
        told += [self.other_way(each, again=each.step in known) for each in explanation.otherwise]
        yield "what matters is that " + _listed(told, ", and that ")
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
        passes = (
            "passes" if looked is None or not looked.but[0] else f"does not violate it, but violates {self.but(looked)}"
        )
        return f"an execution with {order}, and all else as it was as far as that is possible, {passes}{unsure}"

    def but(self, looked: Looked) -> str:
        """What is wrong with another execution."""
        oracle, message = looked.but
        return f"`{printable(oracle)}` ({self.words.short(message.partition(': ')[0]).rstrip(' .:')})"

    # -- where it was decided ----------------------------------------------------------------------------------

    def decided(self) -> Iterator[str]:
        """The point of no return, or why there is none."""
        looked, point = self.explanation.looked, self.explanation.point_of_no_return
        if looked is None:
            return
        tried = count(looked.executions, "execution")
        if not looked.complete:
            yield f"where it was decided is not known: the search was stopped after {tried}"
        elif looked.always:
            yield self.always(looked, tried)
        elif point is None:
            yield "nothing was final when it was cut off: an execution that goes on from there passes"
        else:
            saved, well = self.saved(point), "pass" if not looked.but[0] else "come out otherwise"
            saved = f"; if {saved}, it could still {well}" if saved else ""
            yield f"the point of no return is step {point.step}, after which every continuation fails{saved}"

    def saved(self, point: PointOfNoReturn) -> str:
        """What would have had to come before the point of no return, or instead."""
        if point.before:
            return self.words.to_do(point.alternative, "were first to")
        deed = self.words.to_do(point.alternative, "were to")
        return f"instead {deed}" if deed else ""

    def always(self, looked: Looked, tried: str) -> str:
        """Every schedule fails, but not always in the same way."""
        if not looked.unlike:
            return f"it is no matter of timing: every schedule of this program fails ({tried}, one of each class)"
        how = f"violating {self.but(looked)}" if looked.but[0] else "in which main does not return"
        some = f"{looked.unlike} of them in another way"
        return f"every schedule of this program fails ({tried}, one of each class), but {some}, {how}"


def _telling(steps: Sequence[Action]) -> Sequence[Action]:
    """A few of these steps: writes to the client say most, else the first ones."""
    if len(steps) <= SHOWN:
        return steps
    chosen = sorted(steps, key=lambda action: action.kind != "write")[:SHOWN]
    return sorted(chosen, key=lambda action: action.step)


def _listed(texts: Iterable[str], between: str) -> str:
    """Some texts; of many, how many more there are."""
    found = list(texts)
    more = f"{between}{len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return between.join(found[:SHOWN]) + more
