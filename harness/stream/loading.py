"""Finding designs that are registered nowhere: a handler by its name, or all that the modules of a folder list.

Whoever verifies a design in several processes sends it by name, so a handler must be found under the name that it has.
One that is not (a closure, a decorated function) goes by the name under which the user gave it.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from harness.model.errors import BadInput, HarnessError
from harness.model.place import raised_at
from harness.search.campaign import Oracle
from harness.search.programs import find, is_async, reference_of
from harness.stream.design import Design
from harness.stream.faults import FAULT_CLASSES
from harness.stream.modules import LIST, lists_designs, modules, unparsable
from harness.stream.promises import judged
from harness.stream.serve import Handler

EXPECTED = "an async function (ctx, client, execute, *, capacity)"


@dataclass(frozen=True, slots=True)
class NamedHandler:
    """A handler under a name that leads to it; another process finds it there again."""

    func: Handler
    reference: str

    @property
    def __name__(self) -> str:
        return self.reference.rpartition(":")[2]

    @property
    def promised(self) -> Mapping[str, Oracle]:
        """What the handler promises, also one that is a partial of another: see `harness.stream.promises`."""
        function: Any = self.func
        while not hasattr(function, "promised") and hasattr(function, "func"):
            function = function.func
        found: Mapping[str, Oracle] = getattr(function, "promised", {})
        return found

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call it."""
        return self.func(*arguments, **options)

    def __reduce__(self) -> tuple[Any, ...]:
        return named_handler, (self.reference,)


def named_handler(reference: str) -> NamedHandler:
    """The handler with this name, which it keeps."""
    return NamedHandler(find(reference), reference)


def design_named(reference: str) -> Design:
    """The handler, or the `Design`, that stands at `module:name`. A mere handler is expected to keep every property.

    Raises:
        BadInput: there is nothing of that name, or it is neither.
    """
    found = find(reference)
    if isinstance(found, Design):
        return _checked(found, f"{reference}.handler")
    story = (inspect.getdoc(found) or "").partition("\n")[0].rstrip(".") if is_async(found) else ""
    return _checked(Design(reference, found, story), reference)


def is_gone(reference: str) -> bool:
    """Is there no such module any more, or nothing of that name in it?

    What is there, and cannot be loaded for another reason, is not gone: a syntax error, say, or a missing dependency.
    """
    module_name, _, qualname = reference.partition(":")
    put_current_folder_on_path()
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        return f"{module_name}.".startswith(f"{error.name}.")
    except (Exception, SystemExit):
        return False
    for part in qualname.split("."):
        if not hasattr(found, part):
            return True
        found = getattr(found, part)
    return False


def designs_in(folder: str) -> tuple[Design, ...]:
    """The designs that the modules of a folder, or of the package that it is, list as `DESIGNS`.

    Only modules that set `DESIGNS` are imported, in the order of their names. A folder without `__init__.py` is put on
    the import path; with one, the first folder above it without one is. Behind it comes the current folder.

    Raises:
        BadInput: there is no such folder, nothing in it lists designs, or what it lists is not right.
    """
    if os.path.isdir(folder):
        put_current_folder_on_path()
    root = put_on_path(folder)
    found = list(modules(os.path.realpath(folder)))
    paths = [path for path in found if lists_designs(path)]
    if not paths:
        raise BadInput(_lists_nothing(folder, found))
    designs = distinct(design for path in paths for design in _listed(_imported(path, root)))
    if not designs:
        raise BadInput(f"{LIST} is empty in every module of {folder!r}: list at least one Design there")
    return designs


def _lists_nothing(folder: str, paths: Iterable[str]) -> str:
    """What to say of a folder without designs; one that cannot be parsed may have been meant to list them."""
    for path in paths:
        if error := unparsable(path):
            name = os.path.relpath(path, os.path.realpath(folder))
            return f"no module in {folder!r} sets {LIST}, and {name!r} cannot be read: {error}"
    return (
        f"no module in {folder!r} sets {LIST}: list what is to be verified there, for example "
        f'{LIST} = (Design("mine", handler, "what it does"),)'
    )


