"""What a space-time diagram is made of, with coordinates in CSS pixels; the template draws it."""

from __future__ import annotations

from dataclasses import dataclass

from harness.report.story.values import Step


@dataclass(frozen=True, slots=True)
class Head:
    """A column's title."""

    x: int
    title: str
    full: str


@dataclass(frozen=True, slots=True)
class Life:
    """A goroutine's line, from its start to its last step, and on to the end if it is left there.

    Where it is blocked for ever, that is so from `blocked` on; None elsewhere.
    """

    x: int
    top: int
    bottom: int
    blocked: int | None
    full: str


@dataclass(frozen=True, slots=True)
class Node:
    """One goroutine's part in a step, with the lines beside it."""

    x: int
    y: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A step and where it stands; `label` is read out."""

    row: int
    y: int
    step: Step
    nodes: tuple[Node, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one step to another. `kind` is "message", "closing", "start", or "before" for the rest of happens-before."""

    kind: str
    path: str
    source: int
    target: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a buffer after a step."""

    x: int
    y: int
    row: int
    full: bool
    value: str


@dataclass(frozen=True, slots=True)
class Fill:
    """How full a buffer is after a step, in words; where there are too many slots to draw, nothing else is shown."""

    x: int
    y: int
    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """All of it; the first row begins at `top`, and each is `step` high."""

    width: int
    height: int
    top: int
    step: int
    heads: tuple[Head, ...]
    lives: tuple[Life, ...]
    rows: tuple[Row, ...]
    arrows: tuple[Arrow, ...]
    slots: tuple[Slot, ...]
    fills: tuple[Fill, ...]
