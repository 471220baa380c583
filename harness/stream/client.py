"""The client's end of the connection: `http.ResponseWriter` and `http.Flusher`, with the faults of the plan.

It records what arrived. When the connection breaks, the server cancels the request's context, as net/http does.
What happens to the connection are operations of `harness.stream.connection`: each write is one step.
"""

from __future__ import annotations

from collections.abc import Generator
from types import coroutine
from typing import Any

from harness.model.errors import Panic
from harness.model.operation import Operation
from harness.primitives.channel import SEVERAL
from harness.primitives.choice import choose
from harness.primitives.context import Cancel
from harness.primitives.time import sleep
from harness.primitives.world import Primitive, go, world
from harness.stream.connection import DISCONNECT, HANDLER_RETURN, WRITE, WRITE_STATUS
from harness.stream.event import Event
from harness.stream.executor import FakeExecutor
from harness.stream.plan import StreamPlan


class FakeClient(Primitive):
    """Receives what the handler writes.

    Attributes:
        arrived: the events that reached the client, in order.
        refused: the HTTP error response, if the handler gave one.
        connected: whether the connection still stood when the handler returned.
        written_late: what the handler wrote after it had returned.
        hasty: a final status was written before the executor had finished.
        goroutines: those that are the client's and the server's, and not the handler's.
    """

    __slots__ = (
        "alive", "arrived", "connected", "executor", "goroutines", "hang_up", "hasty", "plan", "refused", "returned",
        "writer", "writes", "written_late",
    )  # fmt: skip

    def __init__(self, plan: StreamPlan, hang_up: Cancel, executor: FakeExecutor) -> None:
        self.plan = plan
        self.hang_up = hang_up
        self.executor = executor
        self.arrived: list[Event] = []
        self.refused: tuple[int, str] | None = None
        self.connected = True
        self.written_late: list[Event] = []
        self.hasty = False
        self.writes = 0
        self.alive = True
        self.returned = False
        self.writer: Any = None
        self.goroutines: list[Any] = []
        self.enrol("client")

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
        written, broke = await self.transmit(event)
        if broke:
            go(self.connection_lost)
        return written

    @coroutine
    def transmit(self, event: Event) -> Generator[Operation, Any, tuple[bool, bool]]:
        """One write: whether it succeeded, and whether the connection broke by it."""
        self.involve()
        told: tuple[bool, bool] = yield WRITE_STATUS if event.is_status else WRITE, self, event
        return told

    def involve(self) -> None:
        """The running goroutine has come to write. With a second one there may be a data race to look for."""
        current = world("a write to the client")
        if self.writer is None:
            self.writer = current.goroutine
        elif self.writer is not current.goroutine and self.writer is not SEVERAL:
            self.writer = SEVERAL
            current.shared += 1

    def refuse(self, status: int, text: str) -> None:
        """`http.Error`."""
        self.refused = status, text

    async def connection_lost(self) -> None:
        """The server notices that the connection is gone."""
        self.take_part()
        await self.hang_up()

    async def disconnect(self) -> None:
        """The client goes away, which the server notices some time later. When: at a chosen moment, if the plan lets
        time pass, and then at any step."""
        self.take_part()
        if self.plan.pace:
            await sleep(self.plan.pace * await choose(self.plan.paces))
        await self.leave()
        await self.connection_lost()

    def take_part(self) -> None:
        """The running goroutine is none of the handler's."""
        self.goroutines.append(world("a client").goroutine)

    @coroutine
    def leave(self) -> Generator[Operation, Any, None]:
        """From here on nothing arrives."""
        yield DISCONNECT, self

    @coroutine
    def handler_returned(self) -> Generator[Operation, Any, None]:
        """From here on nothing may be written, and what is owed to the client is settled."""
        yield HANDLER_RETURN, self
