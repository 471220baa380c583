"""A plan and its text are the same thing, and what is no plan is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import BadInput
from harness.stream import StreamPlan, stream_plans
from harness.stream.plan import ENDINGS


def any_plans() -> st.SearchStrategy[StreamPlan]:
    """Every field at once, with any number of seconds."""
    seconds = st.floats(0, 1e9, allow_subnormal=False)
    fields: dict[str, Any] = {name: st.integers(0, 9) for name in ("events", "capacity", "nils", "failing_write")}
    fields |= {name: st.booleans() for name in ("watches_context", "disconnect", "flusher")}
    fields |= {
        "delay": seconds,
        "slow": seconds,
        "keep_alive": seconds.filter(bool),
        "ending": st.sampled_from(ENDINGS),
    }
    children = st.integers(1, 3).flatmap(
        lambda late: st.fixed_dictionaries({"children": st.just(3), "late": st.just(late)})
    )
    return st.builds(
        lambda chosen, late, workers, rogue: StreamPlan(**chosen, **late, workers=workers, rogue=rogue),
        st.fixed_dictionaries(fields),
        children,
        st.integers(1, 4),
        st.booleans(),
    )


@given(plan=any_plans() | stream_plans(max_late=3))
def test_a_plan_is_read_back_from_its_text(plan: StreamPlan) -> None:
    assert StreamPlan.parse(str(plan)) == plan


@given(plan=any_plans())
def test_the_text_of_a_plan_says_only_what_is_not_a_default(plan: StreamPlan) -> None:
    said = {part.partition("=")[0] for part in str(plan).split()}
    default = StreamPlan()
    assert said == {"events"} | {name for name in StreamPlan.__slots__ if getattr(plan, name) != getattr(default, name)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("events", "written as name=value"),
        ("evnts=1", "with names events, workers"),
        ("events=one", "must be of type int; found 'one'"),
        ("events=1.5", "must be of type int; found '1.5'"),
        ("events=-1", "0 or more; found -1"),
        ("capacity=-1", "0 or more; found -1"),
        ("delay=soon", "must be of type float; found 'soon'"),
        ("delay=inf", "0 or more; found inf"),
        ("delay=nan", "0 or more; found nan"),
        ("slow=-1", "0 or more; found -1.0"),
        ("flusher=True", "must be yes or no; found 'True'"),
        ("workers=0", "at least 1 worker"),
        ("late=1", "at most workers x children = 0; found late=1"),
        ("children=1 workers=2 late=3", "at most workers x children = 2; found late=3"),
        ("rogue=yes", "the plan has none"),
        ("ending=well", "success, error, panic, stall, endless; found 'well'"),
        ("keep_alive=0", "positive number of seconds"),
    ],
)
def test_a_text_that_is_no_plan_is_refused_with_what_was_expected(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        StreamPlan.parse(text)
    assert sentence in str(refused.value)
