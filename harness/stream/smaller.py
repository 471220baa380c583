"""Which faults a plan has, and the plans that are smaller than it in one respect.

A smaller plan has fewer of something, an earlier failing write, or no delay, and never a fault that the plan did not
have: with a smaller buffer, or less to put into it, there is buffer pressure only if there was before.

Fewer events come first, because most of them matter to no bug, and without them all further plans are explored quickly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields, replace
from typing import Any, TypeAlias

from harness.model.errors import BadInput
from harness.stream.plan import ENDLESS, ERROR, PANIC, STALL, SUCCESS, StreamPlan

Change: TypeAlias = dict[str, Any]

PRESSURE = "buffer_pressure"

NONE: dict[str, Change] = {
    "rogue_child": {"rogue": False},
    "late_send": {"rogue": False, "late": 0, "children": 0},
    "nil_event": {"nils": 0},
    "keep_alive": {"delay": 0.0, "slow": 0.0, "keep_alive": StreamPlan().keep_alive},
    "delay": {"delay": 0.0},
    "executor_error": {"ending": SUCCESS},
    "executor_panic": {"ending": SUCCESS},
    "executor_stall": {"ending": SUCCESS},
    "executor_endless": {"ending": SUCCESS},
    "disconnect": {"disconnect": False},
    "oblivious": {"watches_context": True},
    "slow_client": {"slow": 0.0},
    "write_failure": {"failing_write": 0},
    "no_flusher": {"flusher": True},
}
"""How each fault is taken away; buffer pressure, which has no field of its own, goes with the events."""


def faults_of(plan: StreamPlan) -> frozenset[str]:
    """What goes wrong, or at least not as smoothly as it could; nothing that the plan has no occasion for."""
    sends, waits = load(plan) > 0, plan.events > 0
    present = {
        "rogue_child": plan.rogue,
        "late_send": plan.late,
        "nil_event": plan.nils,
        "keep_alive": max(plan.delay if waits else 0.0, plan.slow) >= plan.keep_alive,
        "delay": plan.delay and waits,
        "executor_error": plan.ending == ERROR,
        "executor_panic": plan.ending == PANIC,
        "executor_stall": stalls(plan),
        "executor_endless": plan.ending == ENDLESS,
        "disconnect": plan.disconnect,
        "oblivious": not plan.watches_context and sends,
        "slow_client": plan.slow,
        "write_failure": plan.failing_write,
        "no_flusher": not plan.flusher,
        PRESSURE: plan.capacity < load(plan),
    }
    return frozenset(name for name, found in present.items() if found)


def stalls(plan: StreamPlan) -> bool:
    """Does the executor never end, whatever the handler does, short of cancelling for no reason?"""
    return plan.ending == STALL or (plan.ending == ENDLESS and not plan.disconnect)


def load(plan: StreamPlan) -> int:
    """How many values are sent on the stream, nil ones counted, if nothing stops anybody."""
    return plan.total + plan.workers * plan.nils


def smaller(plan: StreamPlan, keeps: Collection[str] = ()) -> Iterator[StreamPlan]:
    """The plans that are smaller in one respect and have all the faults that `keeps` names, the boldest first."""
    had = faults_of(plan)
    seen = {plan}
    for change in _changes(plan):
        try:
            found = replace(plan, **change)
        except BadInput:  # more late senders than children, for example
            continue
        if found not in seen and had >= faults_of(found) >= frozenset(keeps):
            seen.add(found)
            yield found


def is_smaller(plan: StreamPlan, than: StreamPlan) -> bool:
    """Could going on and on to smaller plans come from the one to the other?"""
    default = StreamPlan()
    for field in fields(StreamPlan):
        less, more = getattr(plan, field.name), getattr(than, field.name)
        counted = field.type in ("int", "float") and field.name != "keep_alive"
        if less > more if counted else less not in (more, getattr(default, field.name)):
            return False
    return faults_of(plan) <= faults_of(than)


def _changes(plan: StreamPlan) -> Iterator[Change]:
    for name, least in (("events", 0), ("nils", 0)):
        for number in _below(getattr(plan, name), least):
            yield from _with_less_room(plan, {name: number})
    for change in _fewer_senders(plan):
        yield from _with_less_room(plan, change)
    for change in NONE.values():
        yield from _with_less_room(plan, change)
    yield from ({"capacity": number} for number in (load(plan), *_below(plan.capacity, 0)) if number < plan.capacity)
    yield from ({"failing_write": number} for number in _below(plan.failing_write, 1))
    for name in ("delay", "slow"):
        yield from ({name: seconds} for seconds in (1.0, plan.keep_alive) if seconds < getattr(plan, name))


def _fewer_senders(plan: StreamPlan) -> Iterator[Change]:
    """Fewer workers, fewer children of each, fewer of the children late."""
    for workers in _below(plan.workers, 1):
        yield {"workers": workers, "late": min(plan.late, workers * plan.children)}
    for children in _below(plan.children, 0):
        late = min(plan.late, plan.workers * children)
        yield {"children": children, "late": late, "rogue": plan.rogue and late > 0}
    yield from ({"late": late} for late in _below(plan.late, 1))


def _with_less_room(plan: StreamPlan, change: Change) -> Iterator[Change]:
    """A change by which less is sent, also with the buffer smaller by as much: then it is full as early as it was."""
    try:
        gone = load(plan) - load(replace(plan, **change))
    except BadInput:
        return
    if gone > 0 and plan.capacity:
        yield {**change, "capacity": max(0, plan.capacity - gone)}
    yield change


def _below(number: int, least: int) -> list[int]:
    """Smaller numbers to try: the least, half of it, one less."""
    return sorted({least, number // 2, number - 1} & set(range(least, number)))
