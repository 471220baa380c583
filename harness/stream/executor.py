"""The scheduler-controlled executor: it follows its plan, and the schedule decides when each step happens.

It plays the seed's `ExecuteStream(ctx, query, streamChan) error`: an async function of a context and a stream that
returns None or an error text, or panics.
"""

from __future__ import annotations

from collections.abc import Generator
from types import coroutine
from typing import Any

from harness.model import dependence as touch
from harness.model.errors import Panic
from harness.model.operation import Kind, Operation
from harness.primitives.channel import NIL, Channel
from harness.primitives.context import Context
from harness.primitives.select import Recv, Send, select
from harness.primitives.sync import WaitGroup
from harness.primitives.time import sleep
from harness.primitives.world import Primitive, go
from harness.stream import plan as plans
from harness.stream.event import MESSAGE, Event
from harness.stream.plan import StreamPlan

FAILURE = "crew failed"


class FakeExecutor(Primitive):
    """Follows `plan`.

    The stream it is given is a `Channel`, or an outlet: an object with `await send(event)`, which tells whether the
    event was accepted, and `await go(function, *args)`, which starts a child that the handler joins.

    Attributes:
        context: the one that it was called with; None until it is called.
        accepted: the events whose send has completed; those of one sender are in its order, and how those of several
            senders are mixed means nothing. Nil events are not counted.
        finished: whether `ExecuteStream` has come to its end, by return or panic. That is an operation of its own.
    """

    __slots__ = ("__name__", "accepted", "context", "finished", "plan", "turned_away")

    def __init__(self, plan: StreamPlan) -> None:
        self.plan = plan
        self.accepted: list[Event] = []
        self.turned_away: list[Event] = []
        self.finished = False
        self.context: Context | None = None
        self.__name__ = "execute_stream"
        self.enrol("executor")

    async def __call__(self, ctx: Context, stream: Any) -> str | None:
        """Send what the plan says; the error text if the execution failed or was cancelled."""
        self.context = ctx
        joined = WaitGroup(name="workers")
        if self.plan.workers == 1:
            complete = await self.work(ctx, stream, joined, 1)
        else:
            complete = await self.work_in_parallel(ctx, stream, joined)
        if self.plan.children * self.plan.workers > self.plan.late:
            await joined.wait()
        if self.plan.ending == plans.STALL:
            await NIL.recv()
        if self.plan.ending == plans.ENDLESS:
            await ctx.done().recv()
            complete = False
        await self.finish()
        if self.plan.ending == plans.PANIC:
            raise Panic(FAILURE)
        if not complete:
            return await ctx.err()
        return FAILURE if self.plan.ending == plans.ERROR else None

    @coroutine
    def finish(self) -> Generator[Operation, Any, None]:
        """`ExecuteStream` has come to its end."""
        yield FINISH, self

    async def work_in_parallel(self, ctx: Context, stream: Any, joined: WaitGroup) -> bool:
        """All workers, each in a goroutine of its own; False if one of them gave up."""
        results: list[bool] = []
        workers = WaitGroup(name="crew")
        await workers.add(self.plan.workers)

        async def worker(number: int) -> None:
            results.append(await self.work(ctx, stream, joined, number))
            await workers.done()

        for number in range(1, self.plan.workers + 1):
            go(worker, number)
        await workers.wait()
        return all(results)

    async def work(self, ctx: Context, stream: Any, joined: WaitGroup, worker: int) -> bool:
        """One worker's share; False if the context was cancelled and it gave up."""
        for child in range(1, self.plan.children + 1):
            await self.start_child(ctx, stream, joined, f"child{worker}.{child}", self.is_late(worker, child))
        for _ in range(self.plan.nils):
            if not await self.emit(ctx, stream, None):
                return False
        for number in range(1, self.plan.events + 1):
            if self.plan.delay:
                await sleep(self.plan.delay)
            if not await self.emit(ctx, stream, Event(MESSAGE, f"worker{worker}", number)):
                return False
        return True

    def is_late(self, worker: int, child: int) -> bool:
        """The first `late` children, counted over all workers, are the late ones."""
        return (worker - 1) * self.plan.children + child <= self.plan.late

    async def start_child(self, ctx: Context, stream: Any, joined: WaitGroup, source: str, late: bool) -> None:
        """A goroutine that sends one event, and is joined before the executor returns unless it is `late`."""

        async def child() -> None:
            await self.emit(ctx, stream, Event(MESSAGE, source, 1), late)
            if not late:
                await joined.done()

        if not late:
            await joined.add(1)
            go(child)
        elif self.plan.rogue or isinstance(stream, Channel):
            go(child)
        else:
            await stream.go(child)

    async def emit(self, ctx: Context, stream: Any, event: Event | None, late: bool = False) -> bool:
        """Send one event; False if it was given up because the context was cancelled."""
        if not isinstance(stream, Channel):
            accepted = await stream.send(event)
            if not accepted and not late and event is not None:
                self.turned_away.append(event)
            if not accepted and not self.plan.watches_context:
                return True
        elif self.plan.watches_context:
            case, _, _ = await select(Send(stream, event), Recv(ctx.done()))
            accepted = case == 0
        else:
            await stream.send(event)
            accepted = True
        if accepted and event is not None:
            self.accepted.append(event)
        return bool(accepted)


def _finish(operation: Operation) -> None:
    operation[1].finished = True


FINISH = Kind("finish", perform=_finish, footprint=touch.WRITE, words=lambda _: "the executor finishes")
