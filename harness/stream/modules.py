"""The modules of a scenario folder, and which of them list designs: read, not imported."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator

LIST = "DESIGNS"


def modules(folder: str) -> Iterator[str]:
    """The paths of a folder's modules and of its packages' modules, packages first, in the order of their names."""
    for entry in sorted(os.scandir(folder), key=lambda entry: (entry.name != "__init__.py", entry.name)):
        if not entry.name.removesuffix(".py").isidentifier():
            continue
        if entry.is_dir() and os.path.exists(os.path.join(entry.path, "__init__.py")):
            yield from modules(entry.path)
        elif entry.is_file() and entry.name.endswith(".py"):
            yield entry.path


def lists_designs(path: str) -> bool:
    """Does a module bind `DESIGNS` at its top level? One that cannot be parsed does if it has the word."""
    with open(path, "rb") as file:
        source = file.read()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return LIST.encode() in source
    return any(LIST in _bound(statement) for statement in tree.body)


def unparsable(path: str) -> str:
    """Why a module cannot be parsed; empty if it can."""
    with open(path, "rb") as file:
        source = file.read()
    try:
        ast.parse(source, os.path.basename(path))
    except (SyntaxError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement assigns or imports."""
    match statement:
        case ast.ImportFrom(names=names):
            return {alias.asname or alias.name for alias in names}
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            nodes = ast.walk(statement)
            return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return set()
