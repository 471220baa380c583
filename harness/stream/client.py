"""The client's end of the connection: `http.ResponseWriter` and `http.Flusher`, with the faults of the plan.

It records what arrived. When the connection breaks, the server cancels the request's context, as net/http does.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.model.errors import Panic
from harness.primitives.choice import choose
from harness.primitives.context import Cancel
from harness.primitives.time import sleep
from harness.primitives.world import go
from harness.stream.event import Event
from harness.stream.plan import StreamPlan


class FakeClient:
    """Receives what the handler writes.

    Attributes:
        arrived: the events that reached the client, in order.
        refused: the HTTP error response, if the handler gave one.
        connected: whether the connection still stood when the handler returned.
        written_late: what the handler wrote after it had returned.
        hasty: a final status was written before the executor had finished.
    """

    def __init__(self, plan: StreamPlan, hang_up: Cancel, executor_finished: Callable[[], bool]) -> None:
        self.plan = plan
        self.hang_up = hang_up
        self.executor_finished = executor_finished
        self.arrived: list[Event] = []
        self.refused: tuple[int, str] | None = None
        self.connected = True
        self.written_late: list[Event] = []
        self.hasty = False
        self.writes = 0
        self.alive = True
        self.returned = False

    @property
    def can_flush(self) -> bool:
        """Whether the writer is an `http.Flusher`."""
        return self.plan.flusher

    @property
    def keep_alive(self) -> float:
        """The configured interval between pings, in seconds."""
        return self.plan.keep_alive

    async def write(self, event: Event) -> bool:
        """`SendStreamEvent` and `Flush`; False if the write failed. Panics if there is no flusher to call."""
        if not self.can_flush:
            raise Panic("runtime error: invalid memory address or nil pointer dereference")
        if self.plan.slow:
            await sleep(self.plan.slow)
        self.writes += 1
        if self.returned:
            self.written_late.append(event)
            return False
        if self.plan.failing_write and self.writes >= self.plan.failing_write:
            if self.alive:
                self.alive = False
                go(self.connection_lost)
            return False
        if event.is_status and not self.executor_finished():
            self.hasty = True
        if self.alive:
            self.arrived.append(event)
        return True

    def refuse(self, status: int, text: str) -> None:
        """`http.Error`."""
        self.refused = status, text

    async def connection_lost(self) -> None:
        """The server notices that the connection is gone."""
        await self.hang_up()

    async def disconnect(self) -> None:
        """The client goes away: at a chosen moment, if the plan lets time pass, and then at any step."""
        if self.plan.pace:
            await sleep(self.plan.pace * await choose(self.plan.paces))
        await self.hang_up()
        self.alive = False

    def handler_returned(self) -> None:
        """From here on nothing may be written, and what is owed to the client is settled."""
        self.returned = True
        self.connected = self.alive