def distinct(designs: Iterable[Design]) -> tuple[Design, ...]:
    """The designs, each once.

    Raises:
        BadInput: two different ones have the same name.
    """
    known: dict[str, Design] = {}
    for design in designs:
        if known.setdefault(design.name, design) != design:
            raise BadInput(
                f"two designs are named {design.name!r}: {reference_of(known[design.name].handler)} and "
                f"{reference_of(design.handler)}; give one of them another name"
            )
    return tuple(known.values())


def put_on_path(folder: str) -> str:
    """Make what is in a scenario folder importable; the import root: the first folder from there up that is no package.

    Raises:
        BadInput: there is no such folder.
    """
    if not os.path.isdir(folder):
        what = "is not a folder" if os.path.exists(folder) else "does not exist"
        raise BadInput(
            f"scenarios are taken from a folder with modules that list {LIST}; {folder!r} {what}: give its path"
        )
    root = os.path.realpath(folder)
    while os.path.exists(os.path.join(root, "__init__.py")):
        root = os.path.dirname(root)
    if root not in sys.path:
        sys.path.insert(0, root)
    return root


def put_current_folder_on_path() -> None:
    """As `harness.search.programs.find` does; worker processes that are begun later have it, too."""
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())


def _imported(path: str, root: str) -> ModuleType:
    """The module at `path`.

    Raises:
        BadInput: it does not import, or another module has its name.
    """
    name = os.path.relpath(path, root).removesuffix(".py").replace(os.sep, ".").removesuffix(".__init__")
    module = _module(name)
    actual = getattr(module, "__file__", None) or "built into Python"
    if os.path.realpath(actual) != path:
        raise BadInput(f"{path!r} is imported as {name!r}, but that name is taken by {actual!r}: rename the file")
    return module


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except HarnessError as error:
        raise BadInput(f"cannot import module {name!r}: {error}") from error
    except (Exception, SystemExit) as error:
        place = raised_at(error)  # of what cannot be parsed, in Python's own importing
        where = f", at {place}" if place and not place.startswith("<frozen ") else ""
        raise BadInput(f"cannot import module {name!r}: {type(error).__name__}: {error}{where}") from error


def _listed(module: ModuleType) -> list[Design]:
    found = getattr(module, LIST)
    if not isinstance(found, tuple | list):
        raise BadInput(f"{LIST} is a tuple of designs; in module {module.__name__!r} it is {found!r}")
    for design in found:
        if not isinstance(design, Design):
            raise BadInput(
                f"{LIST} of module {module.__name__!r} lists {design!r}, which is no Design: write "
                f'Design("mine", handler, "what it does")'
            )
    return [_checked(design, "") for design in found]


def _checked(design: Design, reference: str) -> Design:
    """The design, with a handler that another process can find: if need be, under the name `reference`.

    Raises:
        BadInput: the handler is none, or cannot be found; or an expectation names nothing that there is.
    """
    _check_handler(design)
    _check_expectations(design)
    own = reference_of(design.handler)
    try:
        if find(own) is design.handler:
            return design
    except HarnessError:
        pass  # its own name leads nowhere
    if not reference:
        raise BadInput(
            f"the handler of design {design.name!r} cannot be found as {own}, which tokens and other processes need: "
            "define it at the top level of a module, under its own name"
        )
    return replace(design, handler=NamedHandler(design.handler, reference))


def _check_handler(design: Design) -> None:
    handler: Any = design.handler
    if not is_async(handler):
        what = "a function without 'async'" if inspect.isfunction(handler) else repr(handler)
        raise BadInput(f"the handler of design {design.name!r} is to be {EXPECTED}; found {what}")
    try:
        inspect.signature(handler).bind(None, None, None, capacity=1)
    except TypeError as error:
        raise BadInput(
            f"the handler of design {design.name!r} is to be {EXPECTED}; found one that takes "
            f"{inspect.signature(handler)}: {error}"
        ) from error


def _check_expectations(design: Design) -> None:
    faults, known = [fault.name for fault in FAULT_CLASSES], judged(design.handler)
    for fault, properties in design.violates.items():
        if fault not in faults:
            raise BadInput(_unknown(design, f"fault class {fault!r}", faults))
        for name in sorted(properties):
            if name not in known:
                raise BadInput(_unknown(design, f"property {name!r}", list(known)))


def _unknown(design: Design, what: str, known: list[str]) -> str:
    return f"design {design.name!r} expects violations of {what}, which there is not; choose from {', '.join(known)}"
