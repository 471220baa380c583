"""States as values that can be compared: where goroutines are, what their variables hold, how primitives stand.

Two states are equal if the same code, from the same places, over equal values would see no difference. Values are
compared by content, and shared objects by the order in which they come up, so that a list made anew in every round of
a loop does not count as a change. Whatever cannot be compared with certainty (an object with hidden state, an iterator
of an unknown kind) raises `Incomparable`: then nothing is said about recurrence.
"""

from __future__ import annotations

import gc
import sys
from collections import deque
from types import (
    BuiltinFunctionType,
    CellType,
    CodeType,
    CoroutineType,
    FunctionType,
    GeneratorType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any

from harness.model.operation import Kind
from harness.primitives.polling import Look
from harness.primitives.world import Primitive, running
from harness.runtime.goroutine import Goroutine
from harness.runtime.liveness import FRAMES, belongs_to_user, outer_names
from harness.runtime.local_state import ATOMS, atom

SEQUENCES = (list, tuple, deque)
BOOKKEEPING = frozenset({"creator", "index", "label", "number", "offering", "parties", "waiters"})
LARGEST = 5_000
DEEPEST = 80


class Incomparable(Exception):
    """The state has a part of which it cannot be told whether it is the same as before."""


class Fingerprint:
    """Turns parts of a state into nested tuples."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.kept: list[Any] = []
        self.depth = 0

    def of(self, value: Any) -> Any:
        """One value."""
        kind = type(value)
        if kind in ATOMS:
            return atom(value)
        if kind is range:
            return value
        if kind is Goroutine:
            return "goroutine", value.name
        if kind is CodeType:
            return value
        if kind is Look:
            return "look"
        if value is running.world or kind is Kind or _is_builtin_class(value):
            return kind.__name__, id(value)
        number, known = self.number(value)
        if known:
            return number
        if self.depth > DEEPEST:
            raise Incomparable("too deep")
        self.depth += 1
        content = self.content(value, kind)
        self.depth -= 1
        return number, kind.__name__, *content

    def number(self, value: Any) -> tuple[int, bool]:
        """The number of an object, and whether it has come up before."""
        known = id(value) in self.numbers
        if not known:
            if len(self.kept) > LARGEST:
                raise Incomparable("too large")
            self.kept.append(value)
            self.numbers[id(value)] = len(self.kept)
        return self.numbers[id(value)], known

    def content(self, value: Any, kind: type) -> tuple[Any, ...]:
        """What an object consists of."""
        if isinstance(value, Primitive):
            return self.primitive(value)
        if kind in SEQUENCES:
            return tuple([self.of(each) for each in value])
        if kind is dict:
            return tuple([(self.of(key), self.of(each)) for key, each in value.items()])
        if kind in (set, frozenset) and all(type(each) in ATOMS for each in value):
            return (frozenset(map(atom, value)),)
        if kind.__module__ == "builtins" and "__reduce__" in vars(kind) and hasattr(value, "__next__"):
            return tuple([self.of(part) for part in value.__reduce__()[1:]])  # an iterator tells where it is
        if kind in (CoroutineType, GeneratorType):
            return self.suspended(value)
        if kind in (FunctionType, CellType, MethodType, BuiltinFunctionType):
            return self.callable(value)
        if kind in (classmethod, staticmethod):
            return (self.of(value.__func__),)
        if kind is property:
            return tuple(map(self.of, (value.fget, value.fset, value.fdel)))
        if isinstance(value, type):
            return self.members(value)
        return self.instance(value, kind)

    def callable(self, value: Any) -> tuple[Any, ...]:
        """A function with what it closes over, the cell of a variable, or a bound method."""
        if isinstance(value, CellType):
            try:
                return (self.of(value.cell_contents),)
            except ValueError:  # it is empty
                return ()
        if isinstance(value, MethodType):
            return self.of(value.__func__), self.of(value.__self__)
        if isinstance(value, BuiltinFunctionType):
            owner = value.__self__
            return value.__qualname__, None if isinstance(owner, ModuleType) else self.of(owner)
        parts = [value.__code__, value.__closure__, value.__defaults__, value.__kwdefaults__, value.__dict__]
        return (*map(self.of, parts), self.outside(value.__code__, value.__globals__))

    def suspended(self, coroutine: Any) -> tuple[Any, ...]:
        """A coroutine or generator: where it is, its variables, and what is on its stack."""
        frame, code = (getattr(coroutine, name) for name in FRAMES[type(coroutine)])
        if frame is None:
            return ()
        variables = dict(frame.f_locals)
        skipped = (frame, code, frame.f_locals)
        stack = [each for each in gc.get_referents(coroutine) if not _is_one_of(each, skipped) and _held(each, code)]
        values = [(name, self.of(each)) for name, each in variables.items()]
        outside = self.outside(code, frame.f_globals)
        return self.of(code), frame.f_lasti, tuple(values), tuple(map(self.of, stack)), outside

    def outside(self, code: CodeType, variables: dict[str, Any]) -> tuple[Any, ...]:
        """What the code names outside of itself: global variables, and those of its own modules that it names."""
        if not belongs_to_user(str(variables.get("__name__"))):
            return ()
        names = sorted(outer_names(code))
        named = [(name, variables[name]) for name in names if name in variables]
        named += [(name, sys.modules[name]) for name in names if name in sys.modules]
        modules = [vars(each) for _, each in named if type(each) is ModuleType and belongs_to_user(each.__name__)]
        named += [(name, module[name]) for module in modules for name in names if name in module]
        return tuple([(name, self.of(each)) for name, each in named if type(each) is not ModuleType])

    def members(self, kind: type) -> tuple[Any, ...]:
        """A class: its attributes, and those of its bases. What it has by being a class stays what it is."""
        found = [(name, each) for name, each in vars(kind).items() if _may_vary(name, each)]
        return (id(kind), *[(name, self.of(each)) for name, each in found], *map(self.of, kind.__bases__))

    def primitive(self, value: Primitive) -> tuple[Any, ...]:
        """A primitive: which one, and its state."""
        return (value.identity, *self.slots(value, BOOKKEEPING))

    def instance(self, value: Any, kind: type) -> tuple[Any, ...]:
        """An object of a class written in Python: its attributes, if it has nothing else."""
        if type(value).__module__.partition(".")[0] == "builtins" or not _is_plain(kind):
            raise Incomparable(kind.__name__)
        return (self.of(kind), *self.slots(value, frozenset()), self.of(getattr(value, "__dict__", None)))

    def slots(self, value: Any, without: frozenset[str]) -> tuple[Any, ...]:
        """The slots that have a value."""
        names = [name for base in type(value).__mro__ for name in _slots_of(base) if name not in without]
        return tuple([(name, self.of(getattr(value, name))) for name in names if hasattr(value, name)])


def _slots_of(kind: type) -> tuple[str, ...]:
    found = kind.__dict__.get("__slots__", ())
    names = (found,) if isinstance(found, str) else tuple(found)
    return tuple(_mangled(name, kind) for name in names if name not in ("__dict__", "__weakref__"))


def _mangled(name: str, kind: type) -> str:
    """A private name as it is in the class."""
    private = name.startswith("__") and not name.endswith("__") and kind.__name__.strip("_")
    return f"_{kind.__name__.lstrip('_')}{name}" if private else name


def _is_builtin_class(value: Any) -> bool:
    """A class of the standard library's, or ours?"""
    return isinstance(value, type) and not belongs_to_user(value.__module__)


def _is_plain(kind: type) -> bool:
    """Are all its classes but `object` written in Python, so that attributes are all that it has?"""
    return all(base is object or base.__flags__ & 1 << 9 for base in kind.__mro__)


def _held(each: Any, code: CodeType) -> bool:
    """Is this a value that a frame holds, rather than its own function?"""
    return not (isinstance(each, FunctionType) and each.__code__ is code)


def _is_one_of(each: Any, others: tuple[Any, ...]) -> bool:
    return any(each is other for other in others)


def _may_vary(name: str, member: Any) -> bool:
    """Is this a class's function or variable, rather than part of how classes work?"""
    if type(member) in (MemberDescriptorType, GetSetDescriptorType):
        return False
    return type(member) is FunctionType or not (name == "_abc_impl" or (name.startswith("__") and name.endswith("__")))
