"""Which local variables a suspended frame may still read.

That a variable is still there does not mean that it will be used: main, in its last loop, still holds the channels that
it once made. Go's own leak profile looks at live variables only, too. A variable counts as read if an instruction that
the frame can still reach, by any branch or handler, names it; one that is overwritten first counts as well.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator
from functools import cache
from types import AsyncGeneratorType, CodeType, CoroutineType, GeneratorType

NEVER_FALL_THROUGH = ("RETURN", "RAISE", "RERAISE", "JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_ABSOLUTE")
READING = ("FAST", "DEREF", "CLOSURE", "CLASSDEREF")
FRAMES: dict[type, tuple[str, str]] = {
    CoroutineType: ("cr_frame", "cr_code"),
    GeneratorType: ("gi_frame", "gi_code"),
    AsyncGeneratorType: ("ag_frame", "ag_code"),
}
"""Where what can be suspended has its frame and its code."""

BY_ANY_NAME = frozenset({"locals", "vars", "eval", "exec", "globals", "dir", "_getframe", "currentframe"})
"""Names whose use may read variables that the code does not name."""


@cache
def live_names(code: CodeType, position: int) -> frozenset[str]:
    """The local and closure variables that the code may read from the instruction at `position` on."""
    if BY_ANY_NAME & set(code.co_names):
        return frozenset((*code.co_varnames, *code.co_cellvars, *code.co_freevars))
    return frozenset(name for instruction in reachable(code, position) for name in read_by(instruction))


@cache
def outer_names(code: CodeType) -> frozenset[str]:
    """Every global or attribute that the code may name, functions that it makes included."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= outer_names(constant)
    return frozenset(names)


def belongs_to_user(module: str) -> bool:
    """Neither the standard library nor the harness: their globals hold nothing of an execution's."""
    package = module.partition(".")[0]
    return package != "harness" and package not in sys.stdlib_module_names


def reachable(code: CodeType, position: int) -> list[dis.Instruction]:
    """What the frame can still execute from the instruction at `position` on."""
    instructions = {instruction.offset: instruction for instruction in dis.get_instructions(code)}
    following = dict(zip(instructions, list(instructions)[1:], strict=False))
    handlers = [(e.start, e.end, e.target) for e in dis.Bytecode(code).exception_entries]  # type: ignore[attr-defined]
    waiting = [max((offset for offset in instructions if offset <= position), default=0)]
    seen: set[int] = set()
    while waiting:
        offset = waiting.pop()
        if offset in seen:
            continue
        seen.add(offset)
        instruction = instructions[offset]
        if _falls_through(instruction) and offset in following:
            waiting.append(following[offset])
        if instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs:
            waiting.append(instruction.argval)
        waiting += [target for start, end, target in handlers if start <= offset < end]
    return [instructions[offset] for offset in seen]


def _falls_through(instruction: dis.Instruction) -> bool:
    """Also the instruction at which a coroutine or generator stands that has not begun: there it is made."""
    return instruction.opname == "RETURN_GENERATOR" or not instruction.opname.startswith(NEVER_FALL_THROUGH)


def read_by(instruction: dis.Instruction) -> Iterator[str]:
    """The variables that an instruction reads; some, from Python 3.13 on, name two."""
    name = instruction.opname
    if not name.startswith("STORE_FAST_STORE") and "LOAD" in name and any(part in name for part in READING):
        names = instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,)
        yield from (each for each in names if isinstance(each, str))
