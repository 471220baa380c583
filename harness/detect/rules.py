"""What each operation leaves for others, and what it picks up: the Go memory model, clause by clause.

On a channel, starting and completing differ: the k-th receive is synchronized before the *completion* of the
(k + capacity)-th send (section "Channel communication"). So a send leaves the past that it started with, and does
not pass on what it picks up by completing; `racereleaseacquire` in Go's `runtime/chan.go` is the same. In a
rendezvous both sides end up with both pasts, which is no rule but how the fold takes an action of two goroutines.

Whatever has no rule synchronises nothing: time, `length`, `choose`, the default of a select, an atomic store that
was overwritten before anybody saw it, the end of a goroutine, what a kit's client and executor do.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from typing import TypeAlias

from harness.model.trace import Action

Steps: TypeAlias = int


class Buffer:
    """Pairs the k-th send with the k-th receive, and that receive with the (k + capacity)-th send."""

    __slots__ = ("received", "sent", "unused")

    def __init__(self, capacity: int) -> None:
        self.unused = capacity
        self.sent: deque[Steps] = deque()
        self.received: deque[Steps] = deque()

    def send(self, here: Steps) -> Steps:
        """The next send; returns what the receive that made room for it has left."""
        self.sent.append(here)
        if self.unused:
            self.unused -= 1
            return 0
        return self.received.popleft()

    def receive(self, here: Steps) -> Steps:
        """The next receive; returns what its send has left (nothing, where the clock was the sender)."""
        self.received.append(here)
        return self.sent.popleft() if self.sent else 0


class Objects:
    """What operations have left at the objects, by id."""

    def __init__(self) -> None:
        self.left: defaultdict[str, Steps] = defaultdict(int)
        self.left_by_readers: defaultdict[str, Steps] = defaultdict(int)
        self.left_by_reset: defaultdict[str, Steps] = defaultdict(int)
        self.buffers: dict[str, Buffer] = {}
        self.parked: defaultdict[str, deque[str]] = defaultdict(deque)
        self.woken: dict[tuple[str, str], Steps] = {}

    def buffer(self, action: Action) -> Buffer:
        """The buffer of the channel that a send or receive concerns."""
        channel = action.objects[0]
        if channel not in self.buffers:
            self.buffers[channel] = Buffer(int(action.detail))
        return self.buffers[channel]


# Given the past of an operation, itself included, a rule leaves what it must and returns what is picked up.
Rule: TypeAlias = Callable[[Objects, Action, Steps], Steps]


def _leave(objects: Objects, action: Action, here: Steps) -> Steps:
    objects.left[action.objects[0]] |= here
    return 0


def _pick_up(objects: Objects, action: Action, here: Steps) -> Steps:
    return objects.left[action.objects[0]]


def _send(objects: Objects, action: Action, here: Steps) -> Steps:
    return objects.buffer(action).send(here)


def _receive(objects: Objects, action: Action, here: Steps) -> Steps:
    """Of a real value: closing the channel is not synchronized before this. A timer's reset is, if it is one's."""
    return objects.buffer(action).receive(here) | objects.left_by_reset[action.objects[0]]


def _reset(objects: Objects, action: Action, here: Steps) -> Steps:
    """`resetTimer` in Go's `runtime/time.go`; what fires afterwards was started by this reset alone."""
    objects.left_by_reset[action.objects[-1]] = here
    return 0


def _cancel(objects: Objects, action: Action, here: Steps) -> Steps:
    """Package context: cancelling a context for the first time closes its done channel."""
    for channel in action.objects[1:]:
        objects.left[channel] = here
    return 0


def _context_err(objects: Objects, action: Action, here: Steps) -> Steps:
    return objects.left[action.objects[-1]]


def _pick_up_if_locked(objects: Objects, action: Action, here: Steps) -> Steps:
    """Section "Locks": a TryLock or TryRLock that returns false has no synchronizing effect at all."""
    return objects.left[action.objects[0]] if action.detail == "locked" else 0


def _leave_as_reader(objects: Objects, action: Action, here: Steps) -> Steps:
    """Section "Locks": RUnlock is synchronized before the next Lock, not before another RLock."""
    objects.left_by_readers[action.objects[0]] |= here
    return 0


def _write_lock(objects: Objects, action: Action, here: Steps) -> Steps:
    lock = action.objects[0]
    return objects.left[lock] | objects.left_by_readers[lock] if action.detail != "failed" else 0


def _add(objects: Objects, action: Action, here: Steps) -> Steps:
    """Package sync: Done "synchronizes before the return of any Wait call that it unblocks"; adding does not."""
    return _leave(objects, action, here) if action.detail.startswith("-") else 0


def _cond_enqueue(objects: Objects, action: Action, here: Steps) -> Steps:
    """The first half of Wait unlocks the mutex, whose id is the detail."""
    objects.left[action.detail] |= here
    objects.parked[action.objects[0]].append(action.participants[0].goroutine)
    return 0


def _signal(objects: Objects, action: Action, here: Steps) -> Steps:
    """Package sync: Broadcast or Signal "synchronizes before any Wait call that it unblocks"."""
    cond = action.objects[0]
    if objects.parked[cond]:
        objects.woken[cond, objects.parked[cond].popleft()] = here
    return 0


def _broadcast(objects: Objects, action: Action, here: Steps) -> Steps:
    while objects.parked[action.objects[0]]:
        _signal(objects, action, here)
    return 0


def _cond_wake(objects: Objects, action: Action, here: Steps) -> Steps:
    return objects.woken.pop((action.objects[0], action.participants[0].goroutine))


def _atomic_store(objects: Objects, action: Action, here: Steps) -> Steps:
    """Section "Atomic Values": synchronized before those who observe the effect; it observes nothing itself."""
    objects.left[action.objects[0]] = here
    return 0


def _atomic_update(objects: Objects, action: Action, here: Steps) -> Steps:
    observed = _pick_up(objects, action, here)
    objects.left[action.objects[0]] = here | observed
    return observed


def _compare_and_swap(objects: Objects, action: Action, here: Steps) -> Steps:
    """In vain, it is a load."""
    return (_pick_up if action.detail == "failed" else _atomic_update)(objects, action, here)


RULES: dict[str, Rule] = {
    "send": _send,
    "receive": _receive,
    "close": _leave,
    "receive_closed": _pick_up,
    "reset": _reset,
    "cancel": _cancel,
    "stop_function": _cancel,
    "context_err": _context_err,
    "context_cause": _context_err,
    "lock": _pick_up,
    "try_lock": _pick_up_if_locked,
    "unlock": _leave,
    "read_lock": _pick_up,
    "try_read_lock": _pick_up_if_locked,
    "read_unlock": _leave_as_reader,
    "write_lock": _write_lock,
    "try_write_lock": _write_lock,
    "write_unlock": _leave,
    "add": _add,
    "wait": _pick_up,
    "once_leave": _leave,
    "once_enter": _pick_up,
    "cond_enqueue": _cond_enqueue,
    "signal": _signal,
    "broadcast": _broadcast,
    "cond_wake": _cond_wake,
    "atomic_load": _pick_up,
    "atomic_store": _atomic_store,
    "atomic_add": _atomic_update,
    "swap": _atomic_update,
    "compare_and_swap": _compare_and_swap,
}
