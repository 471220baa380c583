"""Hypothesis strategies for plans. Hypothesis is imported when one is made; the rest is in `harness.generators`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.model.errors import BadInput
from harness.stream.plan import ENDINGS, ERROR, PANIC, SUCCESS, StreamPlan

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def _rarely(allowed: bool) -> SearchStrategy[bool]:
    """Whether there is a certain fault. One hides another: each is there in one of five plans, and many have none."""
    from hypothesis import strategies as st  # noqa: PLC0415 (only the test extra has it)

    return st.integers(0, 4 if allowed else 0).map(lambda number: number == 4)


def stream_plans(
    *,
    max_events: int = 3,
    max_workers: int = 2,
    max_capacity: int = 3,
    max_late: int = 0,
    endings: tuple[str, ...] = (SUCCESS, ERROR, PANIC),
    disconnect: bool = True,
    oblivious: bool = True,
    client_faults: bool = True,
) -> SearchStrategy[StreamPlan]:
    """Plans within the given sizes; they shrink towards one worker, few events, and no faults.

    `max_late` bounds the late senders; `disconnect`, `oblivious` (executors that ignore their context) and
    `client_faults` (slow, failing, no flusher) say which faults may occur.

    Raises:
        BadInput: `endings` is empty.
    """
    if not endings:
        raise BadInput(f"endings names at least one of {', '.join(ENDINGS)}; found none")
    from hypothesis import strategies as st  # noqa: PLC0415 (only the test extra has it)

    @st.composite
    def plans(draw: Any) -> StreamPlan:
        workers = draw(st.integers(1, max_workers))
        late = draw(st.integers(0, max_late))
        fewest = -(-late // workers)
        return StreamPlan(
            workers=workers,
            late=late,
            children=max(fewest, draw(st.integers(0, 1))),
            events=draw(st.integers(0, max_events)),
            capacity=draw(st.integers(0, max_capacity)),
            nils=int(draw(_rarely(True))),
            ending=draw(st.sampled_from(endings)) if draw(_rarely(True)) else endings[0],
            watches_context=not draw(_rarely(oblivious)),
            disconnect=draw(_rarely(disconnect)),
            flusher=not draw(_rarely(client_faults)),
            failing_write=draw(st.integers(1, 3)) if draw(_rarely(client_faults)) else 0,
            slow=float(draw(_rarely(client_faults))),
            delay=draw(st.sampled_from((10.0, 40.0))) if draw(_rarely(True)) else 0.0,
        )

    return plans()
