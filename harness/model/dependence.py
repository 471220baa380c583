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
    "read", "write",
    "send", "receive", "close", "refused", "drained", "default", "length", "meet", "unpark",
    "lock", "unlock",
    "read_lock", "read_unlock", "announce", "write_lock", "write_unlock",
    "raise", "lower", "below_zero", "wait",
    "enqueue", "signal", "wake",
    "ordered",
)  # fmt: skip

# Variables. A compare-and-swap, try-lock or unlock in vain is a READ; an atomic addition is a WRITE, because it
# synchronises, and so its place in the order matters to the race detector even where nobody sees the sum.
READ, WRITE = 0, 1
# Channels. REFUSED: a send or close panicked as the channel is closed. DRAINED: a receive found it closed and empty.
# DEFAULT: a select that took its default had looked at it. UNPARK: somebody known to have parked there has left.
SEND, RECEIVE, CLOSE, REFUSED, DRAINED, DEFAULT, LENGTH, MEET, UNPARK = 2, 3, 4, 5, 6, 7, 8, 9, 10
# Mutex, and Once (which is locked while its function runs).
LOCK, UNLOCK = 11, 12
READ_LOCK, READ_UNLOCK, ANNOUNCE, WRITE_LOCK, WRITE_UNLOCK = 13, 14, 15, 16, 17
# WaitGroup.
RAISE, LOWER, BELOW_ZERO, WAIT = 18, 19, 20, 21
# Cond. Two signals are in order, because who was woken by whom matters to the race detector.
ENQUEUE, SIGNAL, WAKE = 22, 23, 24
# The channel of a timer, an object that the program misuses, and panics (the first is the outcome): all conflicts.
ORDERED = 25

TABLE: dict[Label, Iterable[Label]] = {
    READ: (WRITE, LOCK, UNLOCK, READ_LOCK, READ_UNLOCK, ANNOUNCE, WRITE_LOCK, WRITE_UNLOCK),
    WRITE: (WRITE,),
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
    RAISE: (LOWER, BELOW_ZERO, WAIT),
    LOWER: (BELOW_ZERO, WAIT),
    BELOW_ZERO: (BELOW_ZERO, WAIT),
    ENQUEUE: (ENQUEUE, SIGNAL),
    SIGNAL: (SIGNAL, WAKE),
    ORDERED: range(len(LABELS)),
}


def _conflicting() -> tuple[int, ...]:
    found = [0] * len(LABELS)
    for label, others in TABLE.items():
        for other in others:
            found[label] |= 1 << other
            found[other] |= 1 << label
    return tuple(found)


CONFLICTING = _conflicting()
"""For each label, bits of the labels with which it conflicts on one object."""


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
