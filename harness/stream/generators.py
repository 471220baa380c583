"""Hypothesis strategies for plans. Needs the `test` extra; nothing else in the package imports Hypothesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.stream.plan import ERROR, PANIC, SUCCESS, StreamPlan

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


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
    """
    from hypothesis import strategies as st  # noqa: PLC0415 (only the test extra has it)

    def flag(allowed: bool) -> SearchStrategy[bool]:
        return st.booleans() if allowed else st.just(False)

    @st.composite
    def plans(draw: Any) -> StreamPlan:
        workers = draw(st.integers(1, max_workers))
        late = draw(st.integers(0, max_late))
        return StreamPlan(
            events=draw(st.integers(0, max_events)),
            workers=workers,
            capacity=draw(st.integers(0, max_capacity)),
            children=-(-late // workers) or draw(st.integers(0, 1)),
            late=late,
            nils=draw(st.integers(0, 1)),
            delay=draw(st.sampled_from((0.0, 10.0, 40.0))),
            ending=draw(st.sampled_from(endings)),
            watches_context=not draw(flag(oblivious)),
            disconnect=draw(flag(disconnect)),
            slow=draw(st.sampled_from((0.0, 1.0))) if client_faults else 0.0,
            failing_write=draw(st.integers(0, 3)) if client_faults else 0,
            flusher=not draw(flag(client_faults)),
        )

    return plans()
