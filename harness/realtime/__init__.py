"""The same programs on a real asyncio event loop: a second, small interpreter of the same operations.

Nothing is explored here. Goroutines are asyncio tasks, deadlines come in real time, and whoever is first is
first. It is the harness's own twin: what it shows must be among what exploration calls possible.
"""

from harness.realtime.run import RealOutcome, run_realtime

__all__ = ["RealOutcome", "run_realtime"]
