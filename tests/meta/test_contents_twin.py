"""What a story says that channels hold is what they hold: the fold over a trace against the channels themselves."""

import random
from collections import Counter
from copy import deepcopy

import pytest

from harness.model.trace import Trace, shorten
from harness.primitives.channel import Channel
from harness.primitives.world import running
from harness.report.story.contents import TIME, Contents
from harness.runtime.execute import Subject
from harness.runtime.explain import Origins
from harness.runtime.recorder import Recorder
from tests.meta.random_programs import program

MOST_STEPS = 120
Held = dict[str, tuple[list[str], bool]]


def watched(subject: Subject, seed: int) -> tuple[Trace, list[Held]]:
    """One execution: its trace, and what every channel holds after each step."""
    source, origins, seen = random.Random(seed), Origins(), list[Held]()
    running.note = origins.note
    try:
        with subject.begun() as scheduler:
            recorder = Recorder(scheduler, True, origins)
            while (enabled := recorder.enabled()) and len(seen) < MOST_STEPS:
                recorder.take(source.choice(enabled))
                seen.append({channel.identity: held(channel) for channel in origins.channels.values()})
    finally:
        running.note = None
    return recorder.trace(), seen


def held(channel: Channel) -> tuple[list[str], bool]:
    """What a channel holds."""
    return [shorten(value) for value in channel.buffer], channel.closed


@pytest.mark.parametrize("theme", ["channels", "context", "time", None])
def test_the_fold_over_a_trace_agrees_with_the_channels(theme: str | None) -> None:
    compared = Counter[str]()
    for seed in range(400):
        trace, seen = watched(Subject(program(seed, theme)), seed)
        contents, clocks = Contents(), clocked(trace)
        for action, real in zip(trace, seen, strict=True):
            before = deepcopy(contents.held)
            changed, message = contents.advance(action)
            unseen = clocks - {channel for channel, _, _ in action.fills}
            for channel, (values, closed) in real.items():
                mine = contents.held[channel]
                assert (channel in changed) == (mine != before[channel]), (seed, action)
                if channel not in unseen:
                    told = [value for value, _ in mine.items]
                    assert mine.closed == closed and told in (values, [TIME] * len(values)), (seed, action)
                    compared[action.kind] += bool(values)
            if message is not None and action.kind == "receive" and trace[message].participants:
                assert trace[message].value == action.value, (seed, action)
                compared["delivered"] += 1
    assert compared["send"] > 20
    assert compared["delivered"] > 10 or theme == "time"


def clocked(trace: Trace) -> set[str]:
    """Into these the clock delivers silently where nobody waits: nobody knows until somebody looks."""
    return {made.identity for action in trace for made in action.made if made.kind == "TimerChannel"}
