"""Who is left at the end of an execution, and why: plain values, with what a person needs to understand them.

An execution ends because nothing can move any more, or it is cut off. Either way every goroutine that is left is either
*stuck*, blocked at an operation that nobody who can still move could ever complete, or it may still move.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Waiting:
    """A goroutine that is left, and what it is pending at: "receive on done".

    For the race detector: the id of the `group` that it waits for and the `location`, where that may be a race.
    """

    goroutine: str
    operation: str
    group: str = field(default="", compare=False)
    location: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.goroutine} ({self.operation})"


@dataclass(frozen=True, slots=True)
class Helper:
    """A goroutine that could complete the operation of another one, and by what: ("send", "close")."""

    goroutine: str
    deeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Awaited:
    """An object that a stuck goroutine waits for.

    Attributes:
        identity: unique within an execution; objects of a trace's actions have the same.
        name: how people call it.
        created: at which line it was made; empty if unknown.
        users: the other goroutines that are left and could still use it; all of them are stuck themselves.
        wanted: the operation that waits for it: "send", "receive", "wait", ...
        helpers: those of the users by whom, as far as their code shows, that operation could still be completed.
    """

    identity: str
    name: str
    created: str
    users: tuple[str, ...]
    wanted: str = ""
    helpers: tuple[Helper, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """A goroutine that is left at the end.

    Attributes:
        location: at which line it is suspended.
        started: at which line it was started; empty for main.
        awaited: what its operation concerns.
    """

    goroutine: str
    operation: str
    location: str
    started: str
    awaited: tuple[Awaited, ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """A round that the goroutines left can go for ever, fairly, without anything having changed after it.

    Attributes:
        goroutines: who takes part, each with the operations of its round.
        steps: how many steps a round has.
    """

    goroutines: tuple[Waiting, ...]
    steps: int


@dataclass(frozen=True, slots=True)
class Ending:
    """Everything about the end of an execution that only an explanation needs."""

    stuck: tuple[Left, ...] = ()
    running: tuple[Left, ...] = ()
    loop: Loop | None = None


# -- findings ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GlobalDeadlock:
    """Main has not returned, and nothing can move any more."""

    stuck: tuple[Waiting, ...]
    kind = "global deadlock"


@dataclass(frozen=True, slots=True)
class PartialDeadlock:
    """Main has not returned; some goroutines are blocked for good, others can still move."""

    stuck: tuple[Waiting, ...]
    running: tuple[Waiting, ...]
    kind = "partial deadlock"


@dataclass(frozen=True, slots=True)
class LeakAfterMain:
    """Main has returned; some goroutines are blocked for good. Others may still move."""

    stuck: tuple[Waiting, ...]
    kind = "leak after main"


@dataclass(frozen=True, slots=True)
class StillRunning:
    """The execution was cut off, and these goroutines could have gone on."""

    running: tuple[Waiting, ...]
    kind = "still running"


@dataclass(frozen=True, slots=True)
class Livelock:
    """The goroutines that can still move can do so for ever, fairly, without anything changing."""

    loop: Loop
    kind = "livelock"


Finding: TypeAlias = GlobalDeadlock | PartialDeadlock | LeakAfterMain | StillRunning | Livelock
