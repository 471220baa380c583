"""The system events that every handler of the seed sends."""

from __future__ import annotations

from harness.stream import Event

START = Event("start", text="🚀 Starting crew execution...")
PING = Event("ping")
DONE = Event("done", text="✅ Execution completed")


def execution_error(error: str) -> Event:
    """The final status of an execution that failed."""
    return Event("error", text=f"Execution error: {error}")
