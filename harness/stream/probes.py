"""Probes: handlers of which it is known what is to be found, by which the harness shows that it still has its teeth.

The verdicts of a project say nothing about an oracle that has gone deaf, or a search that leaves something out, where
no known bug depends on it; a project whose designs are all sound has no known bug at all. So the gate tries these
handlers as well. Of each it is known which properties it violates, exactly, and how many classes of equivalent
schedules it has: its source comes with the harness, so that neither depends on anybody's design. A test counts the
classes without the search that is probed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.model.baseline import TOOTHLESS, Change
from harness.model.errors import HarnessError
from harness.model.execution import ADVERSARIAL, Settings
from harness.model.verdict import HOLDS, VIOLATED
from harness.runtime.execute import Subject
from harness.search.campaign import Oracle, executions
from harness.search.dpor.strategy import DPOR
from harness.stream import faulty as do
from harness.stream.faults import MAX_STEPS
from harness.stream.faulty import SOUND, Parts, handler_of
from harness.stream.lifetime import LIFETIME
from harness.stream.oracles import PROPERTIES
from harness.stream.plan import StreamPlan
from harness.stream.serve import Handler, serve

QUIET = StreamPlan(events=2, capacity=1)
FAILED = StreamPlan(events=1, capacity=1, ending="error")
JOINED = StreamPlan(events=0, capacity=1, children=1)
LEAVING = StreamPlan(events=1, capacity=1, disconnect=True)
CROWDED = StreamPlan(events=2, workers=2, capacity=1)
BROKEN = StreamPlan(events=1, workers=2, capacity=0, failing_write=2)
OBLIVIOUS = StreamPlan(events=2, capacity=0, disconnect=True, watches_context=False)
LATE = StreamPlan(events=1, capacity=1, children=1, late=1)
PAUSING = StreamPlan(events=1, capacity=1, delay=40.0)
EMPTY = StreamPlan(events=0, capacity=1)
HASTY = Parts(wait=do.await_next_for_a_minute)
IDLY = Settings(max_steps=MAX_STEPS)


@dataclass(frozen=True, slots=True)
class Probe:
    """A handler under a plan, and what is to be found about it.

    Attributes:
        name: what the handler does: it follows "the probe that".
        violates: the properties that some schedule violates, exactly.
        executions: how many the search takes: one for each class of equivalent schedules.
        settings: the clock, and the limits.
    """

    name: str
    handler: Handler
    plan: StreamPlan
    violates: frozenset[str]
    executions: int
    settings: Settings = IDLY


def _probe(
    name: str, parts: Parts, plan: StreamPlan, violates: str, executions: int = 1, settings: Settings = IDLY
) -> Probe:
    return Probe(name, handler_of(parts), plan, frozenset(violates.split()), executions, settings)


FAULTY: tuple[Probe, ...] = (
    _probe("drops an event", Parts(deliver=do.drop_the_second), QUIET, "no_event_lost"),
    _probe("reorders events", Parts(deliver=do.keep_the_first_back), QUIET, "order_kept"),
    _probe("sends every event twice", Parts(deliver=do.send_twice), QUIET, "no_duplicate"),
    _probe("tells two statuses", Parts(conclude=do.conclude_twice), QUIET, "one_final_status"),
    _probe("pings after the status", Parts(conclude=do.conclude_and_ping), QUIET, "one_final_status"),
    _probe("refuses after the status", Parts(conclude=do.conclude_and_refuse), QUIET, "one_final_status"),
    _probe("tells no status", Parts(conclude=do.never_conclude), QUIET, "one_final_status"),
    _probe("tells success for failure", Parts(conclude=do.always_report_success), FAILED, "status_correct"),
    _probe("tells failure for success", Parts(conclude=do.always_report_failure), QUIET, "status_correct"),
    _probe(
        "tells the status before the end",
        Parts(deliver=do.conclude_with_the_last),
        JOINED,
        "status_correct no_work_after_return",
        2,
    ),
    _probe(
        "writes after it has returned",
        Parts(leave=do.write_after_returning),
        LEAVING,
        "no_write_after_return no_work_after_return",
        19,
    ),
    _probe("waits for ever", Parts(conclude=do.wait_for_ever), QUIET, "terminates no_deadlock"),
    _probe("never comes to rest", Parts(conclude=do.idle_for_ever), QUIET, "terminates"),
    _probe("leaves somebody behind", Parts(start=do.leave_somebody_behind), QUIET, "no_goroutine_leak"),
    _probe("starts a panic", Parts(start=do.start_a_panic), QUIET, "no_panic"),
    _probe("reads what another writes", Parts(start=do.start_a_peeker), QUIET, "no_data_race no_work_after_return", 2),
    _probe("loses a cancel", Parts(derive=do.derive_and_forget), QUIET, "no_lost_cancel"),
    _probe("sends no pings", SOUND, PAUSING, "kept_alive"),
    _probe(
        "waits for a minute",
        HASTY,
        EMPTY,
        "status_correct no_data_race no_work_after_return",
        12,
        Settings(ADVERSARIAL, MAX_STEPS, 1),
    ),
)
"""At least one for each property; and one whose fault shows only where a timer may fire early."""

SOUND_ONES: tuple[Probe, ...] = (
    _probe("is sound", SOUND, QUIET, ""),
    _probe("waits for a minute, while nobody is slow", HASTY, EMPTY, ""),
    _probe("is sound, and its executor fails", SOUND, FAILED, ""),
    _probe("is sound, and its executor has a child", SOUND, JOINED, ""),
    _probe("is sound, and two workers share one place", SOUND, CROWDED, "", 6),
)
"""Nothing is to be said against these; but there are many classes to be explored."""

LIMITED: tuple[Probe, ...] = (
    _probe("leaves with its client", SOUND, LEAVING, "no_work_after_return", 19),
    _probe("leaves two workers with a failing client", SOUND, BROKEN, "no_work_after_return", 10),
    _probe(
        "meets an executor that goes on without a client",
        SOUND,
        OBLIVIOUS,
        "no_goroutine_leak no_work_after_return",
        21,
    ),
    _probe("meets a child that comes late", SOUND, LATE, "no_panic no_data_race no_work_after_return", 4),
)
"""The sound handler where it is not sound."""

PROBES = (*FAULTY, *SOUND_ONES, *LIMITED)


def toothless(probes: Sequence[Probe] = PROBES, properties: Mapping[str, Oracle] | None = None) -> tuple[Change, ...]:
    """Where the harness does not find of a probe what there is to be found."""
    return tuple(change for probe in probes for change in _differences(probe, properties))


def everything() -> Mapping[str, Oracle]:
    """What a probe is asked about, whatever it promises."""
    return {**PROPERTIES, **LIFETIME}


def tried(probe: Probe, properties: Mapping[str, Oracle] | None = None) -> tuple[frozenset[str], int]:
    """The properties that some schedule violates, and how many executions that took."""
    subject, search = Subject(serve(probe.handler, probe.plan), (), probe.settings), DPOR()
    asked = everything() if properties is None else properties
    violated: set[str] = set()
    for execution in executions(subject, search):
        violated |= {name for name, oracle in asked.items() if oracle(execution) is not None}
    return frozenset(violated), search.executions


def _differences(probe: Probe, properties: Mapping[str, Oracle] | None) -> Iterator[Change]:
    name = f"the probe that {probe.name}"
    try:
        violated, explored = tried(probe, properties)
    except HarnessError as error:
        yield Change(TOOTHLESS, name, "", "", after=str(error))
        return
    for missed in sorted(probe.violates - violated):
        yield Change(TOOTHLESS, name, "", missed, VIOLATED, HOLDS)
    for wrong in sorted(violated - probe.violates):
        yield Change(TOOTHLESS, name, "", wrong, HOLDS, VIOLATED)
    if explored < probe.executions:
        yield Change(TOOTHLESS, name, "", "", str(probe.executions), str(explored))
