"""A story as swim lanes for a terminal: one column per goroutine, one row per step, the buffers as they fill."""

from harness.report.lanes.drawing import lanes
from harness.report.lanes.marks import ASCII, UNICODE, Marks

__all__ = ["ASCII", "UNICODE", "Marks", "lanes"]
