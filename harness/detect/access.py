"""Accesses: the steps of a trace that read or write a variable, or a channel or client as an object."""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.trace import Action

WRITES = frozenset({"store", "close", "write"})
READS = frozenset({"load", "send", "send_on_closed", "rendezvous"})


@dataclass(frozen=True, slots=True)
class Access:
    """One side of a race: who, doing what ("store on total"), at which line (`file:line`), in which step."""

    step: int
    goroutine: str
    operation: str
    location: str

    @property
    def noun(self) -> str:
        """What it does, in one word; what a select does that races is to send."""
        word = self.operation.partition(" ")[0]
        return "send" if word == "select" else word

    def __str__(self) -> str:
        return f"{self.operation} by {self.goroutine} ({self.location})"


def is_access(action: Action) -> bool:
    """Does the action read or write a variable or a channel object?"""
    return action.kind in WRITES or action.kind in READS or (action.kind == "default" and action.detail == "send")


def access_of(action: Action, part: int = 0) -> Access:
    """What one participant does in an action."""
    who = action.participants[part]
    return Access(action.step, who.goroutine, who.operation, who.location)
