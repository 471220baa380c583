"""Who could still complete somebody's operation: told from the references that they hold and the names that they use.

A goroutine that only sends on a channel is no help to another that sends on it, although both hold it. Whoever could
help holds the object, and the code that it has left to run names a method by which the operation would be completed.
Of what is called from there, every name counts: too many may be taken for helpers, hardly ever too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from types import FunctionType, MethodType
from typing import Any

from harness.primitives.context import Context
from harness.primitives.world import Primitive
from harness.runtime.goroutine import Goroutine
from harness.runtime.liveness import FRAMES
from harness.runtime.reachability import Walk
from harness.runtime.uses import RANGE, Use, uses

DEEDS: dict[str, dict[str, tuple[str, ...]]] = {
    "receive": {"send": ("send", "Send"), "close": ("close",)},
    "send": {"receive": ("recv", "Recv", RANGE)},
    "wait": {"call done": ("done", "add")},
    "cond_wake": {"signal": ("signal",), "broadcast": ("broadcast",)},
    "timer": {"reset": ("reset",)},
}
"""By what each kind of operation is completed, and the names that do it. Of a lock, that is up to its holder."""


class Uses(Walk):
    """What has been reached from a goroutine, by what names, and which contexts it can cancel."""

    def __init__(self, goroutine: Goroutine) -> None:
        super().__init__()
        self.used: set[str] = set()
        self.used_on: set[tuple[str, str]] = set()
        self.cancels: list[Context] = []
        self.follow([goroutine.coroutine, goroutine.operation])

    def led_to_by(self, each: Any) -> list[Any]:
        """As before; notes the names on the way."""
        kind: type = type(each)
        if kind in FRAMES:
            frame, code = (getattr(each, name) for name in FRAMES[kind])
            if frame is not None:
                self.note(uses(code, frame.f_lasti), frame.f_locals)
        elif kind is FunctionType:
            self.note(uses(each.__code__, 0), dict(_captured(each)))
            self.cancels += _cancelled_by(each)
        elif kind is MethodType:
            self.used.add(each.__func__.__name__)
        elif kind.__module__.startswith(("harness.stream", "harness.generators")):
            self.used |= _names_of_methods(kind)  # classes of the harness are not followed
        return super().led_to_by(each)

    def note(self, found: Iterable[Use], variables: Mapping[str, Any]) -> None:
        """Names that are used: on an object, if that is known."""
        for variable, name in found:
            value = variables.get(variable)
            if isinstance(value, Primitive):
                self.used_on.add((value.identity, name))
            else:
                self.used.add(name)

    def deeds(self, wanted: str, channel: Any) -> tuple[str, ...]:
        """How it could complete an operation of the `wanted` kind on something that it has reached.

        "done" and "timer" are receives from the channel of a context and of a timer.
        """
        if wanted == "done":
            cancelled = (each for context in self.cancels for each in _channels(context))
            return ("cancel",) if any(each is channel for each in cancelled) else ()
        used = self.used | {name for identity, name in self.used_on if identity == channel.identity}
        return tuple(deed for deed, names in DEEDS.get(wanted, {}).items() if used.intersection(names))


@cache
def _names_of_methods(kind: type) -> frozenset[str]:
    methods = [each for base in kind.__mro__ for each in vars(base).values() if type(each) is FunctionType]
    return frozenset(name for method in methods for _, name in uses(method.__code__, 0))


def _captured(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """The variables of others that a function has."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # it is empty
            yield name, cell.cell_contents


def _cancelled_by(function: FunctionType) -> list[Context]:
    """The context that `function` cancels, if it is what `with_cancel` and its like return."""
    if function.__module__ != Context.__module__ or function.__name__ != "cancel":
        return []
    contents = [cell.cell_contents for cell in function.__closure__ or ()]
    return [each for each in contents if isinstance(each, Context)]


def _channels(context: Context) -> Iterable[Any]:
    """The done channels that cancelling it closes."""
    yield context.channel
    for child in context.children:
        yield from _channels(child)
