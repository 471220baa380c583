"""Where a primitive learns who creates it: the one link from Go's words to the runtime that is running them.

A runtime installs itself as `running.world` while it resumes a goroutine. Objects are named by their creator
and by creation order, so the same object has the same name under every schedule.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from types import CoroutineType
from typing import Any, Protocol

from harness.model.errors import BadInput, OutsideProgram


class Creator(Protocol):
    """The part of a goroutine that naming needs: its own name and how many objects it has created."""

    objects: int

    @property
    def name(self) -> str: ...


class World(Protocol):
    """What a runtime offers to the primitives."""

    goroutine: Any
    now: float
    timers: list[Any]
    timed: bool
    due: bool
    functions: bool
    serials: int
    shared: int
    observed: list[Any]
    armed: list[Any]
    fair_bound: int

    def look_again(self, operation: Any) -> Any: ...

    def spawn(self, function: Callable[..., Any], arguments: tuple[Any, ...], launcher: Any = None) -> None: ...


class Running:
    """The runtime whose goroutine is being resumed right now, if any; and who is told what comes into being."""

    __slots__ = ("note", "world")

    def __init__(self) -> None:
        self.world: World | None = None
        self.note: Callable[[Any], None] | None = None


running = Running()


def world(action: str) -> World:
    """The running world; raises `OutsideProgram` naming `action` if no program is running."""
    current = running.world
    if current is None:
        raise OutsideProgram(
            f"{action} was called outside a running program: "
            f"call it inside the async function that you give to run, check or prove"
        )
    return current


class Primitive:
    """Anything that goroutines share. `waiters` belongs to the runtime's fast loop, `index` to the reduced search."""

    __slots__ = ("creator", "index", "label", "number", "waiters")

    creator: Creator
    label: str | None
    number: int
    index: int
    starter: Any
    place: Any
    waiters: list[Any]

    def enrol(self, label: str | None) -> None:
        """Take the next number of the goroutine that is running."""
        current = running.world or world(f"{type(self).__name__}()")
        creator = current.goroutine
        self.number = creator.objects = creator.objects + 1
        self.creator = creator
        self.label = label
        self.waiters = []
        if running.note is not None:
            running.note(self)

    def arrange(self, function: Callable[..., Any]) -> None:
        """Keep a place among the running goroutine's offspring: this object may start `function` later.

        Whoever starts a goroutine with it as the launcher starts it there. So the goroutine's name does not depend on
        when that is. The object has to have the slots `starter` and `place`.
        """
        current = running.world or world("go()")
        self.starter = current.goroutine
        self.place = current.goroutine.reserve(function)
        current.armed.append(self)

    @property
    def identity(self) -> str:
        """Unique within an execution and equal under every schedule: creator's path and creation order."""
        return f"{self.creator.name}.{self.number}"

    @property
    def name(self) -> str:
        """The user's name for it, else its class and identity."""
        return self.label or f"{type(self).__name__}@{self.identity}"

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Forgetful(list[Any]):
    """The waiters of an object that is shared by all executions and never changes."""

    def append(self, waiter: Any) -> None:
        """Nobody ever needs to be told."""


class Nothing(Primitive):
    """The object of operations that concern no object."""

    __slots__ = ()

    def __init__(self) -> None:
        self.label = "nothing"
        self.waiters = Forgetful()

    @property
    def identity(self) -> str:
        """There is only one."""
        return ""


NOTHING = Nothing()


def go(function: Callable[..., Any], *arguments: Any) -> None:
    """Start `function(*arguments)` as a goroutine. The child runs to its first operation when its parent next
    reaches one.

    Raises:
        OutsideProgram: no program is running.
        BadInput: `function` is neither an async function nor a method of a primitive.
    """
    (running.world or world("go()")).spawn(function, arguments)


def start_coroutine(function: Any, arguments: tuple[Any, ...]) -> Any:
    """Call `function` and return its coroutine, or say what was given instead."""
    if not callable(function):
        if hasattr(function, "close"):
            function.close()  # a coroutine that somebody has made already: it must not be reported as never awaited
        raise BadInput(f"go and the verbs take an async function and its arguments; found a {type(function).__name__}")
    return coroutine_from(function(*arguments), function)


def coroutine_from(made: Any, function: Callable[..., Any]) -> Any:
    """What `function` has returned, if it is a coroutine or an operation, as a coroutine."""
    if type(made) is CoroutineType or hasattr(made, "cr_await"):
        return made
    if isawaitable(made) and hasattr(made, "gi_frame"):
        return _complete(made)
    found = f"{getattr(function, '__qualname__', repr(function))} returned {type(made).__name__}"
    raise BadInput(f"a goroutine must be an async function (async def), but {found}")


async def _complete(operation: Awaitable[Any]) -> Any:
    """What runs `go(channel.send, value)` and `go(cancel)`."""
    return await operation


def now() -> float:
    """Virtual time in seconds since the execution began."""
    return world("now()").now
