"""The values of a story. Their fields are the JSON form, which `counterexample.schema.json` documents."""

from __future__ import annotations

from dataclasses import dataclass

PANIC = "panic"
UNRECEIVED = "never received"
NO_RETURN = "point of no return"
PAIR = "order matters"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a source file; `here` marks the one that is meant."""

    number: int
    text: str
    here: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """A goroutine.

    Attributes:
        name: its spawn path.
        title: as much of it as tells it from the others of the story.
        created: where it was started; empty for main.
        started: the step in which it came into being; None for main, which is there from the beginning.
        last: the last step that it takes part in; None if it takes none.
        ending: "returned", "panicked", or what it is blocked at for ever; empty if it could have gone on.
        blocked: it is blocked for ever.
        place: where it is at the end, if it is still there.
    """

    name: str
    title: str
    created: str
    started: int | None
    last: int | None
    ending: str
    blocked: bool
    place: str

    @property
    def whereabouts(self) -> str:
        """Where it is at the end, as the end of a sentence; where it was started, if no line says more."""
        started = f", started at {self.created}" if self.created else ""
        return f" at {self.place}" if self.place else started


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A channel that something happens to in the story."""

    identity: str
    name: str
    capacity: int
    created: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a channel holds after a step; the first value is the next to be received."""

    channel: str
    values: tuple[str, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A goroutine's part in a step.

    Attributes:
        operation: what it was pending at.
        place: where in the source: the innermost line of the user's code, else of a kit's.
        source: that line's text.
        via: if that is a kit's, the user's line that started the goroutine, where there is one.
    """

    goroutine: str
    operation: str
    place: str
    source: str
    via: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        index, alternatives: the choice that was made.
        kind: of the operation.
        object: what people call what it concerns; empty if there is nothing.
        value: what goes through a channel.
        text: what happens, in words.
        label: the same in fewer.
        parts: nobody's for the clock; in a rendezvous the sender's and the receiver's.
        starts: the goroutines that start.
        before: the steps immediately before it in the happens-before order.
        message: the step in which the value that is received here was sent, or the channel found closed was closed.
        contents: the channels whose content is another than before.
        marks: why the step matters, if it does.
    """

    number: int
    time: float
    index: int
    alternatives: int
    kind: str
    object: str
    value: str
    text: str
    label: str
    parts: tuple[Part, ...]
    starts: tuple[str, ...]
    before: tuple[int, ...]
    message: int | None
    contents: tuple[Content, ...]
    marks: tuple[str, ...]

    @property
    def goroutine(self) -> str:
        """Who takes it; empty for the clock."""
        return self.parts[0].goroutine if self.parts else ""


@dataclass(frozen=True, slots=True)
class Unreceived:
    """A value that was sent in step `step` and is still in the channel at the end."""

    channel: str
    value: str
    step: int


@dataclass(frozen=True, slots=True)
class Story:
    """One execution.

    Attributes:
        outcome: how main ended, in words.
        ending: the same as one word: "returned", "panicked", "deadlocked", "cut off".
        lanes: in the order in which the goroutines came into being.
        channels: those that ever hold a value first.
        not_judged: how many steps came after a panic that would have ended the process.
        over: what the step is called after which they came.
        sources: per place the lines around it.
    """

    outcome: str
    ending: str
    lanes: tuple[Lane, ...]
    channels: tuple[ChannelFacts, ...]
    steps: tuple[Step, ...]
    unreceived: tuple[Unreceived, ...]
    not_judged: int
    over: str
    schedule: tuple[int, ...]
    clock: str
    sources: dict[str, tuple[Line, ...]]

    def lane(self, goroutine: str) -> Lane:
        """The goroutine's lane."""
        return next(lane for lane in self.lanes if lane.name == goroutine)

    def channel(self, identity: str) -> ChannelFacts:
        """The channel with this identity."""
        return next(channel for channel in self.channels if channel.identity == identity)
