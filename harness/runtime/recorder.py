"""Runs an execution and writes down, step by step, what the race detector and a person want to know.

Only for executions that are run once more; it looks at state and frames before and after each step, and changes
nothing. A skeleton is the trace without what only people want.
"""

from __future__ import annotations

from harness.model.operation import Transition
from harness.model.outcome import Panicked
from harness.model.place import raised_at
from harness.model.trace import Action, Made, Participant, Trace
from harness.primitives.naming import describe
from harness.primitives.panics import PANIC
from harness.runtime.account import labels, told
from harness.runtime.complaints import text_of
from harness.runtime.explain import Origins
from harness.runtime.goroutine import Goroutine
from harness.runtime.location import location
from harness.runtime.scheduler import Scheduler


class Recorder:
    """A scheduler that remembers: same `enabled` and `take`, and the trace of what was taken."""

    def __init__(self, scheduler: Scheduler, readable: bool, origins: Origins | None = None) -> None:
        """`origins` notes what comes into being, for a readable trace."""
        self.scheduler = scheduler
        self.origins = origins
        self.readable = readable
        self.actions: list[Action] = []
        self.offered: list[Transition] = []
        self.known = scheduler.serials
        scheduler.armed.clear()

    def enabled(self) -> list[Transition]:
        """See `Scheduler.enabled`."""
        self.offered = self.scheduler.enabled()
        return self.offered

    def take(self, transition: Transition) -> None:
        """See `Scheduler.take`."""
        scheduler = self.scheduler
        panicked, scheduler.raised = scheduler.panic, None
        kind, objects, detail = labels(transition)
        text, name, value = told(transition) if self.readable else ("", "", "")
        participants = tuple([self.participant(part) for part in transition if isinstance(part, Goroutine)])
        index = next(i for i, offered in enumerate(self.offered) if offered is transition)
        scheduler.take(transition)
        if self.readable:
            text += self.consequences(panicked)
        newcomers = self.newcomers()
        made, fills = self.noted(objects) if self.origins is not None else ((), ())
        self.actions.append(
            Action(
                step=len(self.actions),
                time=scheduler.now,
                index=index,
                alternatives=len(self.offered),
                kind=kind,
                objects=objects,
                detail=detail,
                participants=participants,
                text=text,
                spawned=tuple([goroutine.name for goroutine in newcomers]),
                after_panic=panicked is not None,
                name=name,
                armed=self.armed(),
                launched=tuple([(g.name, g.launcher.identity) for g in newcomers if g.launcher is not None]),
                value=value,
                made=made,
                fills=fills,
            )
        )

    def consequences(self, before: Panicked | None) -> str:
        """What else the step just taken led to, in words."""
        scheduler = self.scheduler
        raised = text_of(scheduler.raised) if scheduler.raised is not None else None
        if scheduler.panic is None or scheduler.panic is before:
            return f", which panics: {raised}" if raised is not None else ""
        if raised == scheduler.panic.message:
            return f", which panics, and nobody recovers: {raised}"
        return f", and {scheduler.panic.goroutine} ends in a panic: {scheduler.panic.message}"

    def participant(self, goroutine: Goroutine) -> Participant:
        """A goroutine's part in the step that is about to be taken."""
        if not self.readable:
            return Participant(goroutine.name, "", "")
        operation = goroutine.operation
        panicked = operation is not None and operation[0] is PANIC
        place = raised_at(operation[2]) if panicked and operation is not None else location(goroutine.coroutine)
        return Participant(goroutine.name, describe(operation), place)

    def noted(self, objects: tuple[str, ...]) -> tuple[tuple[Made, ...], tuple[tuple[str, int, bool], ...]]:
        """What has come into being since the last step, and how full the channels among that and `objects` are."""
        assert self.origins is not None
        made, known = self.origins.collect(), self.origins.channels
        names = dict.fromkeys((*objects, *(each.identity for each in made)))
        channels = [known[name] for name in names if name in known]
        return made, tuple([(channel.identity, len(channel.buffer), channel.closed) for channel in channels])

    def armed(self) -> tuple[tuple[str, str], ...]:
        """What has been told, since the last step, to start a goroutine later."""
        armed = self.scheduler.armed
        if not armed:
            return ()
        found = tuple([(launcher.starter.name, launcher.identity) for launcher in armed])
        armed.clear()
        return found

    def newcomers(self) -> tuple[Goroutine, ...]:
        """The goroutines that have started since the last step."""
        known, self.known = self.known, self.scheduler.serials
        if known == self.known:
            return ()
        return tuple([goroutine for goroutine in self.scheduler.live if goroutine.serial >= known])

    def trace(self) -> Trace:
        """What has happened so far."""
        return tuple(self.actions)
