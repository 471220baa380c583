"""Stream plans: validated on construction, and written as a text that reads back as the same plan."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import BadInput
from harness.stream import StreamPlan

seconds = st.floats(0, 1e6, allow_nan=False)
small = st.integers(0, 3)


@st.composite
def plans(draw: st.DrawFn) -> StreamPlan:
    workers, children = draw(st.integers(1, 3)), draw(small)
    late = draw(st.integers(0, workers * children))
    return StreamPlan(
        events=draw(small),
        workers=workers,
        capacity=draw(small),
        children=children,
        late=late,
        rogue=draw(st.booleans()) and late > 0,
        nils=draw(small),
        delay=draw(seconds),
        ending=draw(st.sampled_from(["success", "error", "panic", "stall", "endless"])),
        watches_context=draw(st.booleans()),
        disconnect=draw(st.booleans()),
        slow=draw(seconds),
        failing_write=draw(small),
        flusher=draw(st.booleans()),
        keep_alive=draw(st.floats(0, 1e6, exclude_min=True)),
    )


@given(plans())
def test_a_plan_reads_back_from_its_text(plan: StreamPlan) -> None:
    assert StreamPlan.parse(str(plan)) == plan


def test_the_text_names_what_differs_from_the_defaults() -> None:
    assert str(StreamPlan()) == "events=1"
    assert str(StreamPlan(events=3, capacity=1, children=1, late=1)) == "events=3 capacity=1 children=1 late=1"
    assert str(StreamPlan(disconnect=True, slow=0.5, flusher=False)) == "events=1 disconnect=yes slow=0.5 flusher=no"


@pytest.mark.parametrize(
    "senseless",
    [
        {"capacity": -1},
        {"events": -1},
        {"events": 1.5},
        {"events": "2"},
        {"events": True},
        {"workers": 0},
        {"children": 1, "late": 2},
        {"late": 1},
        {"rogue": True},
        {"ending": "happy"},
        {"ending": None},
        {"delay": -1.0},
        {"delay": float("nan")},
        {"slow": float("inf")},
        {"slow": "1"},
        {"keep_alive": 0.0},
        {"keep_alive": -5.0},
        {"disconnect": 1},
        {"flusher": None},
        {"delay": True},
        {"keep_alive": True},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(senseless: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=next(reversed(senseless))):
        StreamPlan(**senseless)
    with pytest.raises(BadInput):
        replace(StreamPlan(), **senseless)


@pytest.mark.parametrize(
    "text",
    [
        "events",
        "events=",
        "events=-1",
        "events=x",
        "colour=red",
        "events 3",
        "flusher=maybe",
        "delay=soon",
        "workers=0",
    ],
)
def test_a_text_that_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        StreamPlan.parse(text)


def test_every_field_can_be_written() -> None:
    for field in fields(StreamPlan):
        assert StreamPlan.parse(f"{field.name}={_written(field.default)}") == StreamPlan()


def _written(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
