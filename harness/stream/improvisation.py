"""A session without a script: within the bounds of a plan, the schedule decides what executor and client do.

Where `serve` has a schedule for each plan, here one schedule is a plan as well: whenever the executor could do several
things it asks `choose`, and so does the client once. So one proof covers all plans within the bounds, and a test can
play the environment move by move (`harness.generators.session_machine`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from types import coroutine
from typing import Any

from harness.model import dependence as touch
from harness.model.errors import BadInput, Panic
from harness.model.operation import Kind, Operation
from harness.primitives.choice import choose
from harness.primitives.context import Context, background, with_cancel
from harness.primitives.sync import WaitGroup
from harness.primitives.world import go, world
from harness.search.campaign import Oracle
from harness.search.programs import find, reference_of, resolvers
from harness.stream import plan as plans
from harness.stream.client import FakeClient
from harness.stream.event import MESSAGE, Event
from harness.stream.executor import FAILURE, FakeExecutor
from harness.stream.plan import StreamPlan
from harness.stream.promises import judged
from harness.stream.serve import Handler, Session, serve

FORM = "improvised"
RETURN, FAIL, PANIC = "return", "fail", "panic"
SEND, SEND_NIL = "send", "send nil"
START_CHILD, START_LATE_CHILD = "start a child", "start a late child"
STAY, DISCONNECT, BREAK = "stay", "disconnect", "break"
ENDINGS = {RETURN: plans.SUCCESS, FAIL: plans.ERROR, PANIC: plans.PANIC}


class Actor:
    """Somebody who decides by asking `choose`.

    Attributes:
        goroutine: that asks, once it has.
        offers: what may be decided, as it was last asked; the first of them is to do nothing more.
    """

    def __init__(self) -> None:
        self.goroutine: Any = None
        self.offers: tuple[str, ...] = ()

    async def decide(self, *offers: str) -> str:
        """One of `offers`."""
        self.goroutine, self.offers = world("a decision").goroutine, offers
        return offers[await choose(len(offers))]


class Improviser(Actor):
    """The executor. What it does is recorded in `books`, and how it ended in `ending`."""

    def __init__(self, plan: StreamPlan) -> None:
        super().__init__()
        self.plan = plan
        self.books = FakeExecutor(plan)
        self.ending = plans.SUCCESS
        self.count = dict.fromkeys((SEND, SEND_NIL, START_CHILD, START_LATE_CHILD), 0)
        self.joined = WaitGroup(name="workers")

    def possible(self) -> list[str]:
        """What it may do now; the endings first, up to the one that the plan names."""
        plan, count = self.plan, self.count
        children = count[START_CHILD] + count[START_LATE_CHILD]
        worst = list(ENDINGS.values()).index(plan.ending)
        return [
            *list(ENDINGS)[: worst + 1],
            *[SEND] * (count[SEND] < plan.events),
            *[SEND_NIL] * (count[SEND_NIL] < plan.nils),
            *[START_CHILD] * (children < plan.children),
            *[START_LATE_CHILD] * (children < plan.children and count[START_LATE_CHILD] < plan.late),
        ]

    async def __call__(self, ctx: Context, stream: Any) -> str | None:
        """`ExecuteStream`, as `FakeExecutor` does it, but without a script."""
        self.books.context = ctx
        going_on = True
        while going_on and (move := await self.decide(*self.possible())) not in ENDINGS:
            self.count[move] += 1
            going_on = await self.make(move, ctx, stream)
        if going_on:
            self.ending = ENDINGS[move]
        if self.count[START_CHILD]:
            await self.joined.wait()
        await self.books.finish()
        if self.ending == plans.PANIC:
            raise Panic(FAILURE)
        if not going_on:
            return await ctx.err()
        return FAILURE if self.ending == plans.ERROR else None

    async def make(self, move: str, ctx: Context, stream: Any) -> bool:
        """One move; False if it was given up because the context was cancelled."""
        if move == SEND_NIL:
            return await self.books.emit(ctx, stream, None)
        if move == SEND:
            return await self.books.emit(ctx, stream, Event(MESSAGE, "worker1", self.count[SEND]))
        children = self.count[START_CHILD] + self.count[START_LATE_CHILD]
        late = move == START_LATE_CHILD
        await self.books.start_child(ctx, stream, self.joined, f"child1.{children}", late)
        return True


class Visitor(Actor):
    """The client's side: it stays, goes away, or its connection breaks under the next write, whenever that is."""

    def __init__(self, client: FakeClient) -> None:
        super().__init__()
        self.__name__ = "visit"
        self.client = client

    async def __call__(self, plan: StreamPlan) -> None:
        """Decide once."""
        self.client.take_part()
        offers = [*[DISCONNECT] * plan.disconnect, *[BREAK] * bool(plan.failing_write)]
        move = await self.decide(STAY, *offers)
        if move == DISCONNECT:
            await self.client.leave()
            await self.client.connection_lost()
        elif move == BREAK:
            await self.breaks()

    @coroutine
    def breaks(self) -> Generator[Operation, Any, None]:
        """From here on writes fail."""
        yield BREAKS, self.client


