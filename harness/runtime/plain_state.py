"""Which instructions of a function read or write plain Python state that goroutines could share.

Closure variables and globals are named by the instructions themselves. Attributes and items of objects are found by the
place of an instruction in the source: where that is something like `self.totals[key]`, made of names, attributes and
simple items only (and of `type(...)` of such), the object can be told before the instruction is executed, without
running any of the program's code. What a container holds is read or written by its methods, by iterating over it, by
`in`, by asking whether it is empty, and by a few built-in functions.

Before Python 3.13 the place of a jump, or of the start of an iteration, may be that of the whole statement.
"""

from __future__ import annotations

import ast
import dis
import linecache
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import TypeAlias
from weakref import WeakKeyDictionary

Position: TypeAlias = tuple[int, int, int, int]
"""First and last line, first and last column; as `dis` and `ast` both count them."""

CLOSURE, GLOBAL, ATTRIBUTE, ITEM, CONTENT = "closure", "global", "attribute", "item", "content"
CLOSURE_READS = frozenset({"LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF"})
CLOSURE_WRITES = frozenset({"STORE_DEREF", "DELETE_DEREF"})
GLOBAL_READS = frozenset({"LOAD_GLOBAL"})
GLOBAL_WRITES = frozenset({"STORE_GLOBAL", "DELETE_GLOBAL"})
ATTRIBUTE_READS = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
ATTRIBUTE_WRITES = frozenset({"STORE_ATTR", "DELETE_ATTR"})
ITEM_READS = frozenset({"BINARY_SUBSCR", "BINARY_SLICE"})
ITEM_WRITES = frozenset({"STORE_SUBSCR", "DELETE_SUBSCR", "STORE_SLICE"})
TRUTH = ("IF_TRUE", "IF_FALSE", "IF_TRUE_OR_POP", "IF_FALSE_OR_POP")
CALLS = frozenset({"CALL", "CALL_KW", "CALL_FUNCTION_EX"})

MUTATORS = frozenset(
    ("append", "appendleft", "add", "clear", "difference_update", "discard", "extend", "extendleft", "insert",
     "intersection_update", "move_to_end", "pop", "popitem", "popleft", "remove", "reverse", "rotate", "setdefault",
     "sort", "subtract", "symmetric_difference_update", "update")
)  # fmt: skip
READERS = frozenset(
    ("all", "any", "dict", "enumerate", "frozenset", "iter", "len", "list", "max", "min", "reversed", "set", "sorted",
     "sum", "tuple")
)  # fmt: skip
"""Built-in functions that read what the container holds that is their first argument."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What an instruction does.

    Attributes:
        write: it writes, or else reads.
        kind: of what: see above.
        name: of the variable or attribute; empty for items and contents.
        base: the object that has the attribute or item, or the container.
        item: which item.
        text: what people call it.
    """

    write: bool
    kind: str
    name: str
    text: str
    line: int
    base: ast.expr | None = None
    item: ast.expr | None = None


_known: WeakKeyDictionary[CodeType, Mapping[int, Touch]] = WeakKeyDictionary()


def touches(code: CodeType) -> Mapping[int, Touch]:
    """What the instructions at these offsets touch."""
    found = _known.get(code)
    if found is None:
        found = _known[code] = dict(_touches(code))
    return found


def _touches(code: CodeType) -> Iterator[tuple[int, Touch]]:
    nodes = _expressions(code.co_filename)
    extended: list[int] = []
    for instruction in dis.get_instructions(code):
        if instruction.opname == "EXTENDED_ARG":  # the instruction is announced with the offset of its prefix
            extended.append(instruction.offset)
            continue
        touch = _touch(instruction, nodes)
        if touch is not None:
            yield from ((offset, touch) for offset in (*extended, instruction.offset))
        extended.clear()


