"""One paragraph about a finding, in plain words and in at most six sentences, to be pasted into a bug report.

It says what is violated, what the execution shows by itself, which operations came in the wrong order, what happened
between them, that the other order was executed and passes, and where it was decided: each only as far as it is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.explanation import Explanation, Looked, PointOfNoReturn
from harness.report.changes import Changes, but
from harness.report.text import count, printable
from harness.report.words import Words, aliases_of, short
from harness.report.wrong import circle, listed, racing, waiting

MOST = 6
"""Sentences."""


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
    """Tells of one finding, with the short names of its goroutines."""

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation
        execution = explanation.failing.execution
        there = explanation.passing.execution.trace if explanation.passing is not None else ()
        left = [waiting.goroutine for waiting in (*execution.waiting, *execution.running)]
        named = [part.goroutine for action in (*execution.trace, *there) for part in action.participants]
        awaited = [each for stuck in execution.ending.stuck for each in stuck.awaited]
        contexts = {f"Channel@{each.identity}": each.name for each in awaited if each.wanted == "done"}
        self.words = Words(tuple(dict.fromkeys([*named, *left])), {**aliases_of(execution.trace), **contexts})

    def told(self) -> Iterator[str]:
        """The sentences, without their full stops."""
        yield self.violated()
        yield from self.shown()
        yield from Changes(self.explanation, self.words).told()
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
            yield racing(grounds.racing, self.explanation.failing.execution.trace, self.words)
        elif grounds.circle:
            yield circle(grounds, self.words)
        elif grounds.waits:
            yield "at the end " + listed(list(waiting(grounds.waits, self.words)), ", and ")

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
        how = f"violating {but(looked, self.words)}" if looked.but[0] else "in which main does not return"
        some = f"{looked.unlike} of them in another way"
        return f"every schedule of this program fails ({tried}, one of each class), but {some}, {how}"
