"""Fault classes: named families of plans, each small enough to be explored completely.

The plans of a class are ordered from small to large, so that the first counterexample found is a small one. A class
has one fault: where a full buffer is no part of it, the buffer is large enough for everything the executor sends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harness.model.bounds import Scope
from harness.model.execution import ADVERSARIAL, Settings
from harness.stream.plan import ENDLESS, ERROR, PANIC, StreamPlan
from harness.stream.smaller import PRESSURE, faults_of

MAX_STEPS = 400
ADVERSARIAL_TWICE = Settings(ADVERSARIAL, MAX_STEPS, 2)


@dataclass(frozen=True, slots=True)
class FaultClass:
    """A family of plans.

    Attributes:
        name: how it is called on the command line.
        summary: one line: what happens.
        plans: from small to large.
        settings: the clock under which it is explored, and the limits.
    """

    name: str
    summary: str
    plans: tuple[StreamPlan, ...]
    settings: Settings = field(default_factory=lambda: Settings(max_steps=MAX_STEPS))

    def kept(self, plan: StreamPlan) -> frozenset[str]:
        """The faults without which a plan does not show what the class is about: those that all plans of it have.

        Where they have none in common, it is about the particular faults of each, for example of a pair; but a full
        buffer is a fault that comes with many a plan and is about nothing.
        """
        common = frozenset[str].intersection(*map(faults_of, self.plans))
        return common or faults_of(plan) - {PRESSURE}

    @property
    def bounds(self) -> str:
        """The plans and the clock, in words."""
        clock = f"{self.settings.clock} clock"
        if self.settings.clock == ADVERSARIAL:
            early = self.settings.early_firings
            clock += f" with at most {early} early timer firing{'s' if early != 1 else ''}"
        return f"{'; '.join(map(str, self.plans))} ({clock}, {self.settings.max_steps} steps)"

    @property
    def scope(self) -> Scope:
        """The same as a value."""
        return Scope(tuple(map(str, self.plans)), self.settings)


def _plans(**fixed: Any) -> Callable[..., tuple[StreamPlan, ...]]:
    """Plans that share the `fixed` fields, each given by its other fields."""
    return lambda *varied: tuple(StreamPlan(**{**fixed, **fields}) for fields in varied)


def _sized(events: int, capacity: int, **fields: Any) -> dict[str, Any]:
    return {"events": events, "capacity": capacity, **fields}


DISCONNECTS = (
    _sized(1, 1),
    _sized(2, 0),
    _sized(2, 1),
    _sized(3, 0),
    _sized(3, 1),
    _sized(3, 2),
    _sized(5, 0),
    _sized(5, 1),
    _sized(5, 2),
    _sized(5, 3),
    _sized(1, 1, workers=2),
    _sized(2, 1, workers=2),
)

FAULT_CLASSES: tuple[FaultClass, ...] = (
    FaultClass(
        "none",
        "nothing goes wrong",
        _plans()(
            {"events": 0},
            {"events": 1},
            {"events": 3},
            {"events": 5},
            {"events": 8},
            {"events": 1, "children": 1},
            {"events": 1, "workers": 2},
            {"events": 2, "workers": 2},
            {"events": 3, "workers": 2},
            {"events": 1, "workers": 2, "children": 1},
        ),
    ),
    FaultClass(
        "delay",
        "the executor pauses between events",
        _plans()(
            {"events": 1, "delay": 10.0},
            {"events": 1, "delay": 40.0},
            {"events": 5, "delay": 10.0},
            {"events": 1, "workers": 2, "delay": 5.0},
            {"events": 2, "workers": 2, "delay": 5.0},
        ),
    ),
    FaultClass(
        "buffer_pressure",
        "more events than the buffer holds",
        _plans()(
            _sized(1, 0),
            _sized(2, 0),
            _sized(2, 1),
            _sized(3, 1),
            _sized(4, 2),
            _sized(5, 0),
            _sized(5, 1),
            _sized(5, 2),
            _sized(5, 3),
            _sized(1, 0, workers=2),
            _sized(1, 1, workers=2),
            _sized(2, 1, workers=2),
            _sized(3, 2, workers=2),
        ),
    ),
    FaultClass(
        "late_send",
        "a child of the executor sends after the executor has returned",
        _plans(children=1, late=1)(
            _sized(0, 1),
            _sized(1, 2),
            _sized(2, 3),
            _sized(3, 4),
            _sized(5, 6),
            _sized(1, 3, children=2, late=2),
            _sized(3, 5, children=2, late=2),
            _sized(1, 4, workers=2, late=2),
        ),
    ),
    FaultClass(
        "cancel",
        "the client disconnects at any moment; the executor watches its context",
        _plans(disconnect=True)(*DISCONNECTS, _sized(1, 1, ending=ENDLESS), _sized(2, 0, ending=ENDLESS)),
    ),
    FaultClass(
        "cancel_oblivious",
        "the client disconnects at any moment; the executor ignores its context",
        _plans(disconnect=True, watches_context=False)(*DISCONNECTS),
    ),
    FaultClass(
        "executor_error",
        "the executor returns an error",
        _plans(ending=ERROR)(
            {"events": 0}, {"events": 2}, {"events": 5}, {"events": 1, "workers": 2}, {"events": 3, "workers": 2}
        ),
    ),
    FaultClass(
        "executor_panic",
        "the executor panics",
        _plans(ending=PANIC)({"events": 0}, {"events": 2}, {"events": 5}),
    ),
    FaultClass(
        "nil_event",
        "the executor sends nil events",
        _plans(nils=1)({"events": 0}, {"events": 2}, {"events": 3, "nils": 2}),
    ),
    FaultClass(
        "slow_client",
        "every write takes time",
        _plans(slow=1.0)({"events": 1}, {"events": 3}, {"events": 5}),
        ADVERSARIAL_TWICE,
    ),
    FaultClass(
        "write_failure",
        "a write fails, and with it the connection",
        _plans()(
            {"events": 1, "failing_write": 1},
            _sized(1, 1, failing_write=3),
            _sized(2, 1, failing_write=2),
            _sized(3, 1, failing_write=2),
            _sized(5, 2, failing_write=3),
            _sized(4, 2, failing_write=2, watches_context=False),
        ),
    ),
    FaultClass(
        "no_flusher",
        "the client does not support flushing",
        _plans(flusher=False)(
            {"events": 1},
            _sized(2, 1),
            _sized(2, 1, watches_context=False),
            _sized(3, 0, watches_context=False),
        ),
    ),
    FaultClass(
        "keep_alive",
        "pings race with events",
        _plans()(
            {"events": 1, "delay": 30.0},
            {"events": 1, "delay": 40.0},
            {"events": 2, "delay": 40.0},
            {"events": 2, "delay": 30.0},
        ),
        ADVERSARIAL_TWICE,
    ),
    FaultClass(
        "combined",
        "pairs of the above",
        _plans()(
            _sized(1, 1, ending=ERROR, disconnect=True),
            _sized(1, 1, children=1, late=1, ending=ERROR),
            _sized(1, 0, failing_write=2, ending=ERROR),
            _sized(1, 0, children=1, late=1, watches_context=False),
            _sized(2, 1, children=1, late=1),
            _sized(1, 1, children=1, late=1, disconnect=True),
            _sized(1, 1, nils=1, disconnect=True, watches_context=False),
            _sized(2, 1, slow=1.0, disconnect=True),
            _sized(2, 1, delay=10.0, disconnect=True),
            _sized(5, 3, children=1, late=1, disconnect=True),
            _sized(5, 3, ending=ERROR, disconnect=True),
            _sized(2, 1, workers=2, ending=ERROR, disconnect=True),
        ),
    ),
)