def _break(operation: Operation) -> None:
    client = operation[1]
    client.plan = replace(client.plan, failing_write=client.writes + 1)


BREAKS = Kind("break", perform=_break, footprint=touch.WRITE, words=lambda _: "the connection breaks")


@dataclass(frozen=True, slots=True)
class ImprovisedProgram:
    """A handler under test, and bounds on what happens to it. `watch` is told who acts, when a session begins."""

    handler: Handler
    plan: StreamPlan
    watch: Callable[[Improviser, Visitor], object] = field(default=lambda executor, client: None, compare=False)

    @property
    def reference(self) -> str:
        """How tokens name it."""
        return f"{FORM} {reference_of(self.handler)} {self.plan}"

    @property
    def oracles(self) -> tuple[Oracle, ...]:
        """What the command line asks of it."""
        return tuple(judged(self.handler).values())

    async def __call__(self) -> Session:
        """One request, from connection to the end of everything it started."""
        plan = self.plan
        ctx, hang_up = with_cancel(background(), name="request")
        executor = Improviser(plan)
        client = FakeClient(replace(plan, failing_write=0), hang_up, executor.books)
        visitor = Visitor(client)
        self.watch(executor, visitor)
        if plan.disconnect or plan.failing_write:
            go(visitor, plan)
        await self.handler(ctx, client, executor, capacity=plan.capacity)
        await client.handler_returned()
        await hang_up()
        return Session(replace(plan, ending=executor.ending), executor.books, client, ctx)


def improvise(design: Handler, plan: StreamPlan) -> ImprovisedProgram:
    """The program in which `design` serves one request of which only the bounds are known.

        prove(improvise(handler, StreamPlan(events=2, capacity=1, ending="error")), oracles=SAFE_STREAM)

    The executor does at most as much as `plan` says, in any order, and ends in any way up to `plan.ending` (success,
    error, panic); the client may `disconnect`, and with a `failing_write` its connection may break, at any moment.
    Everything else is as planned.

    Raises:
        BadInput: `design` is not a handler, or `plan` is not a plan, or one for several workers, a stall, or a delay.
    """
    serve(design, plan)
    if plan.workers != 1 or plan.ending not in ENDINGS.values() or plan.delay:
        raise BadInput(
            f"an executor that improvises is one worker, without delay, and ends in one of "
            f"{', '.join(ENDINGS.values())}; found {plan}"
        )
    return ImprovisedProgram(design, plan)


def _resolve(text: str) -> ImprovisedProgram:
    reference, _, plan = text.partition(" ")
    return improvise(find(reference), StreamPlan.parse(plan))


resolvers[FORM] = _resolve
