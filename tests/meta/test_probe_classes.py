"""How many classes of schedules the gate's probes have, counted without the search that they probe."""

from dataclasses import replace
from itertools import islice

import pytest

from harness.model.execution import Execution
from harness.runtime.execute import Subject
from harness.search.campaign import executions
from harness.search.classes import class_of
from harness.search.exhaustive import Exhaustive
from harness.stream import serve
from harness.stream.probes import PROBES, Probe, everything
from tests.meta.class_oracle import Classes
from tests.meta.class_twin import explore, told

MOST = 1_500
ENDING = [probe for probe in PROBES if probe.name != "never comes to rest"]


def subject_of(probe: Probe) -> Subject:
    return Subject(serve(probe.handler, probe.plan), (), probe.settings)


def violations(execution: Execution) -> set[str]:
    return {name for name, oracle in everything().items() if oracle(execution) is not None}


@pytest.mark.parametrize("probe", ENDING, ids=lambda probe: probe.name)
def test_the_class_oracle_counts_as_many_classes_as_the_probe_states(probe: Probe) -> None:
    subject = subject_of(probe)
    names = explore(subject, MOST).names
    found = Classes(subject, lambda scheduler: told(scheduler.outcome(False)), MOST, names).found
    assert len(found) == probe.executions


def test_without_reduction_there_are_as_many_classes_and_the_same_violations() -> None:
    counted = 0
    for probe in ENDING:
        subject = subject_of(probe)
        every = list(islice(executions(subject, Exhaustive()), MOST))
        if len(every) < MOST:
            counted += len(every) > probe.executions > 1
            assert len({class_of(subject, execution) for execution in every}) == probe.executions, probe
            assert set().union(*map(violations, every)) == probe.violates, probe
    assert counted >= 5


def test_the_probe_that_never_comes_to_rest_has_one_class() -> None:
    (probe,) = set(PROBES) - set(ENDING)
    subject = subject_of(replace(probe, settings=replace(probe.settings, max_steps=40)))
    every = list(islice(executions(subject, Exhaustive()), MOST))
    assert len({class_of(subject, execution) for execution in every}) == probe.executions == 1
