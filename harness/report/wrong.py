"""What a failing execution shows by itself, in sentences: two accesses that race, a circle, or who waits for ever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.model.explanation import Grounds, Racing, Wait
from harness.model.listing import joined
from harness.model.trace import Trace
from harness.model.wording import pending
from harness.report.text import printable
from harness.report.words import Words, short

CIRCLE = 5
"""How many goroutines of a circle are told of."""
SHOWN = 3
"""How many of a list are told one by one."""


def circle(grounds: Grounds, words: Words) -> str:
    """Who waits for whom to do what; of a large circle, the beginning."""
    names = [words.title(name) for name, _ in grounds.circle]
    waits = {wait.goroutine: words.short(pending(wait.operation)) for wait in grounds.waits}
    next_ones = [*names[1:], names[0] if len(names) > 1 else "itself"]
    deeds = [*grounds.deeds, *["go on"] * len(names)]
    told = [
        f"at {waits.get(name, short(what))} for {other} to {short(deed)}"
        for (name, what), other, deed in zip(grounds.circle, next_ones, deeds, strict=False)
    ]
    circle = ", which waits ".join(told[:CIRCLE])
    more = f", and so on through {len(told) - CIRCLE} more back to {names[0]}" if len(told) > CIRCLE else ""
    return f"{'in a circle, ' if len(told) > 1 else ''}{names[0]} waits {circle}{more}"


def racing(race: Racing, trace: Trace, words: Words) -> str:
    """The two accesses, and what is missing."""
    first = _access(race.first, trace, words)
    second = _access(race.second, trace, words) if race.second is not None else "a wait that never ends"
    return f"nothing orders {first} and {second}: {words.short(race.missing)}"


def _access(step: int, trace: Trace, words: Words) -> str:
    """One side of a race."""
    part = trace[step].participants[0]
    where = f"{printable(part.location)}, step {step}"
    return f"{words.short(part.operation)} by {words.title(part.goroutine)} ({where})"


def waiting(waits: Sequence[Wait], words: Words) -> Iterator[str]:
    """Everybody who is blocked for good, those with the same fate together."""
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for wait in waits:
        fate = wait.operation, wait.place, wait.because, wait.served
        alike.setdefault(fate, []).append(words.title(wait.goroutine))
    for (operation, place, because, served), names in alike.items():
        where = f" ({printable(place)})" if place else ""
        passes = f"; where it passes, {words.done(served)}" if served else ""
        verb = "waits" if len(names) == 1 else "wait"
        who = joined(names, SHOWN)
        at, why = words.short(pending(operation)), words.short(because)
        yield f"{who} {verb} for ever at {at}{where}: {why}{passes}"


def listed(texts: Sequence[str], between: str) -> str:
    """Some texts; of many, how many more there are."""
    found = list(texts)
    more = f"{between}{len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return between.join(found[:SHOWN]) + more
