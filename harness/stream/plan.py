"""What the environment does to a streaming handler, as one value: the executor's script and the client's behaviour.

A plan says *what* happens; *when* is up to the schedule. Its text form lists the fields that differ from the
defaults ("events=3 capacity=1 late=1 children=1") and is what tokens and reports carry.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from harness.model.errors import BadInput

SUCCESS = "success"
ERROR = "error"
PANIC = "panic"
STALL = "stall"
ENDLESS = "endless"
ENDINGS = (SUCCESS, ERROR, PANIC, STALL, ENDLESS)


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """One scripted executor and one client.

    Attributes:
        events: how many events each worker sends.
        workers: 1: the executor sends by itself; more: that many goroutines, joined before it returns.
        capacity: of the channel between executor and handler.
        children: goroutines that each worker starts; each sends one event.
        late: how many of all the children outlive the executor's return, because nobody joins them.
        rogue: late children are started behind the back of a handler that offers to supervise them.
        nils: nil events that each worker sends before its others.
        delay: seconds that a worker sleeps before each event.
        ending: the executor returns nil ("success"), an error, panics, stalls for ever, or is "endless": goes on until
            its context is cancelled, whether its sends watch that or not.
        watches_context: whether the executor's sends give up when its context is cancelled.
        disconnect: the client goes away, at a moment that the schedule chooses.
        slow: seconds that each write to the client takes.
        failing_write: the number of the write from which on all writes fail; 0: none does.
        flusher: whether the client supports flushing.
        keep_alive: seconds without an event after which the handler is to send a ping.
    """

    events: int = 1
    workers: int = 1
    capacity: int = 100
    children: int = 0
    late: int = 0
    rogue: bool = False
    nils: int = 0
    delay: float = 0.0
    ending: str = SUCCESS
    watches_context: bool = True
    disconnect: bool = False
    slow: float = 0.0
    failing_write: int = 0
    flusher: bool = True
    keep_alive: float = 30.0

    def __post_init__(self) -> None:
        for field in fields(self):
            _check_type(field.name, getattr(self, field.name), field.default)
        if self.workers < 1:
            raise BadInput(f"a plan needs at least 1 worker; found workers={self.workers}")
        if self.late > self.workers * self.children:
            raise BadInput(
                f"late senders are children that outlive the executor, so there are at most workers x children = "
                f"{self.workers * self.children}; found late={self.late}"
            )
        if self.rogue and not self.late:
            raise BadInput("rogue says how late senders are started, but the plan has none: set late=1 and children=1")
        if self.ending not in ENDINGS:
            raise BadInput(f"ending is one of {', '.join(ENDINGS)}; found {self.ending!r}")
        if self.keep_alive <= 0:
            raise BadInput(f"keep_alive is a positive number of seconds; found {self.keep_alive}")

    def __str__(self) -> str:
        """The text form: `events`, and every field that differs from its default."""
        return " ".join(
            f"{field.name}={_written(getattr(self, field.name))}"
            for field in fields(self)
            if field.name == "events" or getattr(self, field.name) != field.default
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis prints it: as short as its text form, and to be pasted."""
        printer.text(f"StreamPlan.parse({str(self)!r})")

    @property
    def total(self) -> int:
        """How many events the executor and its children will send if nothing stops them, nil ones not counted."""
        return self.workers * (self.events + self.children)

    @property
    def pace(self) -> float:
        """The shortest time between two things that happen by themselves; 0 if no time passes."""
        return min((seconds for seconds in (self.delay, self.slow) if seconds), default=0.0)

    @property
    def paces(self) -> int:
        """How many paces a session can take, at most; keep-alive pings not counted."""
        duration = (self.events + self.nils) * self.delay + (self.total + 2) * self.slow
        return int(duration / self.pace) + 1 if self.pace else 0

    @classmethod
    def parse(cls, text: str) -> StreamPlan:
        """The plan with this text form.

        Raises:
            BadInput: a field is unknown or has no sensible value.
        """
        defaults = {field.name: field.default for field in fields(cls)}
        values: dict[str, Any] = {}
        for part in text.split():
            name, equals, value = part.partition("=")
            if not equals or name not in defaults:
                raise BadInput(f"a plan is written as name=value with names {', '.join(defaults)}; found {part!r}")
            values[name] = _read(name, value, defaults[name])
        return cls(**values)


def _check_type(name: str, value: Any, default: Any) -> None:
    if isinstance(default, bool):
        valid, wanted = isinstance(value, bool), "True or False"
    elif isinstance(default, int):
        valid, wanted = type(value) is int and value >= 0, "a whole number, 0 or more"
    elif isinstance(default, float):
        valid = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
        wanted = "a number of seconds, 0 or more"
    else:
        valid, wanted = isinstance(value, str), "a word"
    if not valid:
        raise BadInput(f"a plan's {name} is {wanted}; found {value!r}")


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _read(name: str, text: str, default: Any) -> Any:
    try:
        if isinstance(default, bool):
            return {"yes": True, "no": False}[text]
        return type(default)(text)
    except (KeyError, ValueError):
        wanted = "yes or no" if isinstance(default, bool) else f"of type {type(default).__name__}"
        raise BadInput(f"a plan's {name} must be {wanted}; found {text!r}") from None
