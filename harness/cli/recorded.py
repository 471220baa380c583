"""What a gate is about: the baseline in its file, and which designs that, or the command line, names.

Nothing may get lost in an update. So what is in the baseline and merely cannot be loaded is not taken for gone, and
what comes from one folder is not mixed with what comes from another.
"""

from __future__ import annotations

import dataclasses
import os
import shlex
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.cli.designs import chosen, registered
from harness.cli.output import complain
from harness.model.baseline import BROKEN, Baseline, Change, baseline_of, merged
from harness.model.baseline_json import parse_baseline
from harness.model.errors import BadInput
from harness.model.verdict import Matrix
from harness.report.gate import UPDATE
from harness.report.text import printable
from harness.stream.design import Design
from harness.stream.faults import FaultClass
from harness.stream.loading import design_named, distinct, is_gone

BASELINE = "reports/baseline.json"
EMPTY = Baseline({}, {}, {})
OWN = (
    "add --design MODULE:HANDLER for each handler of yours, or --scenarios DIR for a folder of designs, without which "
    "it is about the designs that the harness brings"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be verified.

    Attributes:
        broken: what the baseline has and cannot be loaded, as changes.
        folder: where registered designs come from; None for those that the harness brings.
    """

    designs: tuple[Design, ...]
    broken: tuple[Change, ...]
    folder: str | None


def recorded(arguments: Namespace) -> Baseline:
    """The baseline in a file; an empty one if there is no file, and one is to be made.

    Raises:
        BadInput: there is none, or it is damaged or something else; also with --update, since that file would be lost.
    """
    path = arguments.baseline
    again = f"restore it from version control, or delete it and make a new one with {UPDATE}"
    try:
        with open(path, encoding="utf-8") as file:
            return parse_baseline(file.read())
    except FileNotFoundError:
        if arguments.update:
            return EMPTY
        own = "" if arguments.design or arguments.scenarios else f" ({OWN})"
        raise BadInput(
            f"there is no baseline {path!r}: make one with {accept(arguments)}{own}, or give --baseline the path of one"
        ) from None
    except OSError as error:
        raise BadInput(
            f"cannot read the baseline {path!r}: {error.strerror}; give --baseline the path of a file"
        ) from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path!r} is no baseline: it is not text in UTF-8; {again}") from error
    except BadInput as error:
        raise BadInput(f"{path!r} is no baseline: {error}; {again}") from error


def asked(arguments: Namespace, old: Baseline) -> Asked:
    """The designs to verify: those named; else all scenarios, and the handlers that the baseline has by their names.

    A baseline that has nothing but such handlers is about them alone. One that is gone is complained about here, and
    will be missing.

    Raises:
        BadInput: a design cannot be found; or an update would lose one that cannot be loaded.
    """
    folder = folder_of(arguments, old)
    if arguments.design:
        plain = any(":" not in name for name in arguments.design)
        return Asked(chosen(arguments.design, folder if plain else arguments.scenarios), (), folder)
    references = sorted(name for name in old.designs if ":" in name)
    plain_ones = old.designs - {*references}
    scenarios: Sequence[Design] = ()
    if arguments.scenarios or plain_ones or not references:
        scenarios = chosen(None, folder)
    if folder is None and plain_ones and plain_ones.isdisjoint(design.name for design in scenarios):
        raise BadInput(
            f"the baseline {arguments.baseline!r} is about designs that the harness does not bring "
            f"({', '.join(sorted(plain_ones))}): give --scenarios or --design as when they were recorded"
        )
    there, broken = loaded(references)
    if broken and arguments.update:
        raise BadInput(
            f"{broken[0].design} is in the baseline, and cannot be loaded ({broken[0].after}), so nothing was updated: "
            "mend it, or name with --design what is to be updated"
        )
    return Asked(distinct([*scenarios, *there]), broken, folder)


def folder_of(arguments: Namespace, old: Baseline) -> str | None:
    """The scenario folder: the one given, else the one that the baseline was made with.

    Raises:
        BadInput: that one is not there.
    """
    if arguments.scenarios is not None or not old.scenarios:
        given: str | None = arguments.scenarios
        return given
    folder = os.path.relpath(os.path.join(_folder(arguments.baseline), *old.scenarios.split("/")))
    if not os.path.isdir(folder):
        raise BadInput(
            f"the baseline {arguments.baseline!r} was made with --scenarios {folder}, which does not exist: "
            "give --scenarios the folder's path"
        )
    return folder


def _folder(path: str) -> str:
    """The folder that a file is in."""
    return os.path.dirname(os.path.realpath(path))


def loaded(references: Sequence[str]) -> tuple[list[Design], tuple[Change, ...]]:
    """Those of the handlers that are still there, and those that are and cannot be loaded."""
    there, broken = [], []
    for reference in references:
        try:
            there.append(design_named(reference))
        except BadInput as error:
            if is_gone(reference):
                complain(printable(f"{reference} is in the baseline, and cannot be loaded: {error}"))
            else:
                broken.append(Change(BROKEN, reference, "", "", "", str(error)))
    return there, tuple(broken)


def part_of(arguments: Namespace, found: Asked) -> Callable[[str, str], bool]:
    """Which cells a run is to be compared with: without --design and --fault all, also those that are no more."""
    designs, broken = {design.name for design in found.designs}, {change.design for change in found.broken}

    def wanted(design: str, fault: str) -> bool:
        named = design not in broken if arguments.design is None else design in designs
        return named and (arguments.fault is None or fault in arguments.fault)

    return wanted


def check_kept(kept: Baseline, found: Asked, faults: Sequence[FaultClass], old: Baseline, path: str) -> None:
    """An update must not leave verdicts in the baseline under bounds within which they were not found, nor designs that
    are no more to be found.

    Raises:
        BadInput: it would.
    """
    for fault in faults:
        if kept.scopes.get(fault.name, fault.scope) != fault.scope:
            raise BadInput(
                f"the bounds of {fault.name} have changed, and the baseline has other designs under it: "
                "update all of them at once, without --design"
            )
    others = {name for name in kept.designs if ":" not in name}
    if others and _remembered(found.folder, path) != old.scenarios and not others <= _names(found.folder):
        raise BadInput(
            f"the baseline {path!r} has designs from elsewhere ({', '.join(sorted(others))}), and one baseline is "
            "about one folder of designs: give --baseline another path"
        )


def _names(folder: str | None) -> set[str]:
    return {design.name for design in registered(folder)}


def remembering(matrix: Matrix, found: Asked, old: Baseline, path: str, wanted: Callable[[str, str], bool]) -> Baseline:
    """The baseline after an update, with the folder that its registered designs come from."""
    after = merged(old, baseline_of(matrix), wanted)
    registered = any(":" not in name for name in after.designs)
    return dataclasses.replace(after, scenarios=_remembered(found.folder, path) if registered else "")


def _remembered(folder: str | None, path: str) -> str:
    return "" if folder is None else os.path.relpath(os.path.realpath(folder), _folder(path)).replace(os.sep, "/")


def accept(arguments: Namespace) -> str:
    """The command that records what this one would find."""
    options = ["--baseline", arguments.baseline] if arguments.baseline != BASELINE else []
    options += ["--scenarios", arguments.scenarios] if arguments.scenarios else []
    options += [word for name in arguments.design or () for word in ("--design", name)]
    options += [word for name in arguments.fault or () for word in ("--fault", name)]
    return printable(" ".join([UPDATE, *map(shlex.quote, options)]))
