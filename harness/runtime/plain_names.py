"""Which object a piece of plain Python state belongs to: told by looking, without running any of the program's code.

A key is equal for two accesses exactly if they are to the same variable, attribute, item or content. It contains the
identity of an object, so whoever keeps keys keeps the objects alive, too.
"""

from __future__ import annotations

import ast
import gc
from collections import deque
from enum import Enum
from types import CellType, CodeType, FrameType, FunctionType, MemberDescriptorType, ModuleType, NoneType
from typing import Any, TypeAlias

from harness.runtime.plain_state import ATTRIBUTE, CONTENT, GLOBAL, ITEM, Touch

Key: TypeAlias = tuple[str, int, Any]
CONTAINERS = (list, dict, set, deque, bytearray)
INDEXED = (list, bytearray)
SIMPLE = (int, str, bytes, bool, float, NoneType)
KIT = "harness."


class Untold(Exception):
    """It cannot be told without running something."""


def key_of(touch: Touch, frame: FrameType) -> tuple[Key, Any]:
    """What an instruction of a frame is about to touch, if that is not a closure variable; and the object it is in.

    Raises:
        Untold: that is not known, or it is nothing that goroutines share.
    """
    if touch.kind == GLOBAL:
        return (GLOBAL, id(frame.f_globals), touch.name), frame.f_globals
    assert touch.base is not None
    base = value(touch.base, frame)
    module = type(base).__module__  # whatever its author has put there
    if isinstance(module, str) and module.startswith(KIT):
        raise Untold
    if touch.kind == ATTRIBUTE:
        return attribute_key(base, touch.name, touch.write)
    if not isinstance(base, CONTAINERS):
        raise Untold
    if touch.kind == ITEM and isinstance(base, INDEXED) and not isinstance(touch.item, ast.Slice):
        return (ITEM, id(base), _index(touch.item, frame, len(base))), base
    return (CONTENT, id(base), None), base


def value(node: ast.expr, frame: FrameType) -> Any:
    """The value of names, attributes and simple items."""
    match node:
        case ast.Name(id=name):
            return _variable(name, frame)
        case ast.Attribute(value=base, attr=name):
            return attribute(value(base, frame), name)[1]
        case ast.Subscript(value=base, slice=item):
            container = value(base, frame)
            if type(container) in (list, tuple, dict):
                key = value(item, frame)
                if type(key) not in SIMPLE and not isinstance(key, Enum):
                    raise Untold  # its hash may be the program's code
                try:
                    return container[key]
                except (LookupError, TypeError):
                    raise Untold from None
        case ast.Constant(value=constant):
            return constant
        case ast.Call(func=ast.Name(id="type"), args=[base]) if _means_type(frame):
            return type(value(base, frame))
    raise Untold


def _means_type(frame: FrameType) -> bool:
    """Is `type` what everybody means by it?"""
    try:
        return _variable("type", frame) is type
    except Untold:
        return frame.f_builtins.get("type") is type


def _variable(name: str, frame: FrameType) -> Any:
    code = frame.f_code
    own = name in code.co_varnames or name in code.co_cellvars or name in code.co_freevars
    variables = frame.f_locals if own else frame.f_globals
    if name not in variables:
        raise Untold
    return variables[name]


def _index(item: ast.expr | None, frame: FrameType, length: int) -> int:
    """The place in a list, from its beginning."""
    match item:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            index = -number
        case ast.Constant() | ast.Name() | ast.Attribute():
            index = value(item, frame)
        case _:
            raise Untold
    if type(index) is not int:
        raise Untold
    return index + length if index < 0 else index


def attribute_key(base: Any, name: str, write: bool) -> tuple[Key, Any]:
    """Which attribute that is: of the object itself, of its class, or a global of a module."""
    try:
        owner = attribute(base, name)[0]
    except Untold:
        if not write or _described(type(base), name) is not None:
            raise
        owner = base
    if write and not isinstance(base, ModuleType):
        owner = base
    if isinstance(base, ModuleType):
        return (GLOBAL, id(vars(base)), name), vars(base)
    return (ATTRIBUTE, id(owner), name), owner


def attribute(base: Any, name: str) -> tuple[Any, Any]:
    """Who has the attribute, the object itself or a class, and its value."""
    entry = _described(type(base), name)
    if name == "__class__":
        return base, type(base)
    if isinstance(entry, MemberDescriptorType):
        try:
            return base, entry.__get__(base)
        except AttributeError:
            raise Untold from None
    if entry is not None and hasattr(type(entry), "__set__"):
        raise Untold  # a property: reading it would run it
    if isinstance(base, type):
        entry, found = None, [klass for klass in base.__mro__ if name in vars(klass)]
        if found:
            return found[0], vars(found[0])[name]
    own = _own(base)
    if name in own:
        return base, own[name]
    for klass in type(base).__mro__:
        if name in vars(klass):
            return klass, vars(klass)[name]
    raise Untold


def _own(base: Any) -> dict[str, Any]:
    """The attributes that are the object's own."""
    try:
        found = object.__getattribute__(base, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}


def _described(kind: type, name: str) -> Any:
    """What a class says about an attribute of its objects."""
    return next((vars(klass)[name] for klass in kind.__mro__ if name in vars(klass)), None)


def cells(keeper: Any, code: CodeType) -> dict[str, CellType]:
    """The closure variables of a function, from what keeps them: its finished frame, or its suspended coroutine.

    Both refer to the function, which has the variables of others, and then to its own variables, in the order in which
    the compiler has laid them out.
    """
    kept = gc.get_referents(keeper)
    position, function = next(
        ((i, each) for i, each in enumerate(kept) if type(each) is FunctionType and each.__code__ is code), (-1, None)
    )
    if function is None:
        return {}
    found = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    others = {id(each) for each in found.values()}
    own = [each for each in kept[position:] if type(each) is CellType and id(each) not in others]
    names = [name for name in code.co_varnames if name in code.co_cellvars]
    names += [name for name in code.co_cellvars if name not in names]
    return found | dict(zip(names, own, strict=False)) if len(names) == len(own) else found
