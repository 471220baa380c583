"""Who could still wake whom: told from references, at once, not by waiting.

A blocked goroutine goes on only if somebody completes its operation: sends, closes, unlocks, signals. To do so one must
hold a reference to an object that the operation concerns, or get one from something that one holds. So: start from
whoever can move by itself (goroutines with something enabled, sleepers, armed timers); follow references; whoever is
blocked at an object that was reached may be woken, and what it holds is reached as well. Whoever is never reached is
*stuck*. That is the garbage collector's question, as in Go 1.26's leak profile (and V. Saioc et al., "Dynamic Partial
Deadlock Detection and Recovery via Garbage Collection", ASPLOS 2025).

Too much may be taken for reachable, never too little: an object in a variable that a goroutine may still read counts
as one that it uses, for whatever purpose. Variables that the code left to run never reads do not count
(`harness.runtime.liveness`), and of a module only what some code reached so far names. Not followed, and so able to
hide a reference: what C extensions keep from the garbage collector, names that are computed at run time
(`getattr(module, text)`), attributes that the standard library keeps for others (`threading.local`, `atexit`).

Only looked at when an execution ends.
"""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterable
from contextvars import ContextVar
from types import (
    CellType,
    CodeType,
    FrameType,
    FunctionType,
    ModuleType,
)
from typing import Any

from harness.model.operation import Kind, Operation
from harness.primitives.channel import NIL
from harness.primitives.polling import look_of
from harness.primitives.select import cases
from harness.primitives.time import SLEEP
from harness.primitives.world import NOTHING
from harness.runtime.goroutine import Goroutine
from harness.runtime.liveness import FRAMES, belongs_to_user, live_names, outer_names
from harness.runtime.scheduler import Scheduler

LEAVES = frozenset((str, bytes, int, float, complex, bool, type(None), CodeType, FrameType, Goroutine, Scheduler))


def awaited(goroutine: Goroutine) -> list[tuple[Kind, Any]]:
    """What the goroutine is pending at, for each case: the kind of operation and the object that it concerns; a nil
    channel is nobody's to use."""
    assert goroutine.operation is not None
    found = [(case[0], case[1]) for case in cases(goroutine.operation)]
    return [(kind, each) for kind, each in found if each is not NOTHING and each is not NIL]


def stuck(scheduler: Scheduler) -> list[Goroutine]:
    """The goroutines that nobody who can still move could ever wake."""
    moving = {part for transition in scheduler.enabled() for part in transition}
    going = [g for g in scheduler.left() if g in moving or may_move_by_itself(g.operation)]
    blocked = [g for g in scheduler.left() if g not in going]
    if not blocked:
        return []  # a program may hold a lot: there is no need to go through it
    walk = Walk()
    walk.follow(scheduler.timers)
    for goroutine in going:
        walk.follow([goroutine.coroutine, goroutine.operation])
    while woken := [goroutine for goroutine in blocked if walk.reaches(each for _, each in awaited(goroutine))]:
        blocked = [goroutine for goroutine in blocked if goroutine not in woken]
        for goroutine in woken:
            walk.follow([goroutine.coroutine, goroutine.operation])
    return blocked


def may_move_by_itself(operation: Operation | None) -> bool:
    """Does it only sleep, or poll?"""
    return operation is not None and (operation[0] is SLEEP or look_of(operation) is not None)


class Walk:
    """What has been reached so far. `seen` keeps everything alive, so that an address is an identity."""

    def __init__(self) -> None:
        self.seen: dict[int, Any] = {}
        self.modules: list[ModuleType] = []
        self.names: set[str] = set()

    def reaches(self, objects: Iterable[Any]) -> bool:
        """Has one of these been reached?"""
        return any(id(each) in self.seen for each in objects)

    def follow(self, found: Iterable[Any]) -> None:
        """Reach these, and everything that they lead to."""
        waiting = list(found)
        while waiting:
            each = waiting.pop()
            if type(each) not in LEAVES and id(each) not in self.seen:
                self.seen[id(each)] = each
                waiting += self.led_to_by(each)

    def led_to_by(self, each: Any) -> list[Any]:
        """What one object refers to, as far as a program can get at it."""
        kind = type(each)  # what an object says of its class may be untrue, or fail
        if kind in FRAMES:
            return self.suspended(each)
        if kind is FunctionType:
            parts = [each.__closure__, each.__defaults__, each.__kwdefaults__, each.__dict__]
            return parts + self.named(each.__code__, each.__globals__)
        if issubclass(kind, ModuleType):
            return self.entered(each)
        if issubclass(kind, weakref.ref):
            return [each()]
        if kind in weakref.ProxyTypes:
            return _behind(each)
        if kind is ContextVar:
            return [each.get(None), *gc.get_referents(each)]
        if issubclass(kind, type) and not belongs_to_user(each.__module__):
            return []
        return gc.get_referents(each)

    def suspended(self, coroutine: Any) -> list[Any]:
        """What a coroutine or generator may still use: live variables, and what is on its stack."""
        frame, code = (getattr(coroutine, name) for name in FRAMES[type(coroutine)])
        if frame is None:
            return []
        variables = frame.f_locals
        live = live_names(code, frame.f_lasti)
        dead = [value for name, value in variables.items() if name not in live]
        found = [each for each in gc.get_referents(coroutine) if each is not variables]
        own = next((each for each in found if type(each) is FunctionType and each.__code__ is code), None)
        for value in [own, *dead]:
            _discard(found, value)
        return found + self.named(code, frame.f_globals)

    def named(self, code: CodeType, variables: dict[str, Any]) -> list[Any]:
        """What the code names outside of itself: global variables, and attributes of modules."""
        if not belongs_to_user(str(variables.get("__name__"))):
            return []
        names = outer_names(code)
        found = [variables[name] for name in names if name in variables]
        found += [sys.modules[name] for name in names if name in sys.modules]
        fresh = names - self.names
        self.names |= fresh
        return found + [vars(module)[name] for module in self.modules for name in fresh if name in vars(module)]

    def entered(self, module: ModuleType) -> list[Any]:
        """A module: of it, what has been named, and later what will be."""
        if not belongs_to_user(module.__name__):
            return []
        self.modules.append(module)
        return [vars(module)[name] for name in self.names if name in vars(module)]


def _behind(proxy: Any) -> list[Any]:
    """What a proxy stands for: the object that its methods are bound to."""
    try:
        return [proxy.__dir__.__self__]
    except ReferenceError:  # it is gone
        return []


def _discard(found: list[Any], value: Any) -> None:
    """Take out one reference to a variable's value, or to the cell that holds it."""
    for index, each in enumerate(found):
        if each is value or (type(each) is CellType and _content(each) is value):
            del found[index]
            return


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty
        return CellType