def _touch(instruction: dis.Instruction, nodes: Mapping[Position, ast.expr]) -> Touch | None:
    """What one instruction touches, if that can be told."""
    name, what, where = instruction.opname, str(instruction.argval), instruction.positions
    if where is None or where.lineno is None:
        return None
    if name in CLOSURE_READS or name in CLOSURE_WRITES:
        return Touch(name in CLOSURE_WRITES, CLOSURE, what, what, where.lineno)
    if name in GLOBAL_READS or name in GLOBAL_WRITES:
        return Touch(name in GLOBAL_WRITES, GLOBAL, what, what, where.lineno)
    if None in where:
        return None
    return _at(name, what, nodes.get(tuple(where)), where.lineno)  # type: ignore[arg-type]


def _at(name: str, what: str, node: ast.expr | None, line: int) -> Touch | None:
    """What an instruction that belongs to this expression touches."""
    match node:
        case ast.Attribute(value=base) if (name in ATTRIBUTE_READS or name in ATTRIBUTE_WRITES) and _told(base):
            return Touch(name in ATTRIBUTE_WRITES, ATTRIBUTE, what, ast.unparse(node), line, base)
        case ast.Subscript(value=base, slice=item) if (name in ITEM_READS or name in ITEM_WRITES) and _told(base):
            return Touch(name in ITEM_WRITES, ITEM, "", ast.unparse(base), line, base, item)
        case ast.Call(func=ast.Attribute(value=base, attr=method)) if name in CALLS and _told(base):
            return Touch(method in MUTATORS, CONTENT, "", ast.unparse(base), line, base)
        case ast.Call(func=ast.Name(id=function), args=[base, *_]) if name in CALLS and _told(base):
            return Touch(False, CONTENT, "", ast.unparse(base), line, base) if function in READERS else None
        case ast.Compare(comparators=[base]) if name == "CONTAINS_OP" and _told(base):
            return Touch(False, CONTENT, "", ast.unparse(base), line, base)
        case ast.expr() if _reads_all(name) and _told(looked_at := _looked_at(node)):
            return Touch(False, CONTENT, "", ast.unparse(looked_at), line, looked_at)
    return None


def _reads_all(name: str) -> bool:
    """Does this instruction begin to iterate over something, or ask whether it is empty?"""
    return name in ("GET_ITER", "UNARY_NOT", "TO_BOOL") or name.endswith(TRUTH)


def _looked_at(node: ast.expr) -> ast.expr:
    """What such an instruction looks at, if it has this place."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.BoolOp(values=[operand, *_]):
            return operand
    return node


def _told(node: ast.expr) -> bool:
    """Can its value be told without running anything?"""
    match node:
        case ast.Name():
            return True
        case ast.Attribute(value=base):
            return _told(base)
        case ast.Subscript(value=base, slice=ast.Constant() | ast.Name()):
            return _told(base)
        case ast.Call(func=ast.Name(id="type"), args=[base], keywords=[]):
            return _told(base)
    return False


@lru_cache(maxsize=64)
def _expressions(path: str) -> Mapping[Position, ast.expr]:
    """Every expression in a file, by its place; none, if the file cannot be had."""
    try:
        tree = ast.parse("".join(linecache.getlines(path)))
    except (SyntaxError, ValueError, RecursionError):
        return {}
    return {
        (node.lineno, node.end_lineno or 0, node.col_offset, node.end_col_offset or 0): found
        for node in ast.walk(tree)
        if isinstance(node, ast.expr | ast.stmt) and (found := _meant(node)) is not None
    }


def _meant(node: ast.expr | ast.stmt) -> ast.expr | None:
    """The expression that an instruction with the place of this node is about."""
    match node:
        case ast.For(iter=found) | ast.If(test=found) | ast.While(test=found) | ast.Assert(test=found):
            return found
        case ast.IfExp(test=found):
            return found
        case ast.ListComp(generators=[one]) | ast.SetComp(generators=[one]) | ast.DictComp(generators=[one]):
            return one.iter
        case ast.GeneratorExp(generators=[one]):
            return one.iter
    return node if isinstance(node, ast.expr) else None
