"""The steps of a story: what happens, in more words and in fewer, and where in the source."""

from __future__ import annotations

from collections.abc import Mapping

from harness.model.explanation import Account
from harness.model.trace import Action, Participant, Trace
from harness.report.story.values import Content, Line, Part, Step
from harness.report.text import brief, called, middle, printable
from harness.report.timeline import UNKNOWN, told

TAB = 4
VALUE_LIMIT = 22  # characters of a value in a label
KIT = "harness/"  # how the places of our own files begin


def step_of(
    account: Account,
    trace: Trace,
    number: int,
    contents: tuple[Content, ...],
    message: int | None,
    marks: tuple[str, ...],
    created: Mapping[str, str],
) -> Step:
    """The step with this number; `created` says where goroutines were started."""
    action = trace[number]
    return Step(
        number=action.step,
        time=action.time,
        index=action.index,
        alternatives=action.alternatives,
        kind=action.kind,
        object=called(action.name),
        value=printable(action.value),
        text=brief(told(action)),
        label=brief(_label(action)),
        parts=tuple([_part(account, each, created) for each in action.participants]),
        starts=tuple(map(called, action.spawned)),
        before=account.before[number] if number < len(account.before) else (),
        message=message,
        contents=contents,
        marks=marks,
    )


def _label(action: Action) -> str:
    """What happens in as few words as can be; what follows from it, such as a panic, included."""
    value, name = middle(action.value, VALUE_LIMIT), called(action.name)
    match action.kind:
        case "send":
            return f"send {value} on {name}"
        case "rendezvous":
            return f"send {value} on {name}"
        case "receive":
            return f"receive {value} from {name}"
        case "receive_closed":
            return f"receive from closed {name}"
        case "default":
            return "select: nothing ready, default"
    return action.text


def _part(account: Account, participant: Participant, created: Mapping[str, str]) -> Part:
    place = "" if participant.location == UNKNOWN else participant.location
    here = [line for line in lines_at(account, place) if line.here]
    started = created.get(participant.goroutine, "")
    return Part(
        goroutine=called(participant.goroutine),
        operation=brief(participant.operation),
        place=printable(place),
        source=here[0].text.strip() if here else "",
        via=printable(started) if place.startswith(KIT) and not started.startswith(KIT) else "",
    )


def lines_at(account: Account, place: str) -> tuple[Line, ...]:
    """The lines around a place; none if they could not be read."""
    snippet = account.sources.get(place)
    if snippet is None:
        return ()
    meant = int(place.rpartition(":")[2])
    numbered = enumerate(snippet.lines, start=snippet.first)
    return tuple([Line(number, printable(text.expandtabs(TAB)), number == meant) for number, text in numbered])
