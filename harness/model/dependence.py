"""Which steps depend on each other: the relation behind partial-order reduction, as one table.

A step *touches* objects; how it touches one is a label, and what it touches is its footprint. Two steps are dependent
if they share a goroutine, or if they touch one object in conflicting ways; otherwise their order cannot matter.
Explorer, randomised strategies and detector read this table, and every pair that it calls independent is replayed
in both orders by a test.

A channel is not a lock. The k-th send and the k-th receive on a buffered channel are ordered, and so are the k-th
receive and the (k + capacity)-th send (The Go Memory Model, section "Channel communication"); a send and a receive
with other tickets commute, and a rendezvous commutes with one of four other goroutines on the same channel. Receiving
a value commutes with closing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

Label: TypeAlias = int
Footprint: TypeAlias = tuple[tuple[Any, Label], ...]

LABELS = (
    "read", "write", "add",
    "send", "receive", "close", "refused", "drained", "default", "length", "meet", "unpark",
    "lock", "unlock",
    "read_lock", "read_unlock", "announce", "write_lock", "write_unlock",
    "raise", "lower", "below_zero", "wait", "arrive",
    "enqueue", "signal", "wake",
    "ordered",
)  # fmt: skip

# Variables. A compare-and-swap, try-lock or unlock in vain is a READ. ADD: atomic addition whose result nobody sees.
READ, WRITE, ADD = 0, 1, 2
# Channels. REFUSED: a send or close panicked as the channel is closed. DRAINED: a receive found it closed and empty.
# DEFAULT: a select that took its default had looked at it. UNPARK: somebody known to have parked there has left.
SEND, RECEIVE, CLOSE, REFUSED, DRAINED, DEFAULT, LENGTH, MEET, UNPARK = 3, 4, 5, 6, 7, 8, 9, 10, 11
# Mutex, and Once (which is locked while its function runs).
LOCK, UNLOCK = 12, 13
READ_LOCK, READ_UNLOCK, ANNOUNCE, WRITE_LOCK, WRITE_UNLOCK = 14, 15, 16, 17, 18
# WaitGroup. ARRIVE: a goroutine has come to its wait, which matters only for groups that are used again.
RAISE, LOWER, BELOW_ZERO, WAIT, ARRIVE = 19, 20, 21, 22, 23
# Cond.
ENQUEUE, SIGNAL, WAKE = 24, 25, 26
# The channel of a timer, and the order of panics (the first one is the outcome): everything conflicts.
ORDERED = 27

TABLE: dict[Label, Iterable[Label]] = {
    READ: (WRITE, ADD, LOCK, UNLOCK, READ_LOCK, READ_UNLOCK, ANNOUNCE, WRITE_LOCK, WRITE_UNLOCK),
    WRITE: (WRITE, ADD),
    SEND: (SEND, RECEIVE, CLOSE, DEFAULT, LENGTH),  # with RECEIVE: only by ticket, see `tickets_conflict`
    RECEIVE: (RECEIVE, DRAINED, DEFAULT, LENGTH),
    CLOSE: (CLOSE, REFUSED, DRAINED, DEFAULT, MEET),
    DEFAULT: (UNPARK,),
    LOCK: (LOCK, UNLOCK),
    UNLOCK: (UNLOCK,),
    READ_LOCK: (ANNOUNCE, WRITE_LOCK, WRITE_UNLOCK),
    READ_UNLOCK: (WRITE_LOCK, WRITE_UNLOCK),
    ANNOUNCE: (ANNOUNCE, WRITE_LOCK, WRITE_UNLOCK),
    WRITE_LOCK: (WRITE_LOCK, WRITE_UNLOCK),
    WRITE_UNLOCK: (WRITE_UNLOCK,),
    RAISE: (LOWER, BELOW_ZERO, WAIT, ARRIVE),
    LOWER: (BELOW_ZERO, WAIT, ARRIVE),
    BELOW_ZERO: (BELOW_ZERO, WAIT, ARRIVE),
    ENQUEUE: (ENQUEUE, SIGNAL),
    SIGNAL: (SIGNAL, WAKE),
    ORDERED: range(len(LABELS)),
}


def _conflicts() -> tuple[tuple[Label, ...], ...]:
    found: list[set[Label]] = [set() for _ in LABELS]
    for label, others in TABLE.items():
        for other in others:
            found[label].add(other)
            found[other].add(label)
    return tuple(tuple(sorted(others)) for others in found)


CONFLICTS = _conflicts()
"""For each label, the labels with which it conflicts on one object."""

CONFLICTING = tuple(sum(1 << other for other in others) for others in CONFLICTS)
"""The same as bits."""


def tickets_conflict(send: int, receive: int, capacity: int) -> bool:
    """Are the `send`-th send and the `receive`-th receive (from 0) of a buffered channel ordered?"""
    return send == receive or send == receive + capacity


def same_state_dependent(one: Footprint, other: Footprint) -> bool:
    """Do two steps that are both enabled now, of different goroutines, touch an object in conflicting ways?

    With both a send and a receive enabled, the buffer is neither empty nor full, so their tickets do not meet.
    """
    for touched, label in one:
        for touched_too, other_label in other:
            if touched is touched_too and CONFLICTING[label] >> other_label & 1:
                if label + other_label == SEND + RECEIVE and SEND in (label, other_label):
                    continue
                return True
    return False
