"""In the counterexample of every known bug nothing can be left out: no context switch, and no part of the plan.

The checks here know nothing of how shrinking works: they look at all schedules with fewer switches, and at all
schedules of every plan that lacks one thing.
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest

from harness.errors import BadInput
from harness.model.answers import FEWEST_SWITCHES, Counterexample
from harness.model.cause import Cause
from harness.model.token import decode
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.cause import cause_of
from harness.search.dpor.strategy import DPOR
from harness.search.shrink import smallest
from harness.stream.plan import StreamPlan
from harness.stream.serve import serve
from harness.stream.smaller import PRESSURE, faults_of
from tests.meta.canonical import CELLS, Cell, failing
from tests.scenarios.judging import ASKED, DESIGNS, FAULTS

LOST_EVENT: Cell = ("done_channel", "late_send", "no_event_lost")


def counterexample(cell: Cell) -> tuple[Counterexample, Cause]:
    """What the first failing execution of a random walk shrinks to, and what it is about."""
    design, fault, name = cell
    subject, execution = next(failing(DESIGNS[design], FAULTS[fault], name, seed=1))
    found = smallest(subject, execution, ASKED[name])
    return found, cause_of(ASKED[name], found.execution, found.message)


class FewSwitches:
    """Every schedule with at most so many context switches, one by one; where one would need more, it is `over`."""

    always = True

    def __init__(self, switches: int) -> None:
        self.most = switches
        self.path: list[tuple[list[int], int]] = []
        self.begun = self.over = False

    def begin(self) -> bool:
        """The next path."""
        while self.begun and self.path:
            allowed, position = self.path.pop()
            if position + 1 < len(allowed):
                self.path.append((allowed, position + 1))
                break
        else:
            if self.begun:
                return False
        self.begun, self.over = True, False
        self.depth = self.used = 0
        self.last: set[Any] = set()
        return True

    def choose(self, enabled: Any) -> int:
        """Along the path, then the first that is allowed; once nothing is, anything: the execution does not count."""
        if self.over:
            return 0
        who = [{"the clock"} if len(transition) == 1 else set(transition[::2]) for transition in enabled]
        if self.depth == len(self.path):
            room = not self.last or self.used < self.most
            self.path.append(([i for i, movers in enumerate(who) if room or movers & self.last], 0))
        allowed, position = self.path[self.depth]
        self.depth += 1
        if not allowed:
            self.over = True
            return 0
        index = allowed[position]
        self.used += bool(self.last) and not who[index] & self.last
        self.last = who[index]
        return index

    def end(self) -> None:
        """Nothing to do."""


@pytest.mark.parametrize("cell", CELLS, ids="-".join)
def test_no_schedule_with_fewer_switches_fails_so(cell: Cell) -> None:
    found, cause = counterexample(cell)
    assert found.minimal == FEWEST_SWITCHES
    subject = Subject(serve(DESIGNS[cell[0]].handler, StreamPlan.parse(found.plan)), (), found.execution.settings)
    shows = [shown(subject, FewSwitches(found.switches), cell[2], cause)]
    shows += [shown(subject, FewSwitches(found.switches - 1), cell[2], cause)] if found.switches else []
    assert shows == [True, False][: len(shows)]


def shown(subject: Subject, strategy: Any, name: str, cause: Cause) -> bool:
    """Is there an execution with this cause? Of one that is over before its end, a panic before that is enough."""
    for execution in executions(subject, strategy):
        cut = getattr(strategy, "over", False)
        message = None if cut and not panicked_before(execution, strategy) else ASKED[name](execution)
        if message is not None and cause.covers(cause_of(ASKED[name], execution, message)):
            return True
    return False


def panicked_before(execution: Any, strategy: FewSwitches) -> bool:
    """Was the panic that ended the execution within what the strategy chose?"""
    return any(action.after_panic for action in execution.skeleton[: strategy.depth])


@pytest.mark.parametrize("cell", CELLS, ids="-".join)
def test_no_plan_with_one_thing_less_fails_so(cell: Cell) -> None:
    found, cause = counterexample(cell)
    plan = StreamPlan.parse(found.plan)
    kept = FAULTS[cell[1]].kept(plan)
    assert kept <= faults_of(plan)
    looked_at = 0
    for other in with_one_thing_less(plan):
        if kept <= faults_of(other) <= faults_of(plan):
            subject = Subject(serve(DESIGNS[cell[0]].handler, other), (), FAULTS[cell[1]].settings)
            assert not shown(subject, DPOR(), cell[2], cause), other
            looked_at += 1
    assert looked_at or plan.total + plan.nils + plan.capacity <= 2


def with_one_thing_less(plan: StreamPlan) -> Iterator[StreamPlan]:
    """Each number one lower, each flag and each word as it is by default; and both with a buffer smaller by one."""
    default = StreamPlan()
    for name in (field.name for field in fields(StreamPlan)):
        value = getattr(plan, name)
        less = value - 1 if type(value) is int else type(value)() if type(value) is float else getattr(default, name)
        for room in {plan.capacity, max(0, plan.capacity - 1)}:
            change = {"capacity": room, name: less}
            if name == "children":
                change["late"] = min(plan.late, plan.workers * less)
            try:
                other = replace(plan, **change)
            except BadInput:
                continue
            if other != plan:
                yield other


@pytest.mark.parametrize("cell", CELLS, ids="-".join)
def test_the_plan_has_no_fault_that_its_class_has_not(cell: Cell) -> None:
    fault = FAULTS[cell[1]]
    found, _ = counterexample(cell)
    assert faults_of(StreamPlan.parse(found.plan)) <= frozenset().union(*map(faults_of, fault.plans))
    assert decode(found.token).reference.endswith(found.plan)


def test_the_faults_that_a_class_keeps_are_what_it_is_about() -> None:
    kept = {name: {fault.kept(plan) for plan in fault.plans} for name, fault in FAULTS.items()}
    alike = {name: set(*found) for name, found in kept.items() if len(found) == 1}
    assert alike == {
        "none": set(),
        "delay": {"delay"},
        "buffer_pressure": {PRESSURE},
        "late_send": {"late_send"},
        "cancel": {"disconnect"},
        "cancel_oblivious": {"disconnect", "oblivious"},
        "executor_error": {"executor_error"},
        "executor_panic": {"executor_panic"},
        "nil_event": {"nil_event"},
        "slow_client": {"slow_client"},
        "write_failure": {"write_failure"},
        "no_flusher": {"no_flusher"},
        "keep_alive": {"keep_alive", "delay"},
    }
    assert kept.keys() - alike.keys() == {"combined"} and all(len(faults) >= 1 for faults in kept["combined"])


def test_the_lost_event_is_shown_in_the_fewest_steps_and_switches_that_it_can_have() -> None:
    """Three goroutines take one turn each: the executor finishes, main drains in vain and tells the status, the child
    sends. All executions in which the event is lost have these eleven steps."""
    found, _ = counterexample(LOST_EVENT)
    assert found.plan == "events=0 capacity=1 children=1 late=1"
    subject = Subject(serve(DESIGNS["done_channel"].handler, StreamPlan.parse(found.plan)))
    name = LOST_EVENT[2]
    lost = [each for each in executions(subject, DPOR()) if ASKED[name](each) is not None]
    assert {each.steps for each in lost} == {found.execution.steps} == {11}
    assert (found.switches, found.preemptions) == (2, 0)
    told = [action.participants[0].goroutine for action in found.execution.trace]
    assert list(dict.fromkeys(told)) == ["main/run_crew#1", "main", "main/run_crew#1/child#1"]
