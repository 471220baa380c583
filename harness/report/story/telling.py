"""From an explained execution to its story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from harness.model.ending import Left
from harness.model.explanation import Account, Explanation
from harness.model.outcome import Deadlocked, Panicked, Returned
from harness.model.trace import Action, Made, Participant, Trace
from harness.report.story.contents import Contents
from harness.report.story.titles import middle, titles
from harness.report.story.values import (
    NO_RETURN,
    PAIR,
    PANIC,
    UNRECEIVED,
    ChannelFacts,
    Content,
    Lane,
    Line,
    Part,
    Step,
    Story,
    Unreceived,
)
from harness.report.text import printable
from harness.report.timeline import UNKNOWN, ending_of

MAIN = "main"
TAB = 4
VALUE_LIMIT = 22  # characters of a value in a label
KIT = "harness/"  # how the places of our own files begin


def failing_story(explanation: Explanation) -> Story:
    """The execution that is objected to, with the marks of the explanation."""
    marks: defaultdict[int, list[str]] = defaultdict(list)
    if explanation.point_of_no_return is not None:
        marks[explanation.point_of_no_return.step].append(NO_RETURN)
    for step in dict.fromkeys(step for pair in explanation.pairs for step in (pair.first, pair.second)):
        marks[step].append(PAIR)
    return story(explanation.failing, marks)


def story(account: Account, marks: Mapping[int, list[str]] | None = None) -> Story:
    """`marks` says of some steps why they matter; panics and values that are never received are marked in any case."""
    execution = account.execution
    trace = tuple(action for action in execution.trace if not action.after_panic)
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
    found = _marks(account, trace, [step for _, _, step in left], marks or {})
    return Story(
        outcome=ending_of(execution),
        ending=_ending(account),
        lanes=_lanes(account, trace, created),
        channels=tuple([_facts(known[channel]) for channel in sorted(touched, key=lambda each: each not in filled)]),
        steps=tuple([_step(account, trace, n, *changes[n], tuple(found[n]), created) for n in range(len(trace))]),
        unreceived=tuple([Unreceived(printable(known[c].name), printable(v), step) for c, v, step in left]),
        not_judged=len(execution.trace) - len(trace),
        schedule=execution.schedule,
        clock=execution.settings.clock,
        sources={printable(place): _lines(account, place) for place in account.sources},
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
    return ChannelFacts(printable(made.identity), printable(made.name), made.capacity or 0, printable(made.place))


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
    """The step before, of the same goroutine, if the last one only says that nobody recovers."""
    last = trace[-1]
    own = [action.step for action in trace[:-1] if _mover(action) == _mover(last)]
    return own[-1] if own and last.kind == "panic" else None


def _mover(action: Action) -> str:
    return action.participants[0].goroutine if action.participants else ""


def _step(
    account: Account,
    trace: Trace,
    number: int,
    contents: tuple[Content, ...],
    message: int | None,
    marks: tuple[str, ...],
    created: Mapping[str, str],
) -> Step:
    action = trace[number]
    first = action.participants[0] if action.participants else None
    chosen = first is not None and first.operation.startswith("select {") and action.kind != "default"
    return Step(
        number=action.step,
        time=action.time,
        index=action.index,
        alternatives=action.alternatives,
        kind=action.kind,
        object=printable(action.name),
        value=printable(action.value),
        text=printable(f"{'select: ' if chosen else ''}{action.text}"),
        label=printable(_label(action)),
        parts=tuple([_part(account, each, created) for each in action.participants]),
        starts=tuple(map(printable, action.spawned)),
        before=account.before[number] if number < len(account.before) else (),
        message=message,
        contents=contents,
        marks=marks,
    )


def _label(action: Action) -> str:
    """What happens in as few words as can be; what follows from it, such as a panic, included."""
    value = middle(action.value, VALUE_LIMIT)
    match action.kind:
        case "send":
            return f"send {value} on {action.name}"
        case "rendezvous":
            return f"send {value} on {action.name}"
        case "receive":
            return f"receive {value} from {action.name}"
        case "receive_closed":
            return f"receive from closed {action.name}"
        case "default":
            return "select: nothing ready, default"
    return action.text


def _part(account: Account, participant: Participant, created: Mapping[str, str]) -> Part:
    place = "" if participant.location == UNKNOWN else participant.location
    here = [line for line in _lines(account, place) if line.here]
    started = created.get(participant.goroutine, "")
    return Part(
        goroutine=printable(participant.goroutine),
        operation=printable(participant.operation),
        place=printable(place),
        source=here[0].text.strip() if here else "",
        via=printable(started) if place.startswith(KIT) and not started.startswith(KIT) else "",
    )


def _lines(account: Account, place: str) -> tuple[Line, ...]:
    snippet = account.sources.get(place)
    if snippet is None:
        return ()
    meant = int(place.rpartition(":")[2])
    numbered = enumerate(snippet.lines, start=snippet.first)
    return tuple([Line(number, printable(text.expandtabs(TAB)), number == meant) for number, text in numbered])


def _ending(account: Account) -> str:
    match account.execution.outcome:
        case Returned():
            return "returned"
        case Panicked():
            return "panicked"
        case Deadlocked():
            return "deadlocked"
    return "cut off"


def _lanes(account: Account, trace: Trace, created: Mapping[str, str]) -> tuple[Lane, ...]:
    """Everybody who came into being before the end."""
    started: dict[str, int | None] = {MAIN: None, **dict.fromkeys(created)}
    for action in trace:
        made = [each.identity for each in action.made if each.kind == "goroutine"] if action.step else []
        started.update(dict.fromkeys([*made, *action.spawned], action.step))  # one that never waits is only made
    last = {participant.goroutine: action.step for action in trace for participant in action.participants}
    called = titles([printable(name) for name in started])
    ending = account.execution.ending
    left = {each.goroutine: each for each in (*ending.stuck, *ending.running)}
    stuck = {waiting.goroutine for waiting in account.execution.waiting}
    return tuple(
        [
            Lane(
                name=printable(name),
                title=called[printable(name)],
                created=printable(created.get(name, "")),
                started=started[name],
                last=last.get(name),
                ending=_ending_of(account, name, left.get(name)),
                blocked=name in stuck,
                place=printable(left[name].location) if name in left else "",
            )
            for name in started
        ]
    )


def _ending_of(account: Account, name: str, left: Left | None) -> str:
    outcome = account.execution.outcome
    if isinstance(outcome, Panicked):
        return "panicked" if outcome.goroutine == name else ""
    return printable(left.operation) if left is not None else "returned"
