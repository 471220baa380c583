"""Hypothesis on top of the harness: plans, schedules and whole sessions that are drawn, shrunk and remembered by it.

    from harness import check
    from harness.generators import schedules, stream_plans
    from harness.stream import SAFE_STREAM, serve
    from hypothesis import given

    @given(plan=stream_plans(max_late=1), schedule=schedules())
    def test_my_handler(plan, schedule):
        check(serve(my_handler, plan), strategy=schedule, oracles=SAFE_STREAM)

Nothing else in the package needs Hypothesis, which is not among its dependencies.
"""

try:
    import hypothesis as _hypothesis  # noqa: F401 (only to say what is missing)
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "harness.generators makes strategies for Hypothesis, which is not installed: pip install 'hypothesis>=6.130'",
        name=error.name,
    ) from None

from harness.generators.machine import SessionMachine, session_machine
from harness.generators.schedule import Schedule, schedules
from harness.stream.generators import stream_plans

__all__ = ["Schedule", "SessionMachine", "schedules", "session_machine", "stream_plans"]
