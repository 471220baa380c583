"""Which findings are known: what a design's authors expect under the faults that a plan has, and what is beyond it.

The plan is that of a minimal example, so it has the faults that the violation takes, and no others. They may be of
several classes at once; what is expected under one of them is expected here.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.detect.ending import STUCK
from harness.stream.design import Design
from harness.stream.plan import ERROR, PANIC, StreamPlan
from harness.stream.smaller import load, stalls

BEHIND_ITS_BACK = frozenset({"no_panic", "no_data_race", "no_event_lost", "no_goroutine_leak", "no_work_after_return"})


def classes_of(plan: StreamPlan) -> tuple[str, ...]:
    """The fault classes whose faults this plan has; `none` always, and last, since a fault need not come about."""
    found = tuple(_classes_of(plan))
    return (*found, *(("combined",) if len(found) > 1 else ()), "none")


def _classes_of(plan: StreamPlan) -> Iterator[str]:
    present = {
        "delay": plan.delay > 0,
        "buffer_pressure": plan.capacity < load(plan),
        "late_send": plan.late > 0,
        "cancel": plan.disconnect and plan.watches_context,
        "cancel_oblivious": plan.disconnect and not plan.watches_context,
        "executor_error": plan.ending == ERROR,
        "executor_panic": plan.ending == PANIC,
        "nil_event": plan.nils > 0,
        "slow_client": plan.slow > 0,
        "write_failure": plan.failing_write > 0,
        "no_flusher": not plan.flusher,
        "keep_alive": plan.delay >= plan.keep_alive,
    }
    return (name for name, there in present.items() if there)


def known_because(design: Design, plan: StreamPlan, property_name: str) -> str:
    """Why this violation is nothing new, in a few words; empty if it is."""
    if why := beyond_help(plan, property_name):
        return why
    under = [fault for fault in classes_of(plan) if property_name in design.violates.get(fault, frozenset())]
    if not under:
        return ""
    return "expected even if nothing goes wrong" if under[0] == "none" else f"expected under {under[0]}"


def beyond_help(plan: StreamPlan, property_name: str) -> str:
    """Why no handler could keep this property, in a few words; empty if one could."""
    if stalls(plan) and property_name in STUCK:
        return "no handler can end an executor that stalls"
    if plan.rogue and property_name in BEHIND_ITS_BACK:
        return "no handler can join a child that is started behind its back"
    return ""
