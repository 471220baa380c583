"""From an explained execution to its story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from harness.model.explanation import Account, Explanation
from harness.model.outcome import Deadlocked, Panicked, Returned
from harness.model.trace import Action, Made, Trace, judged
from harness.report.story.contents import Contents
from harness.report.story.goroutines import lanes_of
from harness.report.story.steps import lines_at, step_of
from harness.report.story.values import (
    NO_RETURN,
    PAIR,
    PANIC,
    UNRECEIVED,
    ChannelFacts,
    Content,
    Story,
    Unreceived,
)
from harness.report.text import called, printable
from harness.report.timeline import ending_of, over

PANICKING = ", which panics"
"""In the text of a step."""


def failing_story(explanation: Explanation) -> Story:
    """The execution that is objected to, with the marks of the explanation."""
    marks: defaultdict[int, list[str]] = defaultdict(list)
    if explanation.point_of_no_return is not None:
        marks[explanation.point_of_no_return.step].append(NO_RETURN)
    for step in dict.fromkeys(_decisive(explanation)):
        marks[step].append(PAIR)
    return story(explanation.failing, marks, objected=bool(explanation.oracle))


def _decisive(explanation: Explanation) -> Iterable[int]:
    """The steps whose order, or whose way, matters."""
    pairs = [step for pair in explanation.pairs for step in (pair.first, pair.second)]
    racing = explanation.grounds.racing
    pairs += [each.step for each in explanation.otherwise] + ([racing.first, racing.second] if racing else [])
    return [step for step in pairs if step is not None]


def story(account: Account, marks: Mapping[int, list[str]] | None = None, *, objected: bool = False) -> Story:
    """`marks` says of some steps why they matter; a panic is marked in any case.

    Where somebody has `objected`, values that are never received may well be why, and are marked too.
    """
    execution = account.execution
    trace = judged(execution.trace)
    contents = Contents()
    known = {made.identity: made for action in trace for made in action.made}
    created = {made.identity: made.place for made in known.values() if made.kind == "goroutine"}
    touched: dict[str, None] = {}
    filled: set[str] = set()
    changes: list[tuple[tuple[Content, ...], int | None]] = []
    for action in trace:
        changed, message = contents.advance(action)
        touched.update(dict.fromkeys([*changed, *_channels(action, known)]))
        filled.update(channel for channel in changed if contents.held[channel].items)
        changes.append((tuple([_content(contents, channel) for channel in changed]), message))
    left = [
        (channel, value, step)
        for channel in touched
        for value, step in contents.held[channel].items
        if step is not None and trace[step].participants
    ]
    found = _marks(account, trace, [step for _, _, step in left] if objected else [], marks or {})
    return Story(
        outcome=ending_of(execution),
        ending=_ending(account),
        lanes=lanes_of(account, trace, created),
        channels=tuple([_facts(known[channel]) for channel in sorted(touched, key=lambda each: each not in filled)]),
        steps=tuple([step_of(account, trace, n, *changes[n], tuple(found[n]), created) for n in range(len(trace))]),
        unreceived=tuple([Unreceived(called(known[c].name), printable(v), step) for c, v, step in left]),
        not_judged=len(execution.trace) - len(trace),
        over=over(execution),
        schedule=execution.schedule,
        clock=execution.settings.clock,
        sources={printable(place): lines_at(account, place) for place in account.sources},
    )


def _channels(action: Action, known: Mapping[str, Made]) -> Iterable[str]:
    """The channels that an action concerns, other than by looking at them in a select."""
    if action.kind == "default":
        return ()
    return [each for each in action.objects[:1] if each in known and known[each].capacity is not None]


def _content(contents: Contents, channel: str) -> Content:
    held = contents.held[channel]
    return Content(printable(channel), tuple([printable(value) for value, _ in held.items]), held.closed)


def _facts(made: Made) -> ChannelFacts:
    return ChannelFacts(printable(made.identity), called(made.name), made.capacity or 0, printable(made.place))


def _marks(
    account: Account, trace: Trace, unreceived: list[int], given: Mapping[int, list[str]]
) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for step, marks in given.items():
        found[step] += marks
    if isinstance(account.execution.outcome, Returned):  # in a deadlock or after a panic, values are left as well
        for step in unreceived:
            found[step].append(UNRECEIVED)
    if isinstance(account.execution.outcome, Panicked) and trace:
        found[len(trace) - 1].append(PANIC)
        if (raised := _raised_in(trace)) is not None:
            found[raised].append(PANIC)
    return found


def _raised_in(trace: Trace) -> int | None:
    """The step before, of the same goroutine, that panicked, if the last one only says that nobody recovers."""
    last = trace[-1]
    own = [action for action in trace[:-1] if _mover(action) == _mover(last)]
    return own[-1].step if own and last.kind == "panic" and PANICKING in own[-1].text else None


def _mover(action: Action) -> str:
    return action.participants[0].goroutine if action.participants else ""


def _ending(account: Account) -> str:
    match account.execution.outcome:
        case Returned():
            return "returned"
        case Panicked():
            return "panicked"
        case Deadlocked():
            return "deadlocked"
    return "cut off"
