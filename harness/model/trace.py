"""The readable record of one execution: a tuple of actions, one for each step.

Made by running a schedule once more with a recorder attached; exploration itself records integers only.
`kind`, `objects`, `detail`, `spawned`, `armed`, `launched` and `after_panic` are what the race detector needs of an
action; the rest is for people, and empty in a skeleton.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

PLAIN_READ, PLAIN_WRITE = "plain_read", "plain_write"
"""Kinds of accesses to plain Python state, which are no steps: see `harness.runtime.witness`."""


@dataclass(frozen=True, slots=True)
class Participant:
    """One goroutine's part in an action: who, doing what, at which line of the user's code."""

    goroutine: str
    operation: str
    location: str


@dataclass(frozen=True, slots=True)
class Made:
    """Something that came into being: a goroutine, or an object that goroutines share.

    Attributes:
        kind: "goroutine", else the class: "Channel", "Mutex", ...
        identity: the goroutine's name, or what a trace's `objects` call it.
        name: what people call it.
        place: at which line, the user's where there is one; empty for main.
        capacity: of a channel; None for anything else.
    """

    kind: str
    identity: str
    name: str
    place: str
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One completed transition.

    `index` of `alternatives` is the choice that was made. `kind` is the operation's kind name ("send",
    "receive", "close", ...; "timer" for the clock), `objects` the unique ids of what it touched, `detail` what
    the detector needs besides (see `harness.detect.happens_before`), `spawned` the goroutines that started.
    `after_panic` marks what only happens here: Go would have ended the process at an earlier step. `name` is what
    people call the object that the operation, or the chosen case of a select, concerns. `armed` are the timers
    and contexts that were told, in this step, to start a goroutine later: by whom, and the id; `launched` are those of
    the `spawned` that were started by such, each with the id. `value` is what a channel operation sends or receives, as
    text; `made` is what has come into being since the step before (for the first step: since the beginning); `fills`
    says of the channels among `objects` and `made` how many values each holds afterwards, and whether it is closed.
    """

    step: int
    time: float
    index: int
    alternatives: int
    kind: str
    objects: tuple[str, ...]
    detail: str
    participants: tuple[Participant, ...]
    text: str
    spawned: tuple[str, ...] = ()
    after_panic: bool = False
    name: str = ""
    armed: tuple[tuple[str, str], ...] = ()
    launched: tuple[tuple[str, str], ...] = ()
    value: str = ""
    made: tuple[Made, ...] = ()
    fills: tuple[tuple[str, int, bool], ...] = ()


Trace: TypeAlias = tuple[Action, ...]

MAIN = "main"
"""The goroutine that a program begins with."""

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def shorten(value: Any, limit: int = 60) -> str:
    """A value as one printable line of at most `limit` characters; hostile or broken reprs included.

    The same in every process: without addresses, and the members of sets in the order of their texts.
    """
    try:
        text = ADDRESS.sub("", _stable(value))
    except Exception as error:
        text = f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"
    text = text[: limit + 1]  # escaping never shortens, and there are texts of megabytes
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _stable(value: Any) -> str:
    kind = type(value)
    if kind in (set, frozenset) and value:
        members = "{" + ", ".join(sorted(map(_stable, value))) + "}"
        return members if kind is set else f"frozenset({members})"
    if kind in (list, tuple) and value:
        members = ", ".join(map(_stable, value))
        return f"[{members}]" if kind is list else f"({members}{',' * (len(value) == 1)})"
    if kind is dict:
        return "{" + ", ".join(f"{_stable(key)}: {_stable(item)}" for key, item in value.items()) + "}"
    return repr(value)


def judged(trace: Trace) -> Trace:
    """The steps that Go would have taken: none after a panic that ends the process."""
    return tuple(action for action in trace if not action.after_panic)
