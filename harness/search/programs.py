"""Naming programs, so that a token made in one process can be replayed in another, and finding them again.

A program is named `module:qualname`. A program object that is made from something else (a design and a plan, say)
has an attribute `reference` with a form of its own, and the kit that makes it registers how to read that form.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Callable
from typing import Any

from harness.model.errors import BadInput

Resolver = Callable[[str], Callable[..., Any]]

resolvers: dict[str, Resolver] = {}


def reference_of(program: Callable[..., Any]) -> str:
    """The name under which `resolve` finds this program."""
    reference = getattr(program, "reference", None)
    if isinstance(reference, str):
        return reference
    module = getattr(program, "__module__", None) or "?"
    if module == "__main__":
        path = getattr(sys.modules["__main__"], "__file__", None)
        module = os.path.splitext(os.path.basename(path))[0] if path else module
    return f"{module}:{getattr(program, '__qualname__', type(program).__qualname__)}"


def resolve(reference: str) -> Callable[..., Any]:
    """The program with this name.

    Raises:
        BadInput: there is none, or it is not an async function that takes no arguments.
    """
    form, _, rest = reference.partition(" ")
    if rest and form in resolvers:
        return resolvers[form](rest)
    program: Callable[..., Any] = find(reference)
    check_program(program, reference)
    return program


def find(reference: str) -> Any:
    """The object `module:qualname`, imported with the current folder on the path.

    Raises:
        BadInput: the form is wrong, the module does not import or ends the process, or it has no such attribute.
    """
    module_name, colon, qualname = reference.partition(":")
    if not (module_name and colon and qualname):
        raise BadInput(f"a program is named MODULE:PROGRAM, for example my_package.handlers:main; found {reference!r}")
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found: Any = importlib.import_module(module_name)
    except SystemExit as error:
        raise BadInput(f"cannot import {reference}: its module ends the process (SystemExit: {error})") from error
    except Exception as error:
        raise BadInput(f"cannot import module {module_name!r}: {type(error).__name__}: {error}") from error
    for part in qualname.split("."):
        if not hasattr(found, part):
            raise BadInput(f"module {module_name!r} has no {qualname!r}; names it has: {_names(found)}")
        found = getattr(found, part)
    return found


def _names(container: Any) -> str:
    found = {name: value for name, value in vars(container).items() if inspect.iscoroutinefunction(value)}
    names = [name for name, value in found.items() if not value.__module__.startswith("harness.primitives")]
    return ", ".join(sorted(names)[:8]) or "no async functions"


def is_async(program: Any) -> bool:
    """Is it an async function, a partial of one, or an object that is called as one?"""
    function = getattr(program, "func", program)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004


def check_program(program: Any, reference: str, arguments: tuple[Any, ...] = ()) -> None:
    """A program is an async function that can be called with `arguments`.

    Raises:
        BadInput: it is not.
    """
    if not callable(program):
        raise BadInput(f"{reference} is a {type(program).__name__}, not an async function")
    if not is_async(program):
        raise BadInput(f"{reference} is not an async function: define it with 'async def'")
    try:
        inspect.signature(program).bind(*arguments)
    except TypeError as error:
        given = f"{len(arguments)} arguments" if arguments else "no arguments"
        raise BadInput(f"{reference} cannot be called with {given}: {error}") from error
