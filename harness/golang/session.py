"""What a session between handler, executor and client comes to, in the words in which its Go twin tells of it.

Each goroutine has a log: what the client got stands in that of the handler, an accepted event in that of its sender.
So two sessions come to the same if the same events arrived in the same order, with the same final status; if the same
sends were accepted; if the same goroutines are blocked, at the same operations; or if both ended in the same panic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.golang.script import Script, script_of
from harness.model.execution import Settings
from harness.primitives.world import running
from harness.runtime.execute import Subject
from harness.stream.client import FakeClient
from harness.stream.event import Event
from harness.stream.executor import FakeExecutor
from harness.stream.serve import StreamProgram

HANDLER = "main"
SILENT = re.compile(r"(^| )\S+\[\](?= |$)")


class Accepted(list[Event]):
    """The events that were accepted, also by the goroutine that sent them."""

    def __init__(self) -> None:
        super().__init__()
        self.by: dict[str, list[str]] = {}

    def append(self, event: Event) -> None:
        """The running goroutine's send of `event` has completed."""
        assert running.world is not None
        super().append(event)
        self.by.setdefault(running.world.goroutine.name, []).append(f"accepted {event!r}")


class Watched:
    """A session's program, and the client and the accepted events of the execution that it began last."""

    def __init__(self, program: StreamProgram) -> None:
        self.program = program
        self.client: FakeClient | None = None
        self.accepted = Accepted()

    def subject(self, settings: Settings) -> Subject:
        """The same program, with the same schedules."""

        async def handler(ctx: Any, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
            self.client, self.accepted = client, Accepted()
            execute.accepted = self.accepted
            await self.program.handler(ctx, client, execute, capacity=capacity)

        return Subject(StreamProgram(handler, self.program.plan), (), settings)


def logs(client: FakeClient, accepted: Accepted) -> dict[str, list[str]]:
    """Goroutine to what it wrote down; who has nothing to tell may be missing."""
    found = {goroutine: list(lines) for goroutine, lines in accepted.by.items()}
    found[HANDLER] = handler_log(client) + found.get(HANDLER, [])
    return found


def handler_log(client: FakeClient) -> list[str]:
    """What the client saw of the handler."""
    lines = [f"arrived {told(event)}" for event in client.arrived]
    if client.refused is not None:
        lines.append(f"refused {client.refused[0]} {client.refused[1]}")
    if client.returned:
        hasty = ", status before the end" if client.hasty else ""
        lines.append(f"returned, {'connected' if client.connected else 'gone'}{hasty}")
    return lines + [f"late {told(event)}" for event in client.written_late]


def told(event: Event) -> str:
    """An event; a final status with its text."""
    return f"{event.kind}: {event.text}" if event.is_status else repr(event)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a schedule leads to.

    Attributes:
        script: what forces it on the Go twin.
        logs: goroutine to what it wrote down; each goroutine is there.
    """

    script: Script
    logs: Mapping[str, Sequence[str]]

    @property
    def outcome(self) -> str:
        """What the gate must say of the forced run."""
        return self.script.outcome(self.logs)

    def lines(self) -> list[str]:
        """The same for a person, a line for each goroutine."""
        if self.script.panic:
            return [self.script.panic]
        return [f"{name}: {self._ending(name)}" for name in sorted(self.logs)]

    def _ending(self, name: str) -> str:
        blocked = [f"blocked for ever at {self.script.stuck[name]}"] if name in self.script.stuck else []
        return ", ".join([*self.logs[name], *blocked]) or "ended"


def predicted(program: StreamProgram, settings: Settings, schedule: Sequence[int]) -> Prediction:
    """What this schedule comes to, by running it again."""
    watched = Watched(program)
    script = script_of(watched.subject(settings), schedule)
    names = {HANDLER, *script.stuck, *(grant["Goroutine"] for step in script.steps for grant in step["Grants"])}
    assert watched.client is not None
    found = logs(watched.client, watched.accepted)
    return Prediction(script, {name: found.get(name, []) for name in names})


def without_the_silent(outcome: str) -> str:
    """An outcome without the goroutines that have ended and have nothing to tell."""
    return SILENT.sub("", outcome).strip()
