"""What a session between handler, executor and client comes to, in the words in which the Go twin tells of it.

Each goroutine has a log: what the client got stands in that of the handler, an accepted event in that of its sender.
So a forced run of real Go equals its prediction if the same events arrived in the same order with the same final
status, the same sends were accepted, the same goroutines are blocked at the same operations; or if it ended in the same
panic.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    """A session's program, and the client and executor of its latest execution."""

    def __init__(self, program: StreamProgram) -> None:
        self.program = program
        self.client: FakeClient | None = None
        self.accepted = Accepted()

    def subject(self, settings: Settings) -> Subject:
        """The same program, watched: its schedules are the same."""

        async def handler(ctx: Any, client: FakeClient, execute: FakeExecutor, *, capacity: int) -> None:
            self.client, self.accepted = client, Accepted()
            execute.accepted = self.accepted
            await self.program.handler(ctx, client, execute, capacity=capacity)

        return Subject(StreamProgram(handler, self.program.plan), (), settings)

    def logs(self) -> dict[str, list[str]]:
        """Goroutine to what it wrote down, as far as it has come; who has nothing to tell is not there."""
        assert self.client is not None
        found = {goroutine: list(lines) for goroutine, lines in self.accepted.by.items()}
        found[HANDLER] = handler_log(self.client) + found.get(HANDLER, [])
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


def predicted(program: StreamProgram, settings: Settings, schedule: Sequence[int]) -> tuple[Script, str]:
    """What forces this schedule on the Go twin, and the outcome that it must come to."""
    watched = Watched(program)
    script = script_of(watched.subject(settings), schedule)
    if script.panic:
        return script, script.panic
    logs = watched.logs()
    names = {HANDLER, *script.stuck, *(grant["Goroutine"] for step in script.steps for grant in step["Grants"])}
    return script, outcome_text({name: logs.get(name, []) for name in names}, script.stuck)


def outcome_text(logs: dict[str, list[str]], stuck: dict[str, str]) -> str:
    """See `World.outcome` in `gate/world.go`."""
    return " ".join(
        sorted(f"{name}[{'; '.join(log)}]{f'@{stuck[name]}' if name in stuck else ''}" for name, log in logs.items())
    )
