"""Tasks that drive goroutines, and the clock that wakes them: the part that knows of asyncio.

A turn is a piece of synchronous code: an operation completes (or turns out to have to wait) together with
the code that follows it, or a timer fires. No two turns overlap, so the state machines need no protection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from harness.primitives.world import running
from harness.realtime.clock import RealClock, next_deadline
from harness.realtime.goroutine import Goroutine
from harness.realtime.world import RealWorld

LONGEST_DELAY = 3
PACES = (1, 1, 4, 16)


class Driver:
    """Drives the goroutines of one world on the running event loop, until `ended` is done.

    `fault` is what to raise then, if something was wrong with the program or with us.
    """

    def __init__(self, seed: int, time_scale: float) -> None:
        self.loop = asyncio.get_running_loop()
        self.world = RealWorld()
        self.random = Random(seed)
        self.clock = RealClock(self.loop, time_scale, self.ring)
        self.ended: asyncio.Future[None] = self.loop.create_future()
        self.tasks: list[asyncio.Task[None]] = []
        self.fault: BaseException | None = None

    def begin(self, program: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        """Start main."""
        with self.turn():
            self.world.begin(program, arguments)

    async def drive(self, goroutine: Goroutine) -> None:
        """A goroutine's task: after a random delay an attempt at its operation, until it has ended."""
        pace = self.random.choice(PACES)
        await self.delay(pace)
        while goroutine.operation is not None and not self.ended.done():
            self.attempt(goroutine)
            if goroutine.wake is not None:
                await goroutine.wake
            await self.delay(pace)

    async def delay(self, pace: int) -> None:
        """Let the other tasks run for a while: real goroutines are not equally fast, and some are slow throughout."""
        for _ in range(pace * self.random.randint(0, LONGEST_DELAY)):
            await asyncio.sleep(0)

    # -- turns ---------------------------------------------------------------------------------------------

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Ours is the running world meanwhile; afterwards everything that was started runs, and who can move is awake.

        An error that is not the program's own ends the run.
        """
        outer, running.world = running.world, self.world
        self.world.now = max(self.world.now, self.clock.read())
        try:
            yield
            for goroutine in self.world.settle():
                self.tasks.append(self.loop.create_task(self.drive(goroutine), name=goroutine.name))
            self.rouse()
            self.look_ahead()
        except BaseException as error:
            self.fault = self.fault or error
            self.stop()
        finally:
            running.world = outer

    def attempt(self, goroutine: Goroutine) -> None:
        """Complete the goroutine's operation in one of the ways that are possible now, or let it wait."""
        with self.turn():
            ways = self.world.ways(goroutine)
            if ways:
                self.world.take(self.random.choice(ways))
            else:
                goroutine.parked = goroutine.operation
                goroutine.wake = self.loop.create_future()

    def ring(self, deadline: float) -> None:
        """`deadline` has come: fire one timer; equal ones come in any order, each in a turn of its own."""
        with self.turn():
            self.world.now = max(self.world.now, deadline)
            due = [timer for timer in self.world.timers if timer.deadline == deadline]
            if due:
                self.random.choice(due).fire(self.world.now)

    def rouse(self) -> None:
        """Something may have changed: whoever is asleep and can move is to make another attempt."""
        for goroutine in self.world.live:
            if goroutine.asleep and self.world.ways(goroutine):
                goroutine.rouse()

    def look_ahead(self) -> None:
        """Set the clock; find out whether this was the end."""
        world = self.world
        if world.over():
            self.stop()
        else:
            self.clock.set(next_deadline(world.timers, world.pending(), world.now))

    # -- ending --------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Nothing happens after this turn."""
        self.clock.set(None)
        if not self.ended.done():
            self.ended.set_result(None)

    async def close(self) -> None:
        """Take everything off the event loop again."""
        self.clock.set(None)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.world.close()
