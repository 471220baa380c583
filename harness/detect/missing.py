"""What would have ordered the two accesses of a race: the synchronisation in the trace that comes nearest to it.

Two accesses are ordered if the first one's goroutine *releases* something after its access that the second one's
goroutine *acquires* before its own. Where they race, one of these is true, and the first that is gets reported:
one of them holds a lock that the other does not hold; they synchronise on some object, but on the wrong side of an
access, or the acquiring came before the releasing; or nothing that both use leads from the one to the other.

Slow twin: `tests/unit/test_missing.py` looks at every pair of a release and an acquiring.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from harness.detect.access import Access
from harness.detect.locks import Hold, held_at
from harness.model.trace import Action, Trace

LOCKS = "locks"
READERS = "readers"
TOO_EARLY = "released too early"
TOO_LATE = "acquired too late"
BOTH = "released too early, acquired too late"
CROSSED = "acquired before it was released"
NOTHING = "nothing in common"
ADD_BEFORE_WAIT = "the add must happen before the wait"
WAIT_BEFORE_ADD = "the wait must return before the add"

ATOMIC = frozenset({"atomic_load", "atomic_add", "swap", "compare_and_swap"})
WRITE_LOCKS = frozenset({"write_lock", "try_write_lock"})
PAIRS: dict[str, frozenset[str]] = {
    "send": frozenset({"receive"}),
    "receive": frozenset({"send"}),
    "close": frozenset({"receive_closed"}),
    "cancel": frozenset({"receive_closed", "context_err"}),
    "unlock": frozenset({"lock", "try_lock"}),
    "write_unlock": WRITE_LOCKS | {"read_lock", "try_read_lock"},
    "read_unlock": WRITE_LOCKS,
    "add": frozenset({"wait"}),
    "once_leave": frozenset({"once_enter"}),
    "signal": frozenset({"cond_wake"}),
    "broadcast": frozenset({"cond_wake"}),
    "atomic_store": ATOMIC,
    "atomic_add": ATOMIC,
    "swap": ATOMIC,
    "compare_and_swap": ATOMIC,
}
"""What releases, and what acquires from it, on one object: see `harness.detect.rules`."""

WORDS = {
    "send": "sends on",
    "receive": "receives from",
    "receive_closed": "receives from",
    "close": "closes",
    "cancel": "cancels",
    "context_err": "asks for the error of",
    "lock": "locks",
    "unlock": "unlocks",
    "write_lock": "locks",
    "write_unlock": "unlocks",
    "read_lock": "read-locks",
    "read_unlock": "read-unlocks",
    "add": "is done with",
    "wait": "waits for",
    "once_leave": "ends the run of",
    "once_enter": "passes",
    "signal": "signals",
    "broadcast": "broadcasts on",
    "cond_wake": "is woken from",
    "atomic_load": "loads",
    "atomic_store": "stores to",
    "atomic_add": "adds to",
}


@dataclass(frozen=True, slots=True)
class Sync:
    """A step in which a goroutine releases or acquires something: "unlocks mu"."""

    step: int
    goroutine: str
    kind: str
    objects: tuple[str, ...]
    name: str

    def __str__(self) -> str:
        return f"{WORDS.get(self.kind, self.kind.replace('_', '-') + 's')} {self.name}"


@dataclass(frozen=True, slots=True)
class Missing:
    """Why nothing orders the `first` access before the `second`; the other way round, if that is nearer to being so.

    Attributes:
        flaw: one of the constants above.
        release: what the first one's goroutine releases, nearest to its access.
        acquire: what the second one's goroutine acquires on the same object.
        locks: the names of the locks that the first and the second hold.
    """

    flaw: str
    first: Access
    second: Access
    release: Sync | None = None
    acquire: Sync | None = None
    locks: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def __str__(self) -> str:
        one, other = self.first, self.second
        match self.flaw:
            case "locks":
                return f"{_holding(one, self.locks[0])}, {_holding(other, self.locks[1])}"
            case "readers":
                common = " and ".join(name for name in self.locks[0] if name in self.locks[1])
                return f"both hold {common} only for reading"
            case "nothing in common":
                return _nothing(one, other)
            case "the add must happen before the wait":
                return "an add from zero has to happen before the wait, as one before the go statement does"
            case "the wait must return before the add":
                return "a group may be used again only after every wait has returned"
        assert self.release is not None
        assert self.acquire is not None
        releasing = f"{one.goroutine} {self.release}"
        early = f"{releasing} before its {one.noun}, not after it"
        late = f"{other.goroutine} {self.acquire} after its {other.noun}, not before it"
        match self.flaw:
            case "released too early":
                return early
            case "acquired too late":
                return late
            case "acquired before it was released":
                return f"{releasing} after its {one.noun}, but {other.goroutine} {self.acquire} before that"
        return f"{early}, and {late}"


def _holding(access: Access, locks: tuple[str, ...]) -> str:
    return f"{access.goroutine} holds {' and '.join(locks) or 'no lock'} at its {access.noun}"


def _nothing(one: Access, other: Access) -> str:
    if "close" in (one.noun, other.noun):
        closer, sender = (one, other) if one.noun == "close" else (other, one)
        return f"{closer.goroutine} closes without waiting for {sender.goroutine}"
    return f"they hold no lock, and {other.goroutine} waits for nothing that {one.goroutine} does after its {one.noun}"


def what_is_missing(trace: Trace, first: Access, second: Access) -> Missing:
    """What comes nearest to ordering two accesses that race."""
    held, held_too = held_at(trace, first), held_at(trace, second)
    if held or held_too:
        both = _names(held), _names(held_too)
        only_read = {hold for hold in held if hold.reading} & {hold for hold in held_too if hold.reading}
        return Missing(READERS if only_read else LOCKS, first, second, locks=both)
    nearest = min((*_pairs(trace, first, second), *_pairs(trace, second, first)), key=_distance, default=None)
    return nearest if nearest is not None else Missing(NOTHING, first, second)


def _names(holds: tuple[Hold, ...]) -> tuple[str, ...]:
    return tuple(hold.name for hold in holds)


def _pairs(trace: Trace, first: Access, second: Access) -> Iterator[Missing]:
    """Every release by the first with the nearest acquirings of the same by the second, and what is wrong with it.

    Of those that are wrong in one way, only the nearest to the second access can be nearest to ordering the two.
    """
    accesses = {first.step, second.step}
    acquires: defaultdict[tuple[str, str], list[Sync]] = defaultdict(list)
    for acquire in _syncs(trace, second.goroutine):
        for touched in acquire.objects if acquire.step not in accesses else ():
            acquires[acquire.kind, touched].append(acquire)
    for release in _syncs(trace, first.goroutine):
        if release.step not in accesses:
            early = release.step < first.step
            before = second.step if early else min(release.step, second.step)
            for kind, touched in product(PAIRS.get(release.kind, ()), release.objects):
                for acquire in _nearest(acquires.get((kind, touched), []), before, second.step):
                    flaw = (CROSSED, TOO_LATE, TOO_EARLY, BOTH)[2 * early + (acquire.step > second.step)]
                    yield Missing(flaw, first, second, release, acquire)


def _nearest(syncs: list[Sync], before: int, after: int) -> list[Sync]:
    """The last one before a step, and the first one after another that does not come earlier."""
    last, following = bisect_left(syncs, before, key=_step), bisect_right(syncs, after, key=_step)
    return syncs[max(last - 1, 0) : last] + syncs[following : following + 1]


def _step(sync: Sync) -> int:
    return sync.step


def _distance(missing: Missing) -> tuple[int, int, int]:
    """How far this is from ordering the two."""
    assert missing.release is not None
    assert missing.acquire is not None
    steps = abs(missing.release.step - missing.first.step) + abs(missing.acquire.step - missing.second.step)
    return {CROSSED: 0, BOTH: 2}.get(missing.flaw, 1), steps, missing.release.step


def _syncs(trace: Trace, goroutine: str) -> Iterator[Sync]:
    """What a goroutine releases and acquires, as far as the process would have lived."""
    for action in trace:
        if not action.after_panic:
            for part, who in enumerate(action.participants):
                if who.goroutine == goroutine and (kind := _kind(action, part)):
                    yield Sync(action.step, goroutine, kind, action.objects, action.name)


def _kind(action: Action, part: int) -> str:
    """Which sort of releasing or acquiring a participant's part in an action is; empty if it is neither."""
    kind = action.kind
    if kind == "rendezvous":
        return ("send", "receive")[part]
    in_vain = action.detail == "failed" or (kind == "add" and not action.detail.startswith("-"))
    return "" if in_vain and kind != "compare_and_swap" else kind
