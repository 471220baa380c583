"""Putting a design, an executor and a client together: the program that is checked and proved.

The main goroutine plays net/http: it makes the request's context, calls the handler, and cancels the context
when the handler has returned. Its return value is the `Session`, which the oracles of `harness.stream` read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from harness.model.errors import BadInput
from harness.primitives.context import Context, background, with_cancel
from harness.primitives.world import go
from harness.search.programs import find, is_async, reference_of, resolvers
from harness.stream.client import FakeClient
from harness.stream.event import Event
from harness.stream.executor import FakeExecutor
from harness.stream.plan import StreamPlan
from harness.stream.smaller import is_smaller, smaller

Handler = Callable[..., Awaitable[Any]]
FORM = "stream"


class Session:
    """Everything that happened between one executor, one handler and one client. Judged when all is over.

    `request` is the context that the handler was called with.
    """

    __slots__ = ("client", "executor", "plan", "request")

    def __init__(self, plan: StreamPlan, executor: FakeExecutor, client: FakeClient, request: Context) -> None:
        self.plan = plan
        self.executor = executor
        self.client = client
        self.request = request

    @property
    def accepted(self) -> list[Event]:
        """What the stream accepted, sender by sender: how their sends were mixed is nothing that one could observe."""
        return sorted(self.executor.accepted, key=attrgetter("source"))

    @property
    def turned_away(self) -> list[Event]:
        """What an outlet refused, sender by sender."""
        return sorted(self.executor.turned_away, key=attrgetter("source"))

    @property
    def statuses(self) -> list[Event]:
        """The final statuses that arrived."""
        return [event for event in self.client.arrived if event.is_status]

    @property
    def rightly_refused(self) -> bool:
        """Did the handler refuse a client that it cannot stream to?"""
        return self.client.refused is not None and not self.plan.flusher

    @property
    def complete(self) -> bool:
        """Was the client owed everything: one that can be served, and there until the handler returned?"""
        return self.client.connected and not self.rightly_refused

    def summary(self) -> str:
        """What arrived, in one line."""
        if self.client.refused is not None:
            return f"refused: {self.client.refused[0]} {self.client.refused[1]}"
        return f"arrived: {', '.join(map(repr, self.client.arrived)) or 'nothing'}"

    def __repr__(self) -> str:
        return f"<session, {self.summary()}>"

    @property
    def _facts(self) -> tuple[object, ...]:
        return self.plan, tuple(self.client.arrived), self.client.refused, tuple(self.accepted)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Session) and self._facts == other._facts

    def __hash__(self) -> int:
        return hash(self._facts)


@dataclass(frozen=True, slots=True)
class StreamProgram:
    """A handler under test together with what happens to it; calling it runs one session.

    `keeps` are the faults that its smaller versions have as well: see `harness.stream.smaller`.
    """

    handler: Handler
    plan: StreamPlan
    keeps: frozenset[str] = frozenset()

    @property
    def reference(self) -> str:
        """How tokens name it."""
        return f"{FORM} {reference_of(self.handler)} {self.plan}"

    def smaller(self) -> Iterator[StreamProgram]:
        """The same handler under smaller plans."""
        return (replace(self, plan=plan) for plan in smaller(self.plan, self.keeps))

    def version(self, reference: str) -> StreamProgram | None:
        """The same handler under the smaller plan that `reference` names; None if it names something else."""
        form = f"{FORM} {reference_of(self.handler)} "
        if not reference.startswith(form):
            return None
        plan = StreamPlan.parse(reference.removeprefix(form))
        return replace(self, plan=plan) if is_smaller(plan, self.plan) else None

    async def __call__(self) -> Session:
        """One request, from connection to the end of everything it started."""
        plan = self.plan
        ctx, hang_up = with_cancel(background(), name="request")
        executor = FakeExecutor(plan)
        client = FakeClient(plan, hang_up, executor)
        if plan.disconnect:
            go(client.disconnect)
        await self.handler(ctx, client, executor, capacity=plan.capacity)
        await client.handler_returned()
        await hang_up()
        return Session(plan, executor, client, ctx)


def serve(design: Handler, plan: StreamPlan) -> StreamProgram:
    """The program in which `design` serves one request under `plan`.

    Raises:
        BadInput: `design` is not a handler `(ctx, client, execute, *, capacity)`, or `plan` is not a plan.
    """
    if not is_async(design):
        raise BadInput(f"a design is an async function (ctx, client, execute, *, capacity); found {design!r}")
    if not isinstance(plan, StreamPlan):
        raise BadInput(f"serve takes a StreamPlan; found {plan!r}")
    return StreamProgram(design, plan)


def _resolve(text: str) -> StreamProgram:
    reference, _, plan = text.partition(" ")
    return serve(find(reference), StreamPlan.parse(plan))


resolvers[FORM] = _resolve
